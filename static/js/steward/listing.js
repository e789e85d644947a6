// A steward's list: the table and the map in step.

import { at, makeMap, roomAround, spokenHtml } from '../lib/map.js';
import { byId, closest, nameOf, readJson } from '../lib/page.js';

/** @typedef {{ code: string, lon: number, lat: number, name_zh: string, name_en: string | null, href: string }} Point */

/** @type {Point[]} */
const points = readJson('points');
const box = byId('map');
const made = makeMap(box, { fit: () => !points.length });
/** @type {Map<string, L.CircleMarker>} */
const markers = new Map();

/** @param {boolean} chosen */
function style(chosen) {
  return { radius: chosen ? 11 : 7, weight: 2, color: '#fff', fillColor: `var(${chosen ? '--accent' : '--dot'})`, fillOpacity: 1 };
}

/**
 * @param {string} code
 * @param {'map' | 'table'} from
 */
function choose(code, from) {
  markers.forEach((marker, key) => {
    marker.setStyle(style(key === code));
    marker.setRadius(style(key === code).radius);
    if (key === code) marker.bringToFront();
  });
  document.querySelectorAll('#facilities tbody tr').forEach((row) => {
    const { code: own } = /** @type {HTMLElement} */ (row).dataset;
    row.classList.toggle('chosen', own === code);
    if (own === code && from === 'map') row.scrollIntoView({ block: 'nearest' });
  });
  const marker = markers.get(code);
  if (marker && from === 'table' && !made.map.getBounds().contains(marker.getLatLng())) made.map.panTo(marker.getLatLng());
}

points.forEach((point) => {
  const marker = L.circleMarker(at(point.lon, point.lat), style(false)).addTo(made.map);
  marker.bindTooltip(spokenHtml(nameOf(point)));
  marker.on('click', () => choose(point.code, 'map'));
  markers.set(point.code, marker);
});
if (points.length) {
  made.map.fitBounds(L.latLngBounds(points.map((point) => at(point.lon, point.lat))), { ...roomAround(made.map, 32), maxZoom: 15, animate: false });
}

const table = document.getElementById('facilities');
const tickPage = document.getElementById('tick-page');
if (table && tickPage) {
  const all = /** @type {HTMLInputElement} */ (tickPage.querySelector('input'));
  const boxes = /** @type {HTMLInputElement[]} */ ([...table.querySelectorAll('input[name="code"]')]);
  const follow = () => {
    const ticked = boxes.filter((one) => one.checked).length;
    all.checked = ticked === boxes.length;
    all.indeterminate = ticked > 0 && ticked < boxes.length;
  };
  all.addEventListener('change', () => {
    boxes.forEach((one) => { one.checked = all.checked; });
  });
  table.addEventListener('change', follow);
  tickPage.hidden = false;
  follow();
}
if (table) {
  ['click', 'focusin'].forEach((kind) => table.addEventListener(kind, (event) => {
    const row = closest(event, 'tbody tr');
    if (row) choose(row.dataset.code || '', 'table');
  }));
}
box.dataset.drawn = String(points.length);
