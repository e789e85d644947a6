// The streets of the base map, drawn behind everything else: after the page has said what it has to say.
// Where they cannot be drawn the outlines stay as they are.

/**
 * What is used of the drawing library (protomaps-leaflet), a classic script.
 * @typedef {Record<'PolygonSymbolizer' | 'LineSymbolizer' | 'LineLabelSymbolizer' | 'CenteredTextSymbolizer' | 'CircleSymbolizer'
 *   | 'GroupSymbolizer' | 'OffsetTextSymbolizer', new (...options: any[]) => object> & { leafletLayer: (options: object) => L.GridLayer }} Drawing
 */

/** @typedef {{ geomType: number, props: Record<string, string> }} Feature */

/** @typedef {(name: string) => string} Colour */

const LINE = 2;
const AREA = 3;
const DEEPEST_DATA_ZOOM = 14;
const WAIT_MS = 200;

// From the least to the greatest, so that greater ones lie above: kind -> width at zoom 16 in pixels.
/** @type {[string, number][]} */
const WIDTHS = [['path', 1], ['service', 2.5], ['minor', 5], ['tertiary', 7], ['secondary', 8], ['primary', 9], ['trunk', 10], ['motorway', 10]];
const GREAT = ['motorway', 'trunk', 'primary', 'secondary'];

/**
 * @param {number} width at zoom 16
 * @param {number} [more] around it
 * @returns {(zoom: number) => number}
 */
function wide(width, more = 0) {
  return (zoom) => Math.max(0.6, width * 1.5 ** (Math.min(zoom, 19) - 16)) + more;
}

/**
 * @param {string[]} kinds
 * @param {number} [shape]
 */
function only(kinds, shape) {
  return (/** @type {number} */ _zoom, /** @type {Feature} */ feature) => kinds.includes(feature.props.kind) && (!shape || feature.geomType === shape);
}

/**
 * How areas and lines are painted, in this order.
 * @param {Drawing} drawing
 * @param {Colour} colour
 */
function paintRules(drawing, colour) {
  /**
   * @param {string} dataLayer
   * @param {string} name
   * @param {number} minzoom
   */
  const area = (dataLayer, name, minzoom) => ({
    dataLayer, minzoom, symbolizer: new drawing.PolygonSymbolizer({ fill: colour(name) }),
    filter: (/** @type {number} */ _zoom, /** @type {Feature} */ feature) => feature.geomType === AREA,
  });
  /**
   * @param {string} name
   * @param {number} more
   */
  const streets = (name, more) => WIDTHS.map(([kind, width]) => ({
    dataLayer: 'streets', filter: only([kind]), minzoom: kind === 'path' ? 15 : 0,
    symbolizer: new drawing.LineSymbolizer({
      color: colour(kind === 'path' && !more ? '--street-edge' : name), width: wide(width, kind === 'path' ? 0 : more),
      lineCap: 'round', lineJoin: 'round',
    }),
  }));
  const rail = (/** @type {string[]} */ kinds) => ({
    dataLayer: 'rail', filter: only(kinds), symbolizer: new drawing.LineSymbolizer({ color: colour('--map-line'), width: wide(1.6), dash: [6, 4] }),
  });
  return [
    area('green', '--map-green', 9), area('squares', '--street', 14), area('water', '--map-sea', 4),
    { dataLayer: 'waterways', symbolizer: new drawing.LineSymbolizer({ color: colour('--map-sea'), width: wide(4) }) },
    { dataLayer: 'water', filter: only(['coast'], LINE), symbolizer: new drawing.LineSymbolizer({ color: colour('--map-line'), width: 0.8 }) },
    area('buildings', '--map-building', 15),
    // What runs below the ground or in the street stays out of the way.
    rail(['subway', 'tram']), ...streets('--street-edge', 1.6), ...streets('--street', 0), rail(['rail', 'light_rail', 'monorail']),
  ];
}

/**
 * What is named, the most important first: who comes later keeps away.
 * @param {Drawing} drawing
 * @param {Colour} colour
 * @param {string | undefined} language
 * @param {string} fontFamily that of the page, so that nothing is loaded for it
 */
function labelRules(drawing, colour, language, fontFamily) {
  const text = {
    labelProps: [language === 'en' ? 'en' : 'zh', 'name'], fontFamily, fill: colour('--map-name'), stroke: colour('--map-land'), width: 3,
  };
  const station = new drawing.GroupSymbolizer([
    new drawing.CircleSymbolizer({ radius: 3, fill: colour('--map-land'), stroke: colour('--map-name'), width: 1.5 }),
    new drawing.OffsetTextSymbolizer({ ...text, fontSize: 11, offsetX: 5, offsetY: 4 }),
  ]);
  /**
   * @param {string[]} kinds
   * @param {number} fontSize
   * @param {number} minzoom
   */
  const place = (kinds, fontSize, minzoom) => ({
    dataLayer: 'places', filter: only(kinds), minzoom, symbolizer: new drawing.CenteredTextSymbolizer({ ...text, fontSize, fontWeight: 500 }),
  });
  /**
   * @param {string[]} kinds
   * @param {number} minzoom
   */
  const street = (kinds, minzoom) => ({
    dataLayer: 'streets', filter: only(kinds), minzoom,
    symbolizer: new drawing.LineLabelSymbolizer({ ...text, fontSize: 11, position: 2 }),
  });
  // Districts have their names on the map already, by their outlines.
  return [
    place(['city', 'town'], 14, 6), place(['suburb', 'township', 'village', 'island'], 13, 11),
    { dataLayer: 'stations', minzoom: 14, symbolizer: station },
    place(['quarter', 'neighbourhood', 'hamlet'], 12, 14),
    street(GREAT, 14), street(['tertiary', 'minor'], 15.5),
  ];
}

/** Whether this browser asks to be spared. */
function isSpared() {
  const { connection, deviceMemory } = /** @type {{ connection?: { saveData?: boolean }, deviceMemory?: number }} */ (navigator);
  return Boolean((connection && connection.saveData) || (deviceMemory && deviceMemory < 1) || !document.createElement('canvas').getContext('2d'));
}

/**
 * @param {string} address
 * @returns {Promise<Drawing | undefined>} nothing where the browser cannot load or read it
 */
function load(address) {
  const there = () => /** @type {{ protomapsL?: Drawing }} */ (/** @type {unknown} */ (window)).protomapsL;
  if (there()) return Promise.resolve(there());
  return new Promise((resolve) => {
    const script = document.createElement('script');
    const done = () => resolve(there());
    script.src = address;
    script.addEventListener('load', done);
    script.addEventListener('error', done);
    document.head.appendChild(script);
  });
}

/** Resolves when the page is there and nothing else is waiting. */
function quiet() {
  return new Promise((resolve) => {
    const idle = () => (window.requestIdleCallback ? window.requestIdleCallback(resolve, { timeout: 2000 }) : window.setTimeout(resolve, WAIT_MS));
    if (document.readyState === 'complete') idle();
    else window.addEventListener('load', idle, { once: true });
  });
}

/**
 * The streets under a map, as a layer: loaded and drawn when it is first added. What cannot be drawn is an
 * empty layer, and `failed` is called.
 * @param {HTMLElement} box tells the drawing library's address (`data-drawing`) and the language
 * @param {Colour} colour
 * @param {{ first: Promise<unknown>, source: string | object, deepest: number, drawn?: () => void, failed?: () => void }} given
 *   what comes before them; the address of their tiles, or the tiles themselves; the last zoom that there are tiles of
 * @returns {L.LayerGroup}
 */
export function streetsLayer(box, colour, { first, source, deepest, drawn = () => {}, failed = () => {} }) {
  const { drawing: address, language } = box.dataset;
  const group = L.layerGroup();
  group.once('add', async () => {
    await first;
    await quiet();
    const drawing = isSpared() || !address ? undefined : await load(address);
    if (!drawing) {
      failed();
      return;
    }
    const draw = () => {
      group.clearLayers();
      const layer = drawing.leafletLayer({
        url: source, maxDataZoom: deepest, maxZoom: 22, lang: language === 'en' ? 'en' : 'zh', attribution: '',
        paintRules: paintRules(drawing, colour),
        labelRules: labelRules(drawing, colour, language, getComputedStyle(box).fontFamily),
      });
      layer.once('load', drawn);
      group.addLayer(layer);
    };
    draw();
    const scheme = window.matchMedia('(prefers-color-scheme: dark)');
    if (scheme.addListener) scheme.addListener(draw);
  });
  return group;
}

/**
 * Our own streets as a layer, where a page has some (`data-streets`); `data-streets` goes where they cannot be drawn.
 * A page that has tiles down to a certain zoom alone says so (`data-deepest`).
 * @param {HTMLElement} box
 * @param {Colour} colour
 * @param {Promise<unknown>} first what comes before them
 * @param {object} [inside] tiles that the page holds itself, in place of the address
 */
export function ownStreets(box, colour, first, inside) {
  const { streets, deepest } = box.dataset;
  if (!streets) return null;
  return streetsLayer(box, colour, {
    first, source: inside || streets, deepest: Number(deepest) || DEEPEST_DATA_ZOOM,
    drawn: () => { box.dataset.streetsDrawn = 'true'; },
    failed: () => { delete box.dataset.streets; },
  });
}
