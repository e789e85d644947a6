// What the finder draws of an answer: where one is, the numbered places, the walk to the chosen one.

import { drawDots } from '../lib/dots.js';
import { at, colour, spread } from '../lib/map.js';
import { keepReachable, placeMarker, stackMarkers } from '../lib/marker.js';
import { byId, pause } from '../lib/page.js';
import { post } from '../lib/request.js';
import { drawRings } from './view.js';

/** @typedef {{ accuracy_m: number, spot: L.LatLng | null }} Spotted my own position as the map shows it */

const LEAST_WAY_PX = 120;
const NEAREST = 4;
const WIDE_M = 1000;
const MOST_SHOWN_M = 20000; // a wider circle would leave nothing of the stations to see

/**
 * The spot of an element that names one.
 * @param {HTMLElement} holder
 */
export function spotOf(holder) {
  return at(Number(holder.dataset.lon), Number(holder.dataset.lat));
}

/**
 * @param {{ map: L.Map, box: HTMLElement, results: HTMLElement, show: (bounds: L.LatLngBounds) => void,
 *   way: string, pick: (item: HTMLElement) => void }} parts `way` is the address that tells a walk;
 *   `pick` is called where a marker is pressed
 */
export function makeDrawn({ map, box, results, show, way: address, pick }) {
  /** @type {Map<HTMLElement, L.Marker>} */
  const markers = new Map();
  const answerLayer = L.layerGroup().addTo(map);
  const wayLayer = L.layerGroup().addTo(map);
  /** @type {L.LatLngBounds | null} */
  let shown = null;
  /** @type {HTMLElement | null} the card that is looked at */
  let chosen = null;
  let drawings = 0;
  /** @type {((style: Partial<L.PathOptions>) => void) | null} */
  let styleDots = null;
  drawDots(map, box).then((change) => {
    styleDots = change;
    if (answerLayer.getLayers().length) dimDots();
  });

  const reach = keepReachable(map, box, () => Array.from(markers.values()));

  // Beside an answer the others step back: they do not fit what was asked.
  function dimDots() {
    if (styleDots) styleDots({ fillColor: colour('--line-strong'), fillOpacity: 0.35 });
  }

  /**
   * @param {L.LatLng} spot
   * @param {string} className
   */
  function markSpot(spot, className) {
    const words = (byId(className === 'me' ? 'me-label' : 'elsewhere-label', HTMLTemplateElement).content.textContent || '').trim();
    const element = L.marker(spot, {
      icon: L.divIcon({ className, html: '<span></span>', iconSize: [44, 44] }),
      keyboard: false, interactive: false, zIndexOffset: -100,
    }).addTo(answerLayer).getElement();
    if (!element) return;
    element.setAttribute('role', 'img');
    element.setAttribute('aria-label', words);
  }

  /** @param {HTMLElement} item */
  function elementOf(item) {
    const marker = markers.get(item);
    return (marker && marker.getElement()) || null;
  }

  /**
   * Draw an answer, in tasks of its own: whoever presses something meanwhile comes first.
   * @param {HTMLElement | null} holder of the spot that was asked from
   * @param {HTMLElement[]} found
   * @param {Spotted | null} own
   * @param {boolean} isOwn whether it was asked from there
   */
  async function draw(holder, found, own, isOwn) {
    drawings += 1;
    const mine = drawings;
    const focused = Array.from(markers.keys()).find((item) => elementOf(item) === document.activeElement);
    answerLayer.clearLayers();
    wayLayer.clearLayers();
    markers.clear();
    shown = null;
    chosen = null;
    if (!holder) return;
    await pause();
    if (mine !== drawings) return;
    dimDots();
    const me = spotOf(holder);
    const { list } = holder.dataset; // of a region, and from nowhere
    if (!isOwn && !list) markSpot(me, 'me elsewhere');
    if (own && own.spot) drawOwn(own.accuracy_m, own.spot);
    const bounds = L.latLngBounds(list && found.length ? [] : [me]);
    // How far off one may be is seen, and not only the few that are nearest to the middle.
    if (own && own.spot && isOwn && own.accuracy_m > WIDE_M && own.accuracy_m <= MOST_SHOWN_M) bounds.extend(own.spot.toBounds(2 * own.accuracy_m));
    // The nearest few decide what is shown; the others may lie far away.
    found.slice(0, list ? found.length : NEAREST).forEach((item) => bounds.extend(spotOf(item)));
    drawMarkers(found);
    if (chosen) bounds.extend(spotOf(chosen));
    shown = bounds;
    show(bounds);
    reach();
    const again = focused && found.find((item) => item.dataset.code === focused.dataset.code);
    const element = again && elementOf(again);
    if (element && document.activeElement === document.body) element.focus({ preventScroll: true });
    if (list || box.dataset.bases || box.dataset.streets) return;
    await pause();
    if (mine === drawings) drawRings(map, me, answerLayer);
  }

  /**
   * @param {number} radius how far off it may be, in metres
   * @param {L.LatLng} spot
   */
  function drawOwn(radius, spot) {
    const className = radius > WIDE_M ? 'accuracy wide' : 'accuracy';
    if (radius > 30) L.circle(spot, { radius, weight: 1, interactive: false, className }).addTo(answerLayer);
    markSpot(spot, 'me');
  }

  /** @param {HTMLElement[]} found */
  function drawMarkers(found) {
    const spots = found.map(spotOf);
    const offsets = spread(map, spots);
    found.forEach((item, index) => {
      const { name = '', state = '' } = item.dataset;
      const place = { number: index + 1, name, state, offset: offsets[index] };
      markers.set(item, placeMarker(spots[index], place, () => pick(item)).addTo(answerLayer));
    });
    stackMarkers(markers, chosen);
  }

  /**
   * Draws the walk to a station that is walked to on the network; an estimate has no way to draw.
   * @param {HTMLElement} item
   */
  async function drawWay(item) {
    /** @type {HTMLElement | null} */
    const holder = results.querySelector('.cards');
    if (!holder || !('walked' in item.dataset)) return;
    const body = new FormData();
    body.set('lon', holder.dataset.lon || '');
    body.set('lat', holder.dataset.lat || '');
    body.set('to', item.dataset.code || '');
    const { answer: way } = await post(address, body);
    // Somebody else may have been chosen meanwhile. Without a line, the card still tells the walk.
    if (!way || !way.line || !item.classList.contains('chosen')) return;
    const spots = way.line.coordinates.map((/** @type {[number, number]} */ [lon, lat]) => at(lon, lat));
    const bounds = L.latLngBounds(spots);
    const low = map.latLngToContainerPoint(bounds.getSouthWest());
    const high = map.latLngToContainerPoint(bounds.getNorthEast());
    // Too small to follow: come nearer.
    if (low.distanceTo(high) < LEAST_WAY_PX) show(bounds);
    ['way-case', 'way'].forEach((className) => {
      L.polyline(spots, { className, interactive: false, smoothFactor: 0.5 }).addTo(wayLayer);
    });
    box.dataset.way = item.dataset.code;
  }

  /** @param {HTMLElement | null} card whose marker and walk are shown; null for none */
  function mark(card) {
    chosen = card;
    stackMarkers(markers, chosen);
    pause().then(reach);
    wayLayer.clearLayers();
    if (card) drawWay(card);
  }
  return {
    draw,
    mark,
    /** The map is back at the answer. */
    show() { if (shown) show(shown); },
  };
}
