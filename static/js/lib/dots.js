// Facilities as faint dots on a map. Leaflet is a classic script, loaded before.

import { at, colour } from './map.js';
import { filled, pause } from './page.js';
import { get, post } from './request.js';

const PAUSE_MS = 250;
const DOTS_AT_ONCE = 200;

/** @typedef {{ points: [number, number][], total: number }} Dots */

/**
 * A place on the map to say that its dots are a part of all; nothing is said where they are all.
 * @param {L.Map} map
 * @returns {(words: string | undefined, shown: number, total: number) => void}
 */
function cutNote(map) {
  const element = document.createElement('p');
  element.className = 'dots-cut';
  element.hidden = true;
  const note = new L.Control({ position: 'topleft' });
  note.onAdd = () => element;
  note.addTo(map);
  return (words, shown, total) => {
    element.hidden = shown >= total;
    element.textContent = element.hidden ? '' : filled(words || '', { shown: shown.toLocaleString('en'), total: total.toLocaleString('en') });
  };
}

/**
 * The part of the world in view; null where there is none.
 * @param {L.LatLngBounds} view
 */
function boxOf(view) {
  const box = [Math.max(-180, view.getWest()), Math.max(-90, view.getSouth()), Math.min(180, view.getEast()), Math.min(90, view.getNorth())];
  return box[0] < box[2] && box[1] < box[3] ? box.map((one) => one.toFixed(6)).join(',') : null;
}

/**
 * All facilities as faint dots under everything else: where there is something at all. Where they are
 * too many they are a sample, and those in view take its place.
 * @param {L.Map} map
 * @param {HTMLElement} box
 * @param {Partial<L.PathOptions>} [style] other than faint
 * @returns what changes their style
 */
export async function drawDots(map, box, style = {}) {
  const pane = map.createPane('dots');
  pane.style.zIndex = '420';
  pane.style.pointerEvents = 'none'; // what lies under the dots can be clicked
  const { answer } = await get(box.dataset.dots || '');
  /** @type {Dots} an ornament: lists and figures say what matters */
  const sample = answer || { points: [], total: 0 };
  const renderer = L.canvas({ pane: 'dots' });
  const layer = L.featureGroup().addTo(map);
  let look = { renderer, pane: 'dots', interactive: false, stroke: false, fillColor: colour('--dot'), fillOpacity: 0.5, ...style };
  const radius = () => (map.getZoom() < 10.5 ? 1.25 : map.getZoom() < 13 ? 2 : 4);
  // A circle marker takes its radius as a style.
  const fit = () => layer.setStyle(/** @type {L.PathOptions} */ ({ radius: radius() }));
  let drawing = 0;
  /** @param {[number, number][]} points drawn some at a time, so that nobody who presses something waits */
  const draw = async (points) => {
    drawing += 1;
    const mine = drawing;
    layer.clearLayers();
    for (let first = 0; first < points.length && mine === drawing; first += DOTS_AT_ONCE) {
      await pause();
      if (mine !== drawing) return;
      const some = points.slice(first, first + DOTS_AT_ONCE);
      some.forEach(([lon, lat]) => layer.addLayer(L.circleMarker(at(lon, lat), { ...look, radius: radius() })));
    }
    if (mine === drawing) box.dataset.drawn = String(points.length);
  };
  map.on('zoomend', fit);
  draw(sample.points);
  if (sample.total > sample.points.length) followView(map, box, sample, draw);
  /** @param {Partial<L.PathOptions>} changed */
  return (changed) => {
    look = { ...look, ...changed };
    layer.setStyle(changed);
  };
}

/**
 * Draw what is in view in place of a sample, after every move.
 * @param {L.Map} map
 * @param {HTMLElement} box
 * @param {Dots} sample
 * @param {(points: [number, number][]) => unknown} draw
 */
function followView(map, box, sample, draw) {
  const tell = cutNote(map);
  let due = 0;
  let asked = 0;
  /** @type {L.LatLngBounds | null} where all are drawn */
  let whole = null;
  const load = async () => {
    asked += 1;
    const mine = asked;
    const view = map.getBounds();
    const bbox = boxOf(view);
    if (!bbox || (whole && whole.contains(view))) return;
    const body = new FormData();
    body.set('bbox', bbox);
    const { answer } = await post(box.dataset.dots || '', body);
    // What could not be loaded leaves the sample, and its note, as they are.
    if (!answer || mine !== asked) return;
    // The sample stays around the view, for the next move.
    const around = sample.points.filter(([lon, lat]) => !view.contains(at(lon, lat)));
    draw([...around, ...answer.points]);
    whole = answer.points.length === answer.total ? view : null;
    tell(answer.total < sample.total ? box.dataset.cutView : box.dataset.cut, answer.points.length, answer.total);
  };
  const later = () => {
    window.clearTimeout(due);
    due = window.setTimeout(load, PAUSE_MS);
  };
  tell(box.dataset.cut, sample.points.length, sample.total);
  map.on('moveend', later);
  // The map may have moved while the sample was on its way.
  later();
}
