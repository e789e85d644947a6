// How facilities stand to a standard, on a map in step with the list: a disc complies, a square on
// its corner lacks something, a ring is unknown.

import { at, escapeHtml, makeMap, spokenHtml } from '../lib/map.js';
import { byId, readJson } from '../lib/page.js';

/** @typedef {{ code: string, lon: number, lat: number, state: string, name: string, said: string, href: string }} Point */

const box = byId('map');
/** @type {Point[]} */
const points = readJson('points');
const bounds = L.latLngBounds(points.map(({ lon, lat }) => at(lon, lat)));
const { map } = makeMap(box, { fit: () => false });
map.fitBounds(bounds.pad(0.1), { maxZoom: 15, animate: false });

/** @type {Map<string, HTMLElement>} */
const rows = new Map();
document.querySelectorAll('#facilities tbody tr').forEach((row) => {
  if (row instanceof HTMLElement && row.dataset.code) rows.set(row.dataset.code, row);
});

/** @param {string} code */
function point(code) {
  document.querySelectorAll('.here').forEach((one) => one.classList.remove('here'));
  const row = rows.get(code);
  if (row) row.classList.add('here');
  const marker = markers.get(code);
  const element = marker && marker.getElement();
  if (element) element.classList.add('here');
}

/** @type {Map<string, L.Marker>} */
const markers = new Map(points.map(({ code, lon, lat, state, name, said, href }) => {
  const icon = L.divIcon({ className: '', html: `<i class="mark ${escapeHtml(state)}"></i>`, iconSize: [14, 14] });
  const marker = L.marker(at(lon, lat), { icon, title: name, alt: name });
  marker.bindPopup(`<a href="${encodeURI(href)}">${spokenHtml(name)}</a><br>${spokenHtml(said)}`);
  marker.on('click', () => {
    point(code);
    const row = rows.get(code);
    if (row) row.scrollIntoView({ block: 'nearest' });
  });
  marker.addTo(map);
  return [code, marker];
}));

rows.forEach((row, code) => {
  const button = row.querySelector('.show-on-map');
  const marker = markers.get(code);
  if (!button || !marker) return;
  button.addEventListener('click', () => {
    point(code);
    map.setView(marker.getLatLng(), Math.max(map.getZoom(), 14), { animate: false });
    marker.openPopup();
    box.scrollIntoView({ block: 'nearest' });
  });
});
box.dataset.drawn = String(points.length);
