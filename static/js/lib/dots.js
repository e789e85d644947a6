// Facilities as faint dots on a map. Leaflet is a classic script, loaded before.

import { printByDay } from './by_day.js';
import { formatCount } from './figures.js';
import { at, colour } from './map.js';
import { filled, pause } from './page.js';
import { get, post } from './request.js';
import { boundsAround, groundDrawn, tellStanding } from './standing.js';

const PAUSE_MS = 250;
// What dots are drawn in, of the style sheets.
const COLOURS = ['--accent', '--dot', '--line-strong'];

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
    element.textContent = element.hidden ? '' : filled(words || '', { shown: formatCount(shown), total: formatCount(total) });
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
 * Many places as one path of Leaflet's: a layer for each of thousands takes a phone longer than drawing them.
 * @param {[number, number][]} points
 * @param {L.CircleMarkerOptions & { renderer: L.Canvas }} look
 * @param {() => number} radius in pixels
 * @returns {L.Path}
 */
function manyDots(points, look, radius) {
  const spots = points.map(([lon, lat]) => at(lon, lat));
  /** @typedef {{ _map: L.Map | null, _renderer: { _ctx: CanvasRenderingContext2D, _drawing: boolean, _bounds: L.Bounds }, _places: L.Point[], _pxBounds: L.Bounds, options: L.PathOptions, _project: () => void, _updatePath: () => void }} Drawn */
  const Dots = L.Path.extend({
    /** @this {Drawn} @param {L.PathOptions} options */
    initialize(options) { L.Util.setOptions(this, options); },
    /** @this {Drawn} */
    _project() {
      const map = /** @type {L.Map} */ (this._map);
      this._places = spots.map((spot) => map.latLngToLayerPoint(spot));
      const { min, max } = L.bounds(this._places);
      this._pxBounds = L.bounds([/** @type {L.Point} */ (min).subtract([8, 8]), /** @type {L.Point} */ (max).add([8, 8])]);
    },
    /** @this {Drawn} */
    _reset() {
      this._project();
      this._updatePath();
    },
    /** @this {Drawn} */
    _update() { if (this._map) this._updatePath(); },
    _empty: () => !spots.length,
    /** @this {Drawn} Called by the canvas while it draws, and as well when the style has changed. */
    _updatePath() {
      const { _ctx: pen, _drawing: isDrawing, _bounds: seen } = this._renderer;
      if (!isDrawing) return;
      const size = Math.max(1, Math.round(radius()));
      pen.globalAlpha = this.options.fillOpacity || 0;
      pen.fillStyle = this.options.fillColor || '';
      this._places.filter((one) => seen.contains(one)).forEach(({ x, y }) => {
        pen.beginPath();
        pen.arc(x, y, size, 0, Math.PI * 2);
        pen.fill();
      });
      pen.globalAlpha = 1;
    },
  });
  return new /** @type {any} */ (Dots)(look);
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
  const hasNames = Boolean(box.dataset.streets || box.dataset.bases);
  if (hasNames) tellStanding(map, 'dots', null);
  pane.style.zIndex = '420';
  pane.style.pointerEvents = 'none'; // what lies under the dots can be clicked
  const { answer } = await get(box.dataset.dots || '');
  /** @type {Dots} an ornament: lists and figures say what matters */
  const sample = answer || { points: [], total: 0 };
  const renderer = L.canvas({ pane: 'dots' });
  const layer = L.featureGroup().addTo(map);
  let look = { renderer, pane: 'dots', interactive: false, stroke: false, fillColor: colour('--dot'), fillOpacity: 0.5, ...style };
  const radius = () => (map.getZoom() < 10.5 ? 1.25 : map.getZoom() < 13 ? 2 : 4);
  /** @type {L.LatLng[]} */
  let spots = [];
  /** @param {[number, number][]} points */
  const draw = (points) => {
    layer.clearLayers();
    if (points.length) layer.addLayer(manyDots(points, look, radius));
    box.dataset.drawn = String(points.length);
    spots = points.map(([lon, lat]) => at(lon, lat));
    tell();
  };
  /** Whether those that are drawn are all that are in view. */
  let isKnown = false;
  // Names of streets give way to those that are near and seen.
  const tell = () => {
    if (!hasNames) return;
    const ground = groundDrawn(map);
    const isSeen = pane.style.display !== 'none';
    tellStanding(map, 'dots', isKnown || !isSeen ? spots.filter((spot) => isSeen && ground.contains(spot)).map((spot) => (
      { text: '', bounds: boundsAround(map, map.project(spot), 2 * radius()) })) : null);
  };
  /** @param {boolean} known */
  const settle = (known) => {
    isKnown = known;
    tell();
  };
  map.on('moveend paneshown', tell);
  printByDay(box, colour, COLOURS, () => Array.from(pane.querySelectorAll('canvas')));
  await pause();
  draw(sample.points);
  await pause();
  if (sample.total > sample.points.length) followView(map, box, sample, draw, settle);
  else settle(true);
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
 * @param {(isKnown: boolean) => void} settle told whether those that are drawn are all that are in view, as far as it can be known
 */
function followView(map, box, sample, draw, settle) {
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
    if (!bbox || (whole && whole.contains(view))) {
      settle(true);
      return;
    }
    const body = new FormData();
    body.set('bbox', bbox);
    const { answer } = await post(box.dataset.dots || '', body);
    // What could not be loaded leaves the sample, and its note, as they are.
    if (mine !== asked) return;
    if (!answer) {
      settle(true);
      return;
    }
    // The sample stays around the view, for the next move.
    const around = sample.points.filter(([lon, lat]) => !view.contains(at(lon, lat)));
    draw([...around, ...answer.points]);
    settle(true);
    whole = answer.points.length === answer.total ? view : null;
    tell(answer.total < sample.total ? box.dataset.cutView : box.dataset.cut, answer.points.length, answer.total);
  };
  const later = () => {
    window.clearTimeout(due);
    settle(Boolean(whole && whole.contains(map.getBounds())));
    due = window.setTimeout(load, PAUSE_MS);
  };
  tell(box.dataset.cut, sample.points.length, sample.total);
  map.on('moveend', later);
  // The map may have moved while the sample was on its way.
  later();
}
