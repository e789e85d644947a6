// The rows of a table as numbered markers on the map: who is chosen in one is shown in the other.

import { at, numbered } from '../lib/map.js';
import { closest } from '../lib/page.js';
import { chooseRow, showAll } from '../lib/table.js';

/**
 * Rows have `data-order`, `data-lon` and `data-lat`, and a button with the name.
 * @param {import('../lib/map.js').Made} made
 * @param {string} id of the table
 * @param {(element: Element) => void} reveal brings what is folded or in another step into view
 * @param {(row: HTMLTableRowElement) => string} words what a marker says of its row, beside order and name
 */
export function makeNumberedRows(made, id, reveal, words = () => '') {
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
      if (row && !closest(event, '[data-ban], label, a')) choose(row.dataset.order || '', 'table');
    });
    const all = document.getElementById('all');
    if (all) all.addEventListener('click', () => showAll(id));
    await made.regions;
    const places = Array.from(markers.values(), (marker) => marker.getLatLng());
    if (places.length) made.map.fitBounds(L.latLngBounds(places), { padding: [32, 32], maxZoom: 15 });
  }

  return { show, layer };
}
