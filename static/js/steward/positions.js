// The positions of an import: as each datum has them, and rows that are placed by pressing the map.

import { formatCount } from '../lib/figures.js';
import { at, makeMap, roomAround, spokenHtml, together } from '../lib/map.js';
import { byId, closest, filled, readJson } from '../lib/page.js';

/** @typedef {{ datum: string, points: [number, number][] }} Reading */

// A page offers datums, or, before these, the systems that eastings and northings may be in.
const CHOICES = 'input[type="radio"]:is([name="datum"], [name="proposed"])';

/** @type {Reading[]} */
const readings = readJson('readings');
const box = byId('map');
const most = new Map(readings.map(({ datum, points }) => [datum, together(points)]));
const all = [...most.values()].flat();
const { map } = makeMap(box, { fit: () => !all.length });
/** @type {Map<string, L.FeatureGroup>} */
const layers = new Map();

readings.forEach(({ datum, points }) => {
  const dots = points.map(([lon, lat]) => L.circleMarker(at(lon, lat), { radius: 5, weight: 1, color: '#fff', interactive: false }));
  layers.set(datum, L.featureGroup(dots).addTo(map));
});
if (all.length) map.fitBounds(L.latLngBounds(all.map(([lon, lat]) => at(lon, lat))), { ...roomAround(map, 24), maxZoom: 15, animate: false });

/** The chosen reading stands out; the others stay as shadows, so that both are seen. */
function show() {
  const chosen = document.querySelector(`${CHOICES}:checked`);
  const datum = chosen instanceof HTMLInputElement ? chosen.value : '';
  layers.forEach((layer, name) => {
    const on = name === datum;
    layer.setStyle({ fillColor: `var(${on ? '--accent' : '--class-none'})`, fillOpacity: on ? 1 : 0.7, opacity: on ? 1 : 0.4 });
    if (on) layer.bringToFront();
  });
  box.dataset.shown = datum;
  const drawn = readings.find((one) => one.datum === datum)?.points.length || 0;
  const away = drawn - (most.get(datum)?.length || 0);
  const note = byId('away');
  note.hidden = !away;
  note.textContent = away ? filled(note.dataset.words || '', { away: formatCount(away), drawn: formatCount(drawn) }) : '';
}
document.addEventListener('change', (event) => {
  if (closest(event, CHOICES)) show();
});
show();

/** @type {Map<string, L.Marker>} */
const marks = new Map();

/** @param {string} line */
function fieldsOf(line) {
  return ['lon', 'lat'].map((name) => /** @type {HTMLInputElement} */ (document.querySelector(`input[name="${name}-${line}"]`)));
}

/** @param {string} line */
function draw(line) {
  const [lon, lat] = fieldsOf(line);
  const old = marks.get(line);
  if (old) old.remove();
  if (!lon.value.trim() || !lat.value.trim() || !Number.isFinite(+lon.value) || !(Math.abs(+lat.value) <= 90)) return;
  const icon = L.divIcon({ className: 'record-mark', iconSize: [44, 44], iconAnchor: [22, 22] });
  const name = document.querySelector(`#unplaced [data-line="${line}"] strong`);
  const made = L.marker(at(+lon.value, +lat.value), { icon, keyboard: false }).addTo(map);
  made.bindTooltip(spokenHtml((name && name.textContent) || ''));
  marks.set(line, made);
}

/**
 * Where a row lies with longitude and latitude exchanged: a ring, beside the dot of what is written.
 * @param {HTMLElement} row
 */
function drawExchange(row) {
  const [lon, lat] = (row.dataset.exchange || '').split(',').map(Number);
  const name = row.querySelector('strong');
  L.circleMarker(at(lon, lat), { radius: 9, weight: 3, color: 'var(--accent)', fill: false })
    .addTo(map)
    .bindTooltip(spokenHtml((name && name.textContent) || ''));
}

const CHOSEN_MAX_ZOOM = 16;

/**
 * A place that an address may mean: a dashed circle as wide as it may be off, full once it is ticked.
 * @typedef {{ input: HTMLInputElement, line: string, circle: L.Circle, dot: L.CircleMarker }} Proposed
 */

/** @type {Proposed[]} */
const proposed = [...document.querySelectorAll('#unplaced input[data-at]')].map((one) => {
  const input = /** @type {HTMLInputElement} */ (one);
  const [lon, lat] = (input.dataset.at || '').split(',').map(Number);
  const look = { color: 'var(--accent)', interactive: false };
  const circle = L.circle(at(lon, lat), { ...look, radius: Number(input.dataset.m), weight: 2 });
  const dot = L.circleMarker(at(lon, lat), { ...look, radius: 4, weight: 2 });
  return { input, line: input.name.replace('street-', ''), circle, dot };
});

/** Only the places of the chosen row are drawn, and those that are ticked. */
function showProposed() {
  const picked = document.querySelector('input[name="pick"]:checked');
  const line = picked instanceof HTMLInputElement ? picked.value : '';
  proposed.forEach(({ input, line: own, circle, dot }) => {
    const seen = input.checked || own === line;
    [circle, dot].forEach((shape) => (seen ? shape.addTo(map) : shape.remove()));
    circle.setStyle({ dashArray: input.checked ? undefined : '6 6', fillOpacity: input.checked ? 0.12 : 0.04 });
    dot.setStyle({ fillColor: 'var(--accent)', fillOpacity: input.checked ? 1 : 0 });
  });
}

/** @param {string} line whose places are brought into view */
function lookAt(line) {
  const some = proposed.filter((one) => one.line === line);
  const wanted = some.filter((one) => one.input.checked);
  const bounds = L.latLngBounds([]);
  (wanted.length ? wanted : some).forEach(({ circle, dot }) => {
    bounds.extend(dot.getLatLng().toBounds(2 * circle.getRadius()));
  });
  if (bounds.isValid()) map.fitBounds(bounds, { maxZoom: CHOSEN_MAX_ZOOM, animate: false });
}

/** @param {string} line which is placed by hand now, and no more on a street */
function leaveStreet(line) {
  proposed.filter((one) => one.line === line).forEach(({ input }) => { input.checked = false; });
  const none = document.querySelector(`input[name="street-${line}"][value=""]`);
  if (none instanceof HTMLInputElement) none.checked = true;
  showProposed();
}

document.addEventListener('change', (event) => {
  const input = event.target;
  if (!(input instanceof HTMLInputElement)) return;
  if (input.name === 'pick') {
    showProposed();
    lookAt(input.value);
  } else if (input.name.startsWith('street-')) {
    const line = input.name.replace('street-', '');
    if (input.checked && input.value) {
      // What was placed by hand before goes: one row has one place.
      fieldsOf(line).forEach((field) => { field.value = ''; });
      draw(line);
    }
    showProposed();
    lookAt(line);
  } else if (/^(lon|lat)-/.test(input.name) && input.value.trim()) leaveStreet(input.name.slice(4));
});
showProposed();
if (!all.length && proposed.length) {
  const bounds = L.latLngBounds(proposed.map(({ dot }) => dot.getLatLng()));
  map.fitBounds(bounds, { ...roomAround(map, 24), maxZoom: 15, animate: false });
}

const list = document.getElementById('unplaced');
if (list) {
  list.querySelectorAll('[data-exchange]').forEach((one) => drawExchange(/** @type {HTMLElement} */ (one)));
  const lines = [...list.querySelectorAll('[data-line]')].map((one) => /** @type {HTMLElement} */ (one).dataset.line || '');
  lines.forEach((line) => {
    draw(line);
    fieldsOf(line).forEach((field) => field.addEventListener('change', () => draw(line)));
  });
  map.on('click', ({ latlng }) => {
    const picked = document.querySelector('input[name="pick"]:checked');
    if (!(picked instanceof HTMLInputElement)) return;
    const [lon, lat] = fieldsOf(picked.value);
    lon.value = latlng.lng.toFixed(7);
    lat.value = latlng.lat.toFixed(7);
    leaveStreet(picked.value);
    draw(picked.value);
  });
}
