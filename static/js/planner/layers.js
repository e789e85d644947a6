// What lies on the workspace's map, by choice: the page's own drawings, and layers of the service, each loaded when it
// is chosen. The choice is remembered on this device.

import { filled } from '../lib/page.js';
import { get } from '../lib/request.js';

const CHOSEN = 'geoapp-plan-layers';
const PAUSE_MS = 250;
const MOST = 8000;
const RADIUS_PX = 5;

/** How one class of a layer is painted, as `geoapp.maps.kit.Look` says. @typedef {{ colour: string, shape: string, fill: number, outline: string, width: number }} Look */

// Outlines of markers, in radii, so that they differ where colours cannot be told apart.
/** @type {Record<string, [number, number][]>} */
const OUTLINES = {
  square: [[-0.9, -0.9], [0.9, -0.9], [0.9, 0.9], [-0.9, 0.9]],
  house: [[-0.95, -0.1], [0, -1.15], [0.95, -0.1], [0.95, 0.95], [-0.95, 0.95]],
  triangle: [[0, -1.2], [1.1, 0.85], [-1.1, 0.85]],
  diamond: [[0, -1.25], [1.1, 0], [0, 1.25], [-1.1, 0]],
};

/** @returns {Record<string, boolean>} */
function remembered() {
  try {
    return JSON.parse(window.localStorage.getItem(CHOSEN) || '{}');
  } catch {
    return {}; // a browser that keeps nothing
  }
}

/**
 * @param {string} name
 * @param {boolean} on
 */
function remember(name, on) {
  try {
    window.localStorage.setItem(CHOSEN, JSON.stringify({ ...remembered(), [name]: on }));
  } catch {
    // a browser that keeps nothing
  }
}

/**
 * The outline of a marker around a place, as a polygon on the map's canvas.
 * @param {L.Map} map
 * @param {L.LatLng} place
 * @param {Look} look
 * @param {L.PathOptions} options
 */
function marker(map, place, look, options) {
  const outline = OUTLINES[look.shape];
  if (!outline) return L.circleMarker(place, { ...options, radius: RADIUS_PX });
  const middle = map.latLngToLayerPoint(place);
  return L.polygon(outline.map(([x, y]) => map.layerPointToLatLng(middle.add([x * RADIUS_PX, y * RADIUS_PX]))), options);
}

/**
 * @param {import('../lib/map.js').Made} made
 * @param {HTMLElement} main its `data-run` is the run that is shown
 * @param {Record<string, (on: boolean) => void>} own shows or hides what the page draws itself
 */
export function makeLayers({ map }, main, own) {
  const control = /** @type {HTMLDetailsElement} */ (main.querySelector('.map-layers'));
  const note = /** @type {HTMLElement} */ (control.querySelector('[role="status"]'));
  const pane = map.createPane('layers');
  pane.style.zIndex = '410'; // above the land, below all that is found
  pane.style.pointerEvents = 'none';
  const renderer = L.canvas({ pane: 'layers' });
  /** @type {Map<string, { box: HTMLInputElement, group: L.LayerGroup, whole: L.LatLngBounds | null, asked: number }>} */
  const chosen = new Map();
  let due = 0;

  /** @param {HTMLInputElement} box */
  function titleOf(box) {
    return ((box.parentElement && box.parentElement.textContent) || '').trim();
  }

  /** @type {Map<string, string>} what is told of a layer */
  const told = new Map();

  /**
   * @param {string} name
   * @param {string} text nothing: there is nothing to tell of it any more
   */
  function say(name, text) {
    if (text) told.set(name, text);
    else told.delete(name);
    note.hidden = !told.size;
    note.textContent = Array.from(told.values()).join(' · ');
  }

  /**
   * @param {L.LayerGroup} group
   * @param {Look[]} looks
   * @param {GeoJSON.FeatureCollection} answer
   */
  function draw(group, looks, answer) {
    group.clearLayers();
    L.geoJSON(answer, /** @type {L.GeoJSONOptions} */ ({
      pmIgnore: true, interactive: false,
      style: (feature) => styleOf(looks[feature && feature.properties.look]),
      pointToLayer: (feature, place) => {
        const look = looks[feature.properties.look];
        return marker(map, place, look, styleOf(look));
      },
    })).addTo(group);
  }

  /**
   * @param {Look} look
   * @returns {L.PathOptions}
   */
  function styleOf(look) {
    return { renderer, pane: 'layers', interactive: false, color: look.outline, weight: look.width, fillColor: look.colour, fillOpacity: look.fill, stroke: look.width > 0 };
  }

  /** @param {string} name */
  async function load(name) {
    const layer = chosen.get(name);
    if (!layer) return;
    const view = map.getBounds();
    if (layer.whole && layer.whole.contains(view)) return;
    layer.asked += 1;
    const mine = layer.asked;
    const { box } = layer;
    // A little more than is in view, for the next small move.
    const bounds = view.pad(0.1);
    const edges = [Math.max(-180, bounds.getWest()), Math.max(-90, bounds.getSouth()), Math.min(180, bounds.getEast()), Math.min(90, bounds.getNorth())];
    const run = 'usesRun' in box.dataset && main.dataset.run && main.dataset.status === 'succeeded' ? `&run=${main.dataset.run}` : '';
    const { answer } = await get(`${box.dataset.address}?bbox=${edges.map((one) => one.toFixed(6)).join(',')}&limit=${MOST}${run}`);
    if (mine !== layer.asked || chosen.get(name) !== layer) return;
    const title = titleOf(box);
    if (!answer) {
      say(name, filled(note.dataset.failed || '', { title }));
      return;
    }
    draw(layer.group, JSON.parse(box.dataset.looks || '[]'), answer);
    const isWhole = answer.numberReturned === answer.numberMatched;
    layer.whole = isWhole ? bounds : null;
    say(name, isWhole ? '' : filled(note.dataset.cut || '', { title, shown: answer.numberReturned.toLocaleString('en'), total: answer.numberMatched.toLocaleString('en') }));
    box.dataset.drawn = String(answer.numberReturned);
  }

  /** @param {HTMLInputElement} box */
  function fit(box) {
    const { own: mine, layer: name = '' } = box.dataset;
    if (mine) {
      own[mine](box.checked);
      return;
    }
    const there = chosen.get(name);
    if (box.checked && !there) {
      chosen.set(name, { box, group: L.layerGroup().addTo(map), whole: null, asked: 0 });
      load(name);
    } else if (!box.checked && there) {
      there.group.remove();
      chosen.delete(name);
      delete box.dataset.drawn;
      say(name, '');
    }
  }

  /** Load anew what depends on the run that is shown. */
  function renew() {
    chosen.forEach((layer, name) => {
      if (!('usesRun' in layer.box.dataset)) return;
      layer.whole = null;
      load(name);
    });
  }

  const before = remembered();
  control.querySelectorAll('input').forEach((box) => {
    const name = box.dataset.own || box.dataset.layer || '';
    if (name in before) box.checked = before[name];
    const swatch = box.parentElement && box.parentElement.querySelector('i');
    if (swatch instanceof HTMLElement) swatch.style.color = swatch.dataset.colour || '';
    box.addEventListener('change', () => {
      remember(name, box.checked);
      fit(box);
    });
    if (box.checked !== Boolean(box.dataset.own)) fit(box);
  });
  control.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    control.open = false;
    const summary = control.querySelector('summary');
    if (summary) summary.focus();
  });
  map.on('click dragstart', () => { control.open = false; });
  map.on('moveend', () => {
    window.clearTimeout(due);
    due = window.setTimeout(() => chosen.forEach((_layer, name) => load(name)), PAUSE_MS);
  });
  map.on('zoomend', () => chosen.forEach((layer) => { layer.whole = null; })); // outlines of markers keep their size
  return { renew };
}

/**
 * What every mode draws itself: the facilities' dots, districts, and its own layers by name.
 * @param {import('../lib/map.js').Made} made
 * @param {Record<string, L.Layer>} layers
 * @returns {Record<string, (on: boolean) => void>}
 */
export function ownDrawings({ map, regions, streets }, layers) {
  /** @type {Record<string, (on: boolean) => void>} */
  const own = {
    dots: (on) => { shownPane(map, 'dots', on); },
    districts: async (on) => {
      shownPane(map, 'names', on);
      const layer = await regions;
      if (layer) layer.setStyle({ stroke: on });
    },
    streets: (on) => {
      if (!streets) return;
      if (on) streets.addTo(map);
      else streets.remove();
    },
  };
  Object.entries(layers).forEach(([name, layer]) => {
    own[name] = (on) => {
      if (on) layer.addTo(map);
      else layer.remove();
    };
  });
  return own;
}

/**
 * @param {L.Map} map
 * @param {string} name
 * @param {boolean} on
 */
function shownPane(map, name, on) {
  const pane = map.getPane(name);
  if (pane) pane.style.display = on ? '' : 'none';
  map.fire('paneshown'); // names of the streets stand where something stood
}
