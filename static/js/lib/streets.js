// The streets of the base map, drawn behind everything else: after the page has said what it has to say.
// Where they cannot be drawn the outlines stay as they are.

import { printByDay } from './by_day.js';
import { quiet } from './page.js';
import { groundDrawn, tellStreets } from './standing.js';
import './street_rules.js';

/**
 * The drawing library (protomaps-leaflet).
 * @typedef {Symbolizers & { leafletLayer: (options: object) => L.GridLayer & { labelers: Labelled,
 *   clearLayout: () => void, rerenderTiles: () => void } }} Drawing
 */

/** @typedef {{ text: string, bounds: L.LatLngBounds }} Name one that the page has written on the map */

/**
 * @typedef {{ source: string | object, deepest: number, language: string | undefined, fontFamily: string,
 *   isOver: boolean }} Streets `isOver` where they lie above coloured areas: below them they would hardly be seen
 */

const DEEPEST_DATA_ZOOM = 14;
const DEEPEST_ZOOM = 22;
const TILE_PX = 256;
const TOGETHER_MS = 80;
const OVER = 'streets-over'; // a pane
const ABOVE_AREAS = '405'; // Leaflet's areas have 400; dots, names and markers lie above
const { geoappStreetRules: rules } = /** @type {{ geoappStreetRules: StreetRules }} */ (/** @type {unknown} */ (window));

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

/** @type {Promise<Worker | null> | null} */
let starting = null;
let layers = 0;

/**
 * The thread that paints the streets of all maps of a page (street_painter.js); null where a browser has none
 * that can, or it is not reached.
 * @param {string | undefined} address
 * @param {string} drawing the address of the drawing library
 * @returns {Promise<Worker | null>}
 */
function startPainter(address, drawing) {
  if (!address || !('Worker' in window) || !('OffscreenCanvas' in window)) return Promise.resolve(null);
  if (!starting) {
    starting = new Promise((/** @type {(made: Worker | null) => void} */ resolve) => {
      const made = new Worker(address);
      made.addEventListener('message', ({ data }) => resolve(data.isReady ? made : null), { once: true });
      made.addEventListener('error', () => resolve(null), { once: true });
      made.postMessage({ drawing: new URL(drawing, window.location.href).href });
    }).catch(() => null); // a page in a frame that may have none
  }
  return starting;
}

/**
 * Have a layer of streets told what stands on its map (standing.js), in pixels of the zoom of its tiles; that
 * it is not known while the map moves: what comes into sight is told of once it rests.
 * @param {L.GridLayer} layer
 * @param {(zoom: number, named: Named | null) => void} tell
 */
function watchNames(layer, tell) {
  let isMoving = false;
  /** @this {L.Map & { geoappNamed?: Name[] | null }} */
  function look() {
    const zoom = Math.round(this.getZoom());
    const { geoappNamed: named = [] } = this;
    if (isMoving || !named) {
      tell(zoom, null);
      return;
    }
    const ground = groundDrawn(this);
    const boxOf = (/** @type {L.LatLngBounds} */ bounds) => {
      const { x: minX, y: minY } = this.project(bounds.getNorthWest(), zoom);
      const { x: maxX, y: maxY } = this.project(bounds.getSouthEast(), zoom);
      return { minX, minY, maxX, maxY };
    };
    const near = named.filter(({ bounds }) => ground.intersects(bounds));
    tell(zoom, { boxes: near.map(({ bounds }) => boxOf(bounds)), texts: near.map(({ text }) => text), within: boxOf(ground) });
  }
  /** @this {L.Map} */
  function begin() {
    isMoving = true;
    look.call(this);
  }
  /** @this {L.Map} */
  function rest() {
    isMoving = false;
    tellStreets(this);
  }
  /** @type {L.Map | null} */
  let map = null;
  layer.on('add', ({ target }) => {
    map = /** @type {L.Map} */ (target._map);
    map.on('named', look, map).on('movestart', begin, map).on('moveend', rest, map);
    look.call(map);
  });
  layer.on('remove', () => { if (map) map.off('named', look, map).off('movestart', begin, map).off('moveend', rest, map); });
}

/**
 * @param {{ isOver: boolean }} streets
 * @returns {L.GridLayerOptions}
 */
function paneOf({ isOver }) {
  return isOver ? { pane: OVER } : {};
}

/**
 * Streets that come as pictures from the thread that paints them.
 * @param {Worker} painter
 * @param {Streets} streets
 * @param {Colour} colour
 * @returns {L.GridLayer}
 */
function paintedLayer(painter, { source, ...streets }, colour) {
  layers += 1;
  const number = layers;
  const side = Math.floor(TILE_PX * window.devicePixelRatio);
  /** @type {Map<number, { tile: HTMLCanvasElement, done: (() => void) | null }>} */
  const tiles = new Map();
  let made = 0;
  /** @param {object} told */
  const tell = (told) => painter.postMessage({ layer: number, ...told });
  /** @type {{ number: number, picture: ImageBitmap }[]} what came and is not shown yet */
  let come = [];
  const show = () => {
    const shown = come;
    come = [];
    shown.forEach(({ number: place, picture }) => {
      const one = tiles.get(place);
      const pen = one && one.tile.getContext('2d');
      if (one && pen) {
        one.tile.width = side;
        one.tile.height = side;
        pen.drawImage(picture, 0, 0);
        layer.fire('painted', { tile: one.tile });
        if (one.done) one.done();
        one.done = null; // names that come with a neighbour have it painted again
      }
      picture.close();
    });
  };
  /** @param {MessageEvent<{ layer: number, number: number, picture: ImageBitmap }>} event */
  const hear = ({ data: { layer: other, number: place, picture } }) => {
    if (other !== number) return;
    // Several at a time: on a phone it is the frame that takes long, not the picture in it.
    if (!come.length) window.setTimeout(show, TOGETHER_MS);
    come.push({ number: place, picture });
  };
  /** @type {Record<string, string>} */
  const colours = {};
  rules.colours.forEach((name) => { colours[name] = colour(name); });

  const Painted = L.GridLayer.extend({
    /** @param {L.Coords} square @param {L.DoneCallback} done */
    createTile({ x, y, z }, done) {
      const tile = document.createElement('canvas');
      made += 1;
      tile.dataset.number = String(made);
      tiles.set(made, { tile, done: () => done(undefined, tile) });
      tell({ draw: { number: made, x, y, z } });
      return tile;
    },
  });
  /** @type {L.GridLayer} */
  const layer = new /** @type {any} */ (Painted)({ maxZoom: DEEPEST_ZOOM, ...paneOf(streets) });
  // Before the first tile is asked for.
  layer.beforeAdd = () => {
    painter.addEventListener('message', hear);
    tell({ look: { ...streets, colours, side, source: new URL(String(source), window.location.href).href } });
    return layer;
  };
  layer.on('tileunload', ({ tile }) => {
    const place = Number(tile.dataset.number);
    tiles.delete(place);
    tile.width = 0; // its memory is given back at once
    tile.height = 0;
    tell({ drop: place });
  });
  watchNames(layer, (zoom, named) => tell({ zoom, named }));
  layer.on('remove', () => {
    painter.removeEventListener('message', hear);
    tell({ end: true });
  });
  return layer;
}

/**
 * Streets that the page paints itself.
 * @param {Drawing} drawing
 * @param {Streets} streets
 * @param {Colour} colour
 * @returns {L.GridLayer}
 */
function ownLayer(drawing, { source, deepest, language, fontFamily, isOver }, colour) {
  const anew = () => {
    layer.clearLayout();
    layer.rerenderTiles();
  };
  const names = rules.keepNames(() => layer.labelers, anew, anew);
  const layer = drawing.leafletLayer({
    url: source, maxDataZoom: deepest, maxZoom: DEEPEST_ZOOM, lang: language === 'en' ? 'en' : 'zh', attribution: '', ...paneOf({ isOver }),
    paintRules: rules.paintRules(drawing, colour, isOver),
    labelRules: rules.labelRules(drawing, colour, language, fontFamily, names.known),
  });
  watchNames(layer, names.tell);
  return layer;
}

/**
 * The streets under a map, as a layer: loaded and drawn when it is first added. What cannot be drawn is an
 * empty layer, and `failed` is called.
 * @param {HTMLElement} box tells the drawing library's address (`data-drawing`), that of the thread that paints with it
 *   (`data-painter`; without one the page does) and the language
 * @param {Colour} colour
 * @param {{ first: Promise<unknown>, source: string | object, deepest: number, isOver?: boolean, drawn?: () => void,
 *   failed?: () => void }} given what comes before them; the address of their tiles, or the tiles themselves; the last zoom
 *   that there are tiles of; whether they lie above coloured areas
 * @returns {L.LayerGroup}
 */
export function streetsLayer(box, colour, { first, source, deepest, isOver = false, drawn = () => {}, failed = () => {} }) {
  const { drawing: address, painter: thread, language } = box.dataset;
  const group = L.layerGroup();
  group.once('add', async ({ target }) => {
    if (isOver) {
      const pane = target._map.createPane(OVER);
      pane.style.zIndex = ABOVE_AREAS;
      pane.style.pointerEvents = 'none'; // the areas below it are met
    }
    await first;
    await quiet();
    /** @type {((streets: Streets) => L.GridLayer) | null} */
    let make = null;
    if (address && !isSpared()) {
      const painter = typeof source === 'string' ? await startPainter(thread, address) : null;
      const drawing = painter ? undefined : await load(address);
      if (painter) make = (streets) => paintedLayer(painter, streets, colour);
      else if (drawing) make = (streets) => ownLayer(drawing, streets, colour);
    }
    if (!make) {
      failed();
      return;
    }
    const makeLayer = make;
    const paper = printByDay(box, colour, rules.colours, () => {
      /** @type {HTMLCanvasElement[]} */
      const pictures = [];
      group.eachLayer((layer) => {
        const holder = /** @type {L.GridLayer} */ (layer).getContainer();
        if (holder) pictures.push(...holder.querySelectorAll('canvas'));
      });
      return pictures;
    });
    const draw = () => {
      group.clearLayers();
      const layer = makeLayer({ source, deepest, language, isOver, fontFamily: getComputedStyle(box).fontFamily });
      layer.once('load', drawn);
      layer.on('painted', (/** @type {any} */ event) => paper.take(event.tile));
      group.addLayer(layer);
    };
    draw();
    const scheme = window.matchMedia('(prefers-color-scheme: dark)');
    if (scheme.addListener) scheme.addListener(() => { if (!paper.isOn()) draw(); });
  });
  return group;
}

/**
 * Our own streets as a layer, where a page has some (`data-streets`); `data-streets` goes where they cannot be drawn.
 * A page that has tiles down to a certain zoom alone says so (`data-deepest`).
 * @param {HTMLElement} box
 * @param {Colour} colour
 * @param {Promise<unknown>} first what comes before them
 * @param {{ inside?: object, isOver?: boolean }} [given] tiles that the page holds itself, in place of the address;
 *   whether they lie above coloured areas
 */
export function ownStreets(box, colour, first, { inside, isOver } = {}) {
  const { streets, deepest } = box.dataset;
  if (!streets) return null;
  return streetsLayer(box, colour, {
    first, source: inside || streets, deepest: Number(deepest) || DEEPEST_DATA_ZOOM, isOver,
    drawn: () => { box.dataset.streetsDrawn = 'true'; },
    failed: () => { delete box.dataset.streets; },
  });
}
