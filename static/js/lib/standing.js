// What stands on a map that names of its streets give way to: names of the page, markers, dots, controls.
// Streets are told by the map: `geoappNamed` and its event `named` (watchNames of streets.js).

/** @typedef {{ text: string, bounds: L.LatLngBounds }} Standing `text` where it is a name */

/**
 * `geoappNamed` is null while it is not known where something of a kind stands, such as dots that are being fetched.
 * @typedef {L.Map & { geoappStanding?: Record<string, Standing[] | null>, geoappNamed?: Standing[] | null, geoappTelling?: boolean }} Told
 */

// What a finger meets of a marker is wider than what is seen of it.
const MOST_SEEN_PX = 32;
const PAUSE_MS = 100;
// What a map shows is drawn by tiles: one that is seen in part, and a name at its edge, reach so far beyond the map.
const AROUND_PX = 320;

/**
 * Where on the ground names are drawn: what stands elsewhere need not be told.
 * @param {L.Map} map
 */
export function groundDrawn(map) {
  const { min, max } = map.getPixelBounds();
  const around = L.point(AROUND_PX, AROUND_PX);
  return L.latLngBounds(map.unproject(/** @type {L.Point} */ (min).subtract(around)), map.unproject(/** @type {L.Point} */ (max).add(around)));
}

/**
 * Have the streets of a map told, once for all that is told of in the same task: a zoom changes every kind.
 * @param {Told} map
 */
export function tellStreets(map) {
  if (map.geoappTelling) return;
  map.geoappTelling = true;
  Promise.resolve().then(() => {
    map.geoappTelling = false;
    const all = map.geoappStanding || {};
    const kinds = Object.keys(all).map((one) => all[one]);
    map.geoappNamed = kinds.reduce((sum, one) => (sum && one ? sum.concat(one) : null), /** @type {Standing[] | null} */ ([]));
    map.fire('named');
  });
}

/**
 * Tell what of one kind stands on a map, in place of what was told of it.
 * @param {Told} map
 * @param {'names' | 'dots' | 'markers' | 'controls'} kind
 * @param {Standing[] | null} standing null: it is not known yet, and streets get no new names until it is
 */
export function tellStanding(map, kind, standing) {
  map.geoappStanding = { ...map.geoappStanding, [kind]: standing };
  tellStreets(map);
}

/**
 * @param {L.Map} map
 * @param {DOMRect} frame the map's place on the screen
 * @param {DOMRect} place that of something on it
 */
export function boundsOn(map, frame, place) {
  const spot = (/** @type {number} */ x, /** @type {number} */ y) => map.containerPointToLatLng([x - frame.left, y - frame.top]);
  return L.latLngBounds(spot(place.left, place.bottom), spot(place.right, place.top));
}

/**
 * What is so many pixels wide and high around a spot at the zoom that the map has.
 * @param {L.Map} map
 * @param {L.Point} middle in pixels of that zoom
 * @param {number} width
 * @param {number} [height]
 */
export function boundsAround(map, middle, width, height = width) {
  const half = L.point(width / 2, height / 2);
  return L.latLngBounds(map.unproject(middle.add(half)), map.unproject(middle.subtract(half)));
}

/**
 * As much of a marker as is seen.
 * @param {L.Map} map
 * @param {L.Marker} marker
 */
function boundsOfMarker(map, marker) {
  const { iconSize, iconAnchor } = marker.options.icon ? marker.options.icon.options : {};
  const size = L.point(/** @type {[number, number]} */ (iconSize || [0, 0]));
  const anchor = iconAnchor ? L.point(/** @type {[number, number]} */ (iconAnchor)) : size.divideBy(2);
  const middle = map.project(marker.getLatLng()).subtract(anchor).add(size.divideBy(2));
  return boundsAround(map, middle, Math.min(size.x, MOST_SEEN_PX), Math.min(size.y, MOST_SEEN_PX));
}

/**
 * Have a map tell where its markers stand: once it rests, and once some have come or gone.
 * @param {L.Map} map
 */
export function watchMarkers(map) {
  let due = 0;
  /** @type {Set<L.Marker>} */
  const markers = new Set();
  const tell = () => {
    due = 0;
    tellStanding(map, 'markers', Array.from(markers, (marker) => ({ text: '', bounds: boundsOfMarker(map, marker) })));
  };
  const later = () => {
    window.clearTimeout(due);
    due = window.setTimeout(tell, PAUSE_MS);
    tellStanding(map, 'markers', null);
  };
  map.on('layeradd', ({ layer }) => {
    if (!(layer instanceof L.Marker)) return;
    markers.add(layer);
    layer.on('move', later);
    later();
  });
  map.on('layerremove', ({ layer }) => { if (markers.delete(/** @type {L.Marker} */ (layer))) later(); });
  map.on('zoomend', () => { if (markers.size && !due) tell(); });
}

/**
 * Have a map tell where its controls stand, whose data it is among them: elsewhere on the ground after every move.
 * @param {L.Map} map that has its controls
 * @param {Element[]} beside what the page lays over the map, such as its key
 */
export function watchControls(map, beside) {
  const box = map.getContainer();
  const tell = () => {
    const frame = box.getBoundingClientRect();
    const places = [...Array.from(box.querySelectorAll('.leaflet-control')), ...beside].map((one) => one.getBoundingClientRect())
      .filter(({ width, left, right, top, bottom }) => width && right > frame.left && left < frame.right && bottom > frame.top && top < frame.bottom);
    tellStanding(map, 'controls', places.map((place) => ({ text: '', bounds: boundsOn(map, frame, place) })));
  };
  map.on('moveend resize', tell);
  // They grow as they are opened, or tell of more.
  if ('ResizeObserver' in window) {
    const sizes = new ResizeObserver(tell);
    beside.forEach((one) => sizes.observe(one));
  }
  tell();
}
