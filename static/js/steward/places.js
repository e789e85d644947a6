// Timetabled places: each on the map under its number, put where the map is clicked.

import { at, makeMap, numbered, roomAround } from '../lib/map.js';
import { byId } from '../lib/page.js';
import { showWeek } from './week.js';

const box = byId('map');
/** @type {NodeListOf<HTMLElement>} */
const rows = document.querySelectorAll('.place');

/**
 * @param {HTMLElement} row
 * @param {string} name
 */
function field(row, name) {
  return byId(`place-${row.dataset.place}-${name}`, HTMLInputElement);
}

/** @param {HTMLElement} row */
function position(row) {
  const [lon, lat] = ['lon', 'lat'].map((name) => field(row, name).value.trim());
  return lon && lat && Number.isFinite(+lon) && Math.abs(+lat) <= 90 ? at(+lon, +lat) : null;
}

const stored = Array.from(rows, position).filter((place) => place !== null);
const { map } = makeMap(box, { fit: () => !stored.length });
if (stored.length) map.fitBounds(L.latLngBounds(stored), { ...roomAround(map, 48), maxZoom: 15, animate: false });
/** @type {Map<HTMLElement, L.Marker>} */
const markers = new Map();
/** @type {HTMLElement | null} */
let chosen = null;

/**
 * @param {HTMLElement} row
 * @param {L.LatLng} place
 */
function write(row, place) {
  field(row, 'lon').value = place.lng.toFixed(7);
  field(row, 'lat').value = place.lat.toFixed(7);
}

/** @param {HTMLElement} row */
function draw(row) {
  const place = position(row);
  const drawn = markers.get(row);
  if (!place) {
    if (drawn) drawn.remove();
    markers.delete(row);
  } else if (drawn) {
    drawn.setLatLng(place);
  } else {
    const made = L.marker(place, { icon: numbered(row.dataset.place || ''), draggable: true, keyboard: false }).addTo(map);
    made.on('dragend', () => write(row, made.getLatLng()));
    markers.set(row, made);
  }
}

rows.forEach((row) => {
  draw(row);
  row.addEventListener('focusin', () => {
    chosen = row;
  });
  ['lon', 'lat'].forEach((name) => field(row, name).addEventListener('change', () => draw(row)));
  showWeek(field(row, 'opening_hours'), /** @type {HTMLElement} */ (row.querySelector('.week')));
});
map.on('click', ({ latlng }) => {
  if (!chosen) return;
  write(chosen, latlng);
  draw(chosen);
});
box.dataset.placed = 'true';
