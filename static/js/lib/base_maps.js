// The operator's base maps, and the choice between them, our own streets and outlines alone. What is drawn above keeps
// its WGS-84 coordinates: over a base in another datum the map's own projection moves it, so that a choice loads
// nothing anew.

import { isMoved, makeRule } from './datum.js';

/**
 * @typedef {object} BaseMap
 * @property {string} code
 * @property {string} name
 * @property {string} datum
 * @property {string[]} tiles addresses, of the names above them last; of one file of vectors
 * @property {string} credit HTML
 * @property {number} least
 * @property {number} deepest
 * @property {string[]} subdomains
 * @property {boolean} origin whether the site's name is sent along
 * @property {boolean} vector
 * @property {number} side of a tile in pixels: 256, or 512 for one that covers four of these
 */

/** @typedef {{ maps: BaseMap[], words: { title: string, streets: string, plain: string, missing: string }, outline: string }} Told */

/**
 * What the page does for the choice: its streets, if it has some; the drawing of vectors in a file; China's outline;
 * and what it changes when the ground has.
 * @typedef {object} Parts
 * @property {L.Layer | null} streets
 * @property {(one: BaseMap, failed: () => void) => L.Layer} vectors
 * @property {() => Promise<import('./datum.js').Pair[][] | null>} outline
 * @property {() => void} changed
 */

const REMEMBERED = 'geoapp-base-map';
const CHOSEN = 'geoapp-base-map-chosen';
const DEEPEST = 22;
const SIGN = 'M3 6.5 9 4l6 2.5L21 4v13.5L15 20l-6-2.5L3 20zM9 4v13.5M15 6.5V20';

function remembered() {
  try {
    return window.localStorage.getItem(REMEMBERED);
  } catch {
    return null; // a browser that keeps nothing
  }
}

/** @param {string} code */
function remember(code) {
  try {
    window.localStorage.setItem(REMEMBERED, code);
  } catch {
    // a browser that keeps nothing
  }
}

/**
 * @param {string} name
 * @param {HTMLElement} into
 * @param {string} [text]
 */
function made(name, into, text = '') {
  const element = document.createElement(name);
  element.textContent = text;
  into.appendChild(element);
  return element;
}

/**
 * The control on the map: a button that opens the list.
 * @param {L.Map} map
 * @param {string} title
 * @param {[string, string][]} choices code and name
 * @param {(code: string) => void} choose
 * @returns {{ mark: (code: string) => void, say: (text: string) => void }}
 */
function control(map, title, choices, choose) {
  const holder = document.createElement('div');
  holder.className = 'ground-choice';
  const box = /** @type {HTMLDetailsElement} */ (made('details', holder));
  box.className = 'leaflet-bar';
  const button = made('summary', box);
  button.title = title;
  button.setAttribute('aria-label', title);
  button.innerHTML = `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="${SIGN}"></path></svg>`;
  const list = made('fieldset', box);
  made('legend', list, title);
  /** @type {Map<string, HTMLInputElement>} */
  const inputs = new Map();
  choices.forEach(([code, name]) => {
    const label = made('label', list);
    const input = document.createElement('input');
    input.type = 'radio';
    input.name = `base-map-${L.Util.stamp(list)}`; // of this map's own
    input.value = code;
    input.addEventListener('change', () => choose(code));
    label.appendChild(input);
    made('span', label, name);
    inputs.set(code, input);
  });
  const note = made('p', holder);
  note.setAttribute('role', 'status');
  note.hidden = true;
  box.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    box.open = false;
    button.focus();
  });
  map.on('click dragstart', () => { box.open = false; });
  L.DomEvent.disableClickPropagation(holder);
  L.DomEvent.disableScrollPropagation(holder);
  const place = new L.Control({ position: 'topright' });
  place.onAdd = () => holder;
  place.addTo(map);
  return {
    mark: (code) => {
      const input = inputs.get(code);
      if (input) input.checked = true;
    },
    say: (text) => {
      note.hidden = !text;
      note.textContent = text;
    },
  };
}

/**
 * The usual projection, with a datum's rule before it.
 * @param {import('./datum.js').Rule} rule
 * @returns {L.CRS}
 */
function moved(rule) {
  const usual = L.Projection.SphericalMercator;
  const projection = L.extend({}, usual, {
    project: (/** @type {L.LatLng} */ place) => {
      const [lon, lat] = rule.from(place.lng, place.lat);
      return usual.project(L.latLng(lat, lon));
    },
    unproject: (/** @type {L.Point} */ point) => {
      const place = usual.unproject(point);
      const [lon, lat] = rule.to(place.lng, place.lat);
      return L.latLng(lat, lon);
    },
  });
  return L.extend({}, L.CRS.EPSG3857, { projection });
}

/**
 * Show the base map that this device has chosen, or the first, and let another be chosen. What cannot be reached gives way to
 * streets or outlines until it is chosen again.
 * @param {L.Map} map
 * @param {HTMLElement} box its `data-base` is the code of the operator's map that is shown
 * @param {Told} told
 * @param {Parts} parts
 */
export function chooseBaseMap(map, box, told, parts) {
  const { words } = told;
  /** @type {[string, string][]} */
  const choices = told.maps.map(({ code, name }) => [code, name]);
  if (parts.streets) choices.push(['streets', words.streets]);
  choices.push(['plain', words.plain]);
  const otherwise = parts.streets ? 'streets' : 'plain';
  /** @type {Map<string, Promise<L.CRS | null>>} */
  const projections = new Map();
  let turn = 0;
  /** @type {L.Layer | null} */
  let shown = null;

  /** @param {string} datum */
  const projectionOf = (datum) => {
    const known = projections.get(datum);
    if (known) return known;
    const found = parts.outline().then((rings) => {
      if (!rings) projections.delete(datum); // not reached: to be tried again
      return rings ? moved(makeRule(datum, rings)) : null;
    });
    projections.set(datum, found);
    return found;
  };

  /** @param {L.CRS} crs */
  const project = (crs) => {
    if (map.options.crs === crs) return;
    const centre = map.getCenter();
    const zoom = map.getZoom();
    map.options.crs = crs;
    map.setView(centre, zoom, /** @type {L.ZoomPanOptions} */ ({ animate: false, reset: true }));
    map.fire('groundmoved');
  };

  /** @param {BaseMap} one */
  const layerOf = (one) => {
    const failed = () => { if (box.dataset.base === one.code) giveUp(one); };
    if (one.vector) return parts.vectors(one, failed);
    const group = L.layerGroup();
    one.tiles.forEach((address, place) => {
      let isThere = false;
      const layer = L.tileLayer(address, {
        minZoom: one.least, maxNativeZoom: one.deepest, maxZoom: DEEPEST, subdomains: one.subdomains, attribution: place ? '' : one.credit,
        referrerPolicy: one.origin ? 'origin' : false, tileSize: one.side, zoomOffset: one.side === 512 ? -1 : 0,
      });
      layer.on('tileload', () => { isThere = true; });
      let isMissing = false;
      layer.on('tileerror', () => { isMissing = true; });
      // Leaflet goes on with the layer after it has said so: it is not taken away meanwhile.
      layer.on('load', () => { if (isMissing && !isThere && !place) window.setTimeout(failed, 0); });
      group.addLayer(layer);
    });
    return group;
  };

  const pick = control(map, words.title, choices, (code) => {
    remember(code);
    window.dispatchEvent(new CustomEvent(CHOSEN, { detail: code }));
  });
  // The maps of a page that shows several have one ground.
  window.addEventListener(CHOSEN, (event) => {
    pick.say('');
    show(/** @type {CustomEvent<string>} */ (event).detail);
  });

  /** @param {BaseMap} one */
  function giveUp(one) {
    const other = words[/** @type {'streets' | 'plain'} */ (otherwise)];
    pick.say(words.missing.replace('{name}', one.name).replace('{other}', other));
    show(otherwise);
  }

  /** @param {string} code */
  async function show(code) {
    turn += 1;
    const mine = turn;
    const one = told.maps.find((other) => other.code === code);
    const crs = one && isMoved(one.datum) ? await projectionOf(one.datum) : L.CRS.EPSG3857;
    if (mine !== turn) return;
    if (shown) shown.remove();
    shown = null;
    box.dataset.base = one && crs ? code : '';
    if (!crs) {
      giveUp(/** @type {BaseMap} */ (one));
      return;
    }
    project(crs);
    pick.mark(code);
    parts.changed();
    if (one) shown = layerOf(one);
    else shown = code === 'streets' ? parts.streets : null;
    if (shown) shown.addTo(map);
  }

  const wanted = remembered();
  show(choices.some(([code]) => code === wanted) ? /** @type {string} */ (wanted) : choices[0][0]);
}

// Where it is loaded by itself, after a page's map.
Object.assign(window, { geoappBaseMaps: chooseBaseMap });
