// The map of a page: a calm ground of district outlines, or the operator's base map.
// Leaflet (a classic script, loaded before) is the only other party. Leaflet wants (lat, lon);
// the flip happens here and nowhere else.

import { nameRegions, regionName } from './names.js';
import { loadModule, pause, spokenIn } from './page.js';
import { get } from './request.js';
import { seaAddress, seaLayer } from './sea.js';
import { watchControls, watchMarkers } from './standing.js';
import { ownStreets, streetsLayer } from './streets.js';

/**
 * @typedef {object} Region what is told of a region beside its outline
 * @property {string} code
 * @property {string} name_zh
 * @property {string | null} [name_en]
 */

/** @typedef {GeoJSON.Polygon | GeoJSON.MultiPolygon} Outline */

/** @typedef {{ map: L.Map, regions: Promise<L.GeoJSON | null>, streets: L.Layer | null }} Made */

// Of the outlines' pane; Leaflet's tiles have 200, what is drawn above them 400.
const BELOW_STREETS = '150';
const ABOVE_TILES = '350';

/**
 * @param {number} lon
 * @param {number} lat
 */
export function at(lon, lat) {
  return L.latLng(lat, lon);
}

/**
 * A colour of the style sheets.
 * @param {string} name
 */
export function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/**
 * A number in a circle: a site, an action, a place.
 * @param {string | number} text
 * @param {string} [classes]
 */
export function numbered(text, classes = '') {
  return L.divIcon({ className: `site-number ${String(text).length > 2 ? 'many ' : ''}${classes}`, html: escapeHtml(String(text)), iconSize: [28, 28] });
}

/**
 * Colours by their names: they follow when the screen turns dark and when it is printed.
 * @param {HTMLElement} box
 */
function landStyle(box) {
  if (box.dataset.base) return { color: 'var(--map-line)', weight: 1, fill: false };
  return { color: 'var(--map-line)', weight: 1.2, fill: true, fillColor: 'var(--map-land)', fillOpacity: 1 };
}

/**
 * Let the operator's base maps be chosen from; the script for it comes only where there are some.
 * @param {L.Map} map
 * @param {HTMLElement} box
 * @param {{ streets: L.Layer | null, first: Promise<unknown>, furnished: Promise<void> }} parts what is on the map, or will be
 * @param {() => void} changed
 */
async function offerBaseMaps(map, box, { streets, first, furnished }, changed) {
  const told = JSON.parse(box.dataset.bases || '');
  await furnished;
  await new Promise((resolve) => {
    const script = loadModule(box.dataset.choice || '');
    script.onload = resolve;
    script.onerror = resolve;
  });
  const { geoappBaseMaps: choose } = /** @type {{ geoappBaseMaps?: typeof import('./base_maps.js').chooseBaseMap }} */ (/** @type {unknown} */ (window));
  if (!choose) return; // not loaded: outlines stay
  choose(map, box, told, {
    streets,
    vectors: (one, failed) => streetsLayer(box, colour, { first, source: one.tiles[0], deepest: one.deepest, failed }),
    outline: async () => {
      const { answer } = await get(told.outline);
      return answer && answer.rings;
    },
    changed,
  });
}

/**
 * @typedef {object} Settings
 * @property {(bounds: L.LatLngBounds) => boolean} fit may take over the first view by answering false
 * @property {boolean} interactive whether regions can be chosen
 * @property {(properties: Region) => string | undefined} note a line under a region's name
 * @property {Promise<unknown>} first what is to be on the screen before the streets are fetched
 */

// What a sheet of A4 leaves room for, in a card or not.
const SHEET_PX = { width: 661, height: 453 };

/**
 * A sheet of paper is narrower than a screen: what was in sight is printed whole, and not cut at its edge. Streets and
 * base maps come too late for another view: the map is printed as it was drawn, only smaller.
 * @param {L.Map} map
 * @param {HTMLElement} box
 */
function printWhole(map, box) {
  /** @type {{ centre: L.LatLng, zoom: number } | null} */
  let before = null;
  window.addEventListener('beforeprint', () => {
    if (box.dataset.streets || box.dataset.bases) {
      const { x, y } = map.getSize();
      box.style.setProperty('--paper-width', `${x}px`);
      box.style.setProperty('--paper-height', `${y}px`);
      box.style.setProperty('--paper-share', String(Math.min(SHEET_PX.width / x, SHEET_PX.height / y)));
      box.classList.add('on-paper', 'as-drawn');
      return;
    }
    before = { centre: map.getCenter(), zoom: map.getZoom() };
    const bounds = map.getBounds();
    box.classList.add('on-paper');
    map.invalidateSize({ animate: false, pan: false }).fitBounds(bounds, { animate: false });
  });
  window.addEventListener('afterprint', () => {
    box.classList.remove('on-paper', 'as-drawn');
    if (!before) return;
    map.invalidateSize({ animate: false, pan: false }).setView(before.centre, before.zoom, { animate: false });
    before = null;
  });
}

/**
 * What stands at the edges of a map: the buttons in a task of their own, as the map itself takes a phone long enough.
 * @param {L.Map} map
 * @param {HTMLElement} box
 */
async function furnish(map, box) {
  L.control.scale({ imperial: false, position: 'topleft' }).addTo(map);
  // Above: below, a phone's sheet or a legend would lie over it.
  const credit = L.control.attribution({ position: 'topleft', prefix: false }).addAttribution(escapeHtml(box.dataset.attribution));
  if (box.dataset.bases || box.dataset.attribution) credit.addTo(map);
  await pause();
  L.control.zoom({ position: 'topright', zoomInTitle: box.dataset.zoomIn, zoomOutTitle: box.dataset.zoomOut }).addTo(map);
}

const DOT_PX = 6;
export const MARK_PX = 22; // half of a marker's height

/**
 * How far from a map's upper edge what is to be seen begins: below its scale and what is said of its source.
 * @param {L.Map} map
 */
export function told_px(map) {
  const told = /** @type {HTMLElement} */ (map.getContainer().querySelector('.leaflet-top.leaflet-left'));
  return told.offsetHeight + MARK_PX;
}

/**
 * How much of a map its key hides from below, where it takes most of the width, as on a phone.
 * @param {L.Map} map
 */
function keyed_px(map) {
  const box = map.getContainer(), key = box.parentElement && box.parentElement.querySelector('.map-key');
  if (!key || getComputedStyle(key).position === 'static') return 0;
  const over = key.getBoundingClientRect(), whole = box.getBoundingClientRect();
  return over.width < whole.width / 2 ? 0 : Math.max(0, whole.bottom - over.top) + DOT_PX;
}

/**
 * Room around places that are brought into sight, so that none lies under what the map says of itself.
 * @param {L.Map} map
 * @param {number} room_px
 * @returns {{ paddingTopLeft: [number, number], paddingBottomRight: [number, number] }}
 */
export function roomAround(map, room_px) {
  return { paddingTopLeft: [room_px, Math.max(room_px, told_px(map))], paddingBottomRight: [room_px, Math.max(room_px, keyed_px(map))] };
}

/**
 * Make the map of an element written by the macro `map_box`. `regions` resolves to a layer of
 * outlines, or to null where there are none.
 * @param {HTMLElement} box
 * @param {Partial<Settings>} [options]
 * @returns {Made}
 */
export function makeMap(box, options) {
  const settings = Object.assign({ fit: () => true, interactive: false, note: () => '', first: Promise.resolve() }, options);
  const calm = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
  const map = L.map(box, {
    zoomControl: false, attributionControl: false,
    zoomAnimation: !calm, markerZoomAnimation: !calm, zoomSnap: 0.25,
    fadeAnimation: false, // each of its frames takes a phone as long as all that it draws
  });
  map.setView([36, 104], 4);
  printWhole(map, box);
  const names = map.createPane('names');
  names.style.zIndex = '450'; // above outlines and rings, below every marker
  names.style.pointerEvents = 'none';
  const furnished = furnish(map, box);
  const hasGround = Boolean(box.dataset.bases || box.dataset.streets);
  watchMarkers(map);
  if (hasGround) {
    map.createPane('land').style.zIndex = BELOW_STREETS;
    const holder = /** @type {Element} */ (box.parentElement);
    furnished.then(() => watchControls(map, Array.from(holder.querySelectorAll('.map-key, .map-layers'))));
  }
  const regions = drawRegions(map, box, settings);
  const first = Promise.all([regions, settings.first, furnished]);
  const streets = ownStreets(box, colour, first, { isOver: settings.interactive }); // regions that can be chosen are coloured
  if (box.dataset.bases) {
    offerBaseMaps(map, box, { streets, first, furnished }, async () => {
      /** @type {HTMLElement} */ (map.getPane('land')).style.zIndex = box.dataset.base ? ABOVE_TILES : BELOW_STREETS;
      const layer = await regions;
      if (layer && !settings.interactive) layer.setStyle(landStyle(box));
    });
  } else if (streets) streets.addTo(map);
  return { map, regions, streets };
}

/** @param {string | undefined} text */
export function escapeHtml(text) {
  const holder = document.createElement('span');
  holder.textContent = text || '';
  return holder.innerHTML;
}

/**
 * Words of a pop-up as HTML that says so where they are Chinese in an English page.
 * @param {string | undefined} text
 */
export function spokenHtml(text) {
  const html = escapeHtml(text);
  return spokenIn(html) ? `<span lang="${spokenIn(html)}">${html}</span>` : html;
}

/**
 * @param {L.Map} map
 * @param {HTMLElement} box
 * @param {Settings} settings
 */
async function drawRegions(map, box, settings) {
  const { answer } = await get(box.dataset.regions || '');
  if (!answer) return null;
  /** @type {GeoJSON.Feature<Outline, Region>[]} */
  const drawn = answer.features.filter((/** @type {GeoJSON.Feature} */ feature) => feature.geometry);
  if (!drawn.length) return null;
  const language = box.dataset.language;
  const layer = L.geoJSON(/** @type {GeoJSON.FeatureCollection} */ ({ type: 'FeatureCollection', features: drawn }), {
    interactive: settings.interactive,
    pane: map.getPane('land') && !settings.interactive ? 'land' : 'overlayPane',
    style: () => landStyle(box),
  });
  // The view first: outlines that are on the map are worked out anew for another one.
  if (settings.fit(layer.getBounds())) map.fitBounds(layer.getBounds(), { ...roomAround(map, 16), animate: false });
  await pause();
  layer.addTo(map).bringToBack();
  await pause();
  if (!box.dataset.streets && !box.dataset.bases) drawSea(map, box, layer.getBounds(), settings.first);
  /** @type {RegionShape[]} */
  const shapes = [];
  eachRegion(layer, (shape) => shapes.push(shape));
  nameRegions(map, shapes, (properties) => [regionName(properties, language), settings.note(properties)]);
  box.dataset.ready = 'true';
  return layer;
}

/**
 * @param {L.Map} map
 * @param {HTMLElement} box
 * @param {L.LatLngBounds} bounds of what is land
 * @param {Promise<unknown>} first
 */
async function drawSea(map, box, bounds, first) {
  await first;
  const { answer } = await get(seaAddress(box.dataset.sea || '', bounds));
  if (answer) seaLayer(answer, 'overlayPane').addTo(map).bringToBack();
}

const TOUCH_PX = 44;
const DEEPEST_ZOOM = 19;

/**
 * How far from its spot each marker is drawn, in pixels: markers that would hide each other even on
 * the closest map stand around their common spot, each with room for a finger.
 * @param {L.Map} map
 * @param {L.LatLng[]} spots
 * @returns {[number, number][]} right and down
 */
export function spread(map, spots) {
  /** @type {{ middle: L.Point, members: number[] }[]} */
  const groups = [];
  spots.forEach((spot, index) => {
    const here = map.project(spot, DEEPEST_ZOOM);
    const group = groups.find((one) => one.middle.distanceTo(here) < TOUCH_PX / 2);
    if (group) group.members.push(index);
    else groups.push({ middle: here, members: [index] });
  });
  /** @type {[number, number][]} */
  const offsets = spots.map(() => [0, 0]);
  groups.filter(({ members }) => members.length > 1).forEach(({ members }) => {
    const radius = TOUCH_PX / 2 / Math.sin(Math.PI / members.length);
    members.forEach((index, place) => {
      const angle = (2 * Math.PI * place) / members.length - Math.PI;
      offsets[index] = [Math.round(radius * Math.cos(angle)), Math.round(radius * Math.sin(angle))];
    });
  });
  return offsets;
}

/**
 * Show what a page is of, and not all that is drawn around it.
 * @param {L.Map} map
 * @param {L.GeoJSON} layer of all regions, shown whole where none of those is drawn
 * @param {Map<string, RegionShape>} shapes by code
 * @param {string[]} codes of the regions that the page is of
 */
export function frameOn(map, layer, shapes, codes) {
  const inside = Array.from(shapes).filter(([code]) => codes.includes(code)).map(([, shape]) => shape);
  const bounds = inside.length ? L.featureGroup(inside).getBounds() : layer.getBounds();
  map.fitBounds(bounds, { ...roomAround(map, 16), animate: false });
}

const FAR_TIMES = 10;
const NEAR_DEG = 1; // about a prefecture

/**
 * Those of some points that belong together: without a few, a tenth at most, that lie more than a degree,
 * and ten times as far as all others, from the middle. One wrong number would else show the whole world.
 * @param {[number, number][]} points (lon, lat)
 * @returns {[number, number][]}
 */
export function together(points) {
  if (points.length < 3) return points;
  const middle = [0, 1].map((axis) => points.map((one) => one[axis]).sort((a, b) => a - b)[points.length >> 1]);
  const far = points.map(([lon, lat]) => Math.hypot((lon - middle[0]) * Math.cos(middle[1] * Math.PI / 180), lat - middle[1]));
  const few = Math.max(1, Math.floor(points.length / 10));
  const reach = Math.max(NEAR_DEG, FAR_TIMES * [...far].sort((a, b) => a - b)[points.length - 1 - few]);
  return points.filter((_one, place) => far[place] <= reach);
}

/** @typedef {L.Polygon<Region> & { feature: GeoJSON.Feature<Outline, Region> }} RegionShape */

/**
 * Do something with each region of a layer.
 * @param {L.GeoJSON} layer
 * @param {(shape: RegionShape) => void} act
 */
export function eachRegion(layer, act) {
  layer.eachLayer((shape) => act(/** @type {RegionShape} */ (shape)));
}

/**
 * Show the whole region of a code; without one, all regions.
 * @param {Made} made
 * @param {string} code
 */
export async function showRegion(made, code) {
  const layer = await made.regions;
  if (!layer) return;
  let bounds = layer.getBounds();
  eachRegion(layer, (shape) => {
    if (shape.feature.properties.code === code) bounds = shape.getBounds();
  });
  made.map.fitBounds(bounds, roomAround(made.map, 16));
}
