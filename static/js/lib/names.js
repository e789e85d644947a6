// Names of regions on a map: what they say, and where they stand.

import { spokenIn } from './page.js';
import { tellStanding } from './standing.js';

/** @typedef {import('./map.js').Region} Region */
/** @typedef {import('./map.js').Outline} Outline */
/** @typedef {import('./standing.js').Standing} Standing */
/** @typedef {{ left: number, top: number, right: number, bottom: number }} Box in pixels of the map's container */
/** @typedef {{ geometry: Outline, bounds: L.LatLngBounds, spot: L.LatLng, properties: Region, width: number, tooltip?: L.Tooltip, lines?: HTMLElement, step: L.Point, zoom: number }} RegionName */

// A region narrower than this has no room for a name.
const LEAST_NAMED_PX = 20;
// A marker that is met is worse than any number of dots.
const MARKER_WEIGHT = 10000;
// Where a name may stand, from its own place: there if it can, else as near to it as it can.
const [ACROSS_PX, DOWN_PX, MOST] = [24, 16, 4];
const FAR = Array.from({ length: 2 * MOST + 1 }, (_one, place) => place - MOST);
const STEPS = FAR.map((right) => FAR.map((down) => ({ x: ACROSS_PX * right, y: DOWN_PX * down })))
  .reduce((all, row) => all.concat(row))
  .sort((one, other) => one.x * one.x + one.y * one.y - other.x * other.x - other.y * other.y);

/**
 * The name of a region on the map, which does without what stands in brackets after it.
 * @param {Region} properties
 * @param {string | undefined} language
 */
export function regionName(properties, language) {
  const name = (language === 'en' && properties.name_en) || properties.name_zh;
  return name.replace(/\s*[(（].*$/, '');
}

/**
 * The middle of the widest stretch of land on the line through the middle of the largest part: a
 * place inside the region, where the middle of its bounds may lie in the sea.
 * @param {Outline} geometry
 * @returns {GeoJSON.Position} lon, lat
 */
export function namePlace(geometry) {
  const [best] = partsOf(geometry).sort((one, other) => ringArea(other[0]) - ringArea(one[0]));
  const lats = best[0].map((pair) => pair[1]);
  const lat = (Math.min(...lats) + Math.max(...lats)) / 2;
  let place = [best[0][0][0], lat];
  let widest = -1;
  stretches(best, lat).forEach(([from, to]) => {
    if (to - from > widest) {
      widest = to - from;
      place = [(from + to) / 2, lat];
    }
  });
  return place;
}

/**
 * @param {Outline} geometry
 * @returns {GeoJSON.Position[][][]} the rings of each part
 */
function partsOf(geometry) {
  return geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates.slice();
}

/**
 * Where a line from west to east lies in a part of the land.
 * @param {GeoJSON.Position[][]} rings
 * @param {number} lat
 * @returns {[number, number][]} from and to, in degrees
 */
function stretches(rings, lat) {
  /** @type {number[]} */
  const cuts = [];
  rings.forEach((ring) => ring.slice(1).forEach((end, index) => {
    const begin = ring[index];
    if ((begin[1] > lat) === (end[1] > lat)) return;
    cuts.push(begin[0] + ((lat - begin[1]) / (end[1] - begin[1])) * (end[0] - begin[0]));
  }));
  cuts.sort((a, b) => a - b);
  /** @type {[number, number][]} */
  const found = [];
  for (let index = 0; index + 1 < cuts.length; index += 2) found.push([cuts[index], cuts[index + 1]]);
  return found;
}

/**
 * Whether a region holds a place.
 * @param {Outline} geometry
 * @param {number} lon
 * @param {number} lat
 */
export function holds(geometry, lon, lat) {
  return partsOf(geometry).some((rings) => stretches(rings, lat).some(([from, to]) => lon >= from && lon <= to));
}

/**
 * The area that a ring encloses, in square degrees.
 * @param {GeoJSON.Position[]} ring
 */
export function ringArea(ring) {
  return Math.abs(ring.slice(1).reduce((sum, end, index) => sum + ring[index][0] * end[1] - end[0] * ring[index][1], 0)) / 2;
}

/**
 * A tooltip whose style sheet centres what it holds (`translate(-50%, -50%)`): Leaflet measures each to do so, for which
 * the page is laid out as often as there are names.
 * @param {L.TooltipOptions} options
 * @returns {L.Tooltip}
 */
export function centredTooltip(options) {
  const Centred = L.Tooltip.extend({
    /** @this {{ _container: HTMLElement }} @param {L.Point} place */
    _setPosition(place) { L.DomUtil.setPosition(this._container, place); },
  });
  return new /** @type {any} */ (Centred)(options);
}

/**
 * @param {Box} one
 * @param {Box} other
 */
function meets(one, other) {
  return one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;
}

/**
 * The first of the places that meets the least of what stands on the map; null where each is forbidden.
 * @param {Box} own the name at its own place
 * @param {Box[]} markers
 * @param {Box[]} dots
 * @param {(step: { x: number, y: number }, box: Box) => boolean} allowed
 */
export function freest(own, markers, dots, allowed) {
  const [wide, high] = [ACROSS_PX * MOST, DOWN_PX * MOST];
  const around = { left: own.left - wide, right: own.right + wide, top: own.top - high, bottom: own.bottom + high };
  const near = [[markers, MARKER_WEIGHT], [dots, 1]].map(([all, weight]) => (
    { weight: Number(weight), boxes: /** @type {Box[]} */ (all).filter((one) => meets(around, one)) }));
  let best = null;
  let least = Infinity;
  for (let place = 0; place < STEPS.length && least > 0; place += 1) {
    const { x, y } = STEPS[place];
    const box = { left: own.left + x, right: own.right + x, top: own.top + y, bottom: own.bottom + y };
    const cost = near.reduce((sum, { weight, boxes }) => sum + weight * boxes.filter((one) => meets(box, one)).length, 0);
    if (cost < least && allowed(STEPS[place], box)) {
      best = STEPS[place];
      least = cost;
    }
  }
  return best;
}

/**
 * Name the regions of a layer, each in its own land and clear of markers and dots as far as there is room.
 *
 * Names that are wider than their region, or lie over a greater region's name, only make noise. One is made
 * once its region is in sight and wide enough for two characters: Leaflet lays the page out for each, and a
 * province has thousands.
 * @param {import('./standing.js').Told} map
 * @param {import('./map.js').RegionShape[]} shapes
 * @param {(properties: Region) => (string | undefined)[]} words
 */
export function nameRegions(map, shapes, words) {
  const names = shapes.map((shape) => /** @type {RegionName} */ ({
    properties: shape.feature.properties,
    geometry: shape.feature.geometry,
    bounds: shape.getBounds(),
    spot: L.GeoJSON.coordsToLatLng(/** @type {[number, number]} */ (namePlace(shape.feature.geometry))),
    width: 0,
    step: L.point(0, 0),
    zoom: -1,
  }));
  /** @type {(Standing[] | null | undefined)[]} what stood there when the names were last put in their places */
  let seen = [];
  let isDue = false;

  /** @param {RegionName} name */
  function make(name) {
    const lines = document.createElement('span');
    words(name.properties).forEach((line) => {
      if (!line) return;
      const part = document.createElement('span');
      part.textContent = line;
      if (spokenIn(line)) part.lang = spokenIn(line);
      lines.appendChild(part);
    });
    name.tooltip = centredTooltip({ permanent: true, direction: 'center', className: 'region-name', pane: 'names' })
      .setLatLng(name.spot).setContent(lines);
    map.addLayer(name.tooltip);
    name.lines = lines;
  }

  const standing = () => {
    const { markers, dots } = map.geoappStanding || {};
    return [markers, dots];
  };

  const isKnown = () => standing().every((one) => one !== null);

  /** @param {Standing[] | null | undefined} all @returns {Box[]} */
  const boxes = (all) => (all || []).map(({ bounds }) => {
    const high = map.latLngToContainerPoint(bounds.getNorthWest());
    const low = map.latLngToContainerPoint(bounds.getSouthEast());
    return { left: high.x, top: high.y, right: low.x, bottom: low.y };
  });

  /** @param {Box} box @param {RegionName} name @param {{ x: number, y: number }} step */
  const isInside = (box, name, step) => {
    if (!step.x && !step.y) return true;
    const middle = map.containerPointToLatLng([(box.left + box.right) / 2, (box.top + box.bottom) / 2]);
    return holds(name.geometry, middle.lng, middle.lat);
  };

  const place = () => {
    isDue = false;
    const sight = map.getBounds();
    const zoom = map.getZoom();
    names.forEach((name) => {
      name.width = map.latLngToLayerPoint(name.bounds.getNorthEast()).x - map.latLngToLayerPoint(name.bounds.getSouthWest()).x;
      if (!name.lines && name.width >= LEAST_NAMED_PX && sight.intersects(name.bounds)) make(name);
    });
    // All are looked at before any is changed: a look after a change has the page laid out anew.
    const made = names.filter(({ lines }) => lines).map((name) => {
      const { offsetWidth: wide, offsetHeight: high } = /** @type {HTMLElement} */ (name.lines);
      const { x, y } = map.latLngToContainerPoint(name.spot);
      return { name, wide, own: { left: x - wide / 2, right: x + wide / 2, top: y - high / 2, bottom: y + high / 2 } };
    });
    const known = isKnown();
    if (known) seen = standing();
    const [markers, dots] = known ? seen.map(boxes) : [[], []];
    /** @type {{ text: string, box: Box }[]} */
    const taken = [];
    made.sort((one, other) => other.name.width - one.name.width).forEach(({ name, wide, own }) => {
      const { tooltip, lines } = name;
      if (!tooltip || !lines) return;
      const allowed = (/** @type {{ x: number, y: number }} */ step, /** @type {Box} */ box) => (
        !taken.some(({ box: other }) => meets(box, other)) && isInside(box, name, step));
      // While it is not known what stands there, a name stays where it is.
      const kept = known || name.zoom !== zoom ? null : name.step;
      const step = name.width < wide * 0.9 ? null : kept || freest(own, markers, dots, allowed);
      // With what holds it, which would be announced as a hint that says nothing.
      (lines.parentElement || lines).style.visibility = step ? '' : 'hidden';
      if (!step) return;
      name.step = L.point(step.x, step.y);
      name.zoom = zoom;
      const { x, y } = step;
      const box = { left: own.left + x, right: own.right + x, top: own.top + y, bottom: own.bottom + y };
      tooltip.setLatLng(x || y ? map.containerPointToLatLng(map.latLngToContainerPoint(name.spot).add(name.step)) : name.spot);
      taken.push({ text: (lines.firstElementChild || lines).textContent || '', box });
    });
    tellStanding(map, 'names', taken.map(({ text, box }) => ({
      text,
      bounds: L.latLngBounds(map.containerPointToLatLng([box.left, box.bottom]), map.containerPointToLatLng([box.right, box.top])),
    })));
  };
  // Once for all that changes in the same task: a move changes what is told of dots, too.
  const later = () => {
    if (isDue) return;
    isDue = true;
    Promise.resolve().then(place);
  };
  map.on('moveend viewreset resize', later);
  // Not by what is told of the names themselves, which would never end.
  map.on('named', () => { if (isKnown() && standing().some((one, kind) => one !== seen[kind])) later(); });
  place();
}
