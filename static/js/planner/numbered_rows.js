// The rows of a table as numbered markers on the map: who is chosen in one is shown in the other. Where they may be
// moved, they are dragged, or moved by the arrow keys once their row's button has given them the focus.

import { at, numbered, roomAround } from '../lib/map.js';
import { closest } from '../lib/page.js';
import { chooseRow, showAll } from '../lib/table.js';

const STEP_PX = 10;
/** @type {Record<string, [number, number]>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** @typedef {(order: string, place: L.LatLng, settled: boolean) => void} Moved not settled while it is dragged */

/**
 * Rows have `data-order`, `data-lon` and `data-lat`, and a button with the name.
 * @param {import('../lib/map.js').Made} made
 * @param {string} id of the table
 * @param {(element: Element) => void} reveal brings what is folded or in another step into view
 * @param {(row: HTMLTableRowElement) => string} words what a marker says of its row, beside order and name
 * @param {{ may: () => boolean, near: () => void, moved: Moved } | null} moving whether the rows that are shown may be moved; `near`: one may soon be
 */
export function makeNumberedRows(made, id, reveal, words = () => '', moving = null) {
  const layer = L.layerGroup().addTo(made.map);
  /** @type {Map<string, L.Marker>} */
  const markers = new Map();

  /**
   * @param {string} order
   * @param {'map' | 'table'} from
   */
  function choose(order, from) {
    markers.forEach((marker, key) => marker.setIcon(numbered(key, key === order ? 'chosen' : '')));
    const table = document.getElementById(id);
    if (table && from === 'map') reveal(table);
    chooseRow(id, (row) => row.dataset.order === order, from);
    const marker = markers.get(order);
    // Where a site may move is a matter of tens of metres, which its own number would hide.
    const near = document.querySelector('#freedom-shown:checked') ? 17 : 14;
    if (marker && from === 'table') made.map.setView(marker.getLatLng(), Math.max(made.map.getZoom(), near));
  }

  /** @param {HTMLTableRowElement} row */
  function put(row) {
    const { order = '', lon, lat } = row.dataset;
    const button = row.querySelector('button');
    const name = [order, button ? button.textContent : '', words(row)].filter(Boolean).join(' · ');
    const marker = L.marker(at(Number(lon), Number(lat)), { icon: numbered(order), title: name, alt: name, keyboard: false })
      .on('click', () => choose(order, 'map')).addTo(layer);
    markers.set(order, marker);
    if (moving && moving.may()) letMove(marker, order, moving);
  }

  /**
   * @param {L.Marker} marker
   * @param {string} order
   * @param {{ near: () => void, moved: Moved }} whose
   */
  function letMove(marker, order, { near, moved }) {
    if (marker.dragging) marker.dragging.enable();
    marker.on('mouseover dragstart', near);
    marker.on('drag', () => moved(order, marker.getLatLng(), false));
    marker.on('dragend', () => moved(order, marker.getLatLng(), true));
    const icon = marker.getElement();
    if (!icon) return;
    icon.tabIndex = -1;
    icon.addEventListener('focus', near);
    icon.addEventListener('keydown', (event) => {
      const arrow = ARROWS[event.key];
      if (!arrow) return;
      event.preventDefault();
      event.stopPropagation(); // or the map would move as well
      const spot = made.map.latLngToContainerPoint(marker.getLatLng());
      marker.setLatLng(made.map.containerPointToLatLng(spot.add([arrow[0] * STEP_PX, arrow[1] * STEP_PX])));
      moved(order, marker.getLatLng(), true);
    });
  }

  /**
   * Put a marker where it is to be from now on.
   * @param {string} order
   * @param {L.LatLng} spot
   */
  function stand(order, spot) {
    const marker = markers.get(order);
    if (marker) marker.setLatLng(spot);
  }

  /**
   * Give a marker the focus, in sight.
   * @param {string} order
   */
  function focus(order) {
    const marker = markers.get(order);
    const icon = marker && marker.getElement();
    if (!marker || !icon) return;
    choose(order, 'table');
    icon.focus();
  }

  /** Put the rows of the present table on the map and bring them all into sight. */
  async function show() {
    layer.clearLayers();
    markers.clear();
    const table = document.getElementById(id);
    if (!(table instanceof HTMLTableElement)) return;
    Array.from(table.tBodies[0].rows).forEach(put);
    table.tBodies[0].addEventListener('click', (event) => {
      const row = closest(event, 'tr');
      if (row && !closest(event, '[data-ban], [data-move], label, a')) choose(row.dataset.order || '', 'table');
    });
    const all = document.getElementById('all');
    if (all) all.addEventListener('click', () => showAll(id));
    await made.regions;
    const places = Array.from(markers.values(), (marker) => marker.getLatLng());
    if (places.length) made.map.fitBounds(L.latLngBounds(places), { ...roomAround(made.map, 32), maxZoom: 15 });
  }

  return { show, layer, stand, focus };
}
