// One record: its place on the map, and the week that follows from the hours as they are typed.

import { at, colour, drawDots, makeMap } from '../lib/map.js';
import { byId } from '../lib/page.js';
import { showWeek } from './week.js';

const box = byId('map');
const area = document.getElementById('geometry');

if (area instanceof HTMLInputElement) showArea(area);
else showPoint(byId('lon', HTMLInputElement), byId('lat', HTMLInputElement));
showWeek(byId('opening_hours', HTMLInputElement), byId('week'));

/**
 * The facility is a point: the mark follows the fields, and the fields the mark.
 * @param {HTMLInputElement} lon
 * @param {HTMLInputElement} lat
 */
function showPoint(lon, lat) {
  const read = () => (lon.value.trim() && lat.value.trim() && Number.isFinite(+lon.value) && Number.isFinite(+lat.value)
    && Math.abs(+lat.value) <= 90 ? at(+lon.value, +lat.value) : null);
  const start = read();
  const { map } = makeMap(box, { fit: () => !start });
  if (start) map.setView(start, 15, { animate: false });
  drawDots(map, box);
  /** @type {L.Marker | null} */
  let marker = null;
  /** @param {L.LatLng} place */
  const write = (place) => {
    lon.value = place.lng.toFixed(7);
    lat.value = place.lat.toFixed(7);
    restOnPlace();
  };
  const basis = byId('position_basis', HTMLSelectElement);
  const withoutPlace = (basis.dataset.none || '').split(' ');
  // A facility that gets its place has one; what it rests on is said by whoever knows more.
  const restOnPlace = () => {
    if (withoutPlace.includes(basis.value) || !basis.value) basis.value = 'given';
  };
  const draw = () => {
    const place = read();
    if (!place) return;
    if (marker) {
      marker.setLatLng(place);
      return;
    }
    const icon = L.divIcon({ className: 'record-mark', iconSize: [44, 44], iconAnchor: [22, 22] });
    const made = L.marker(place, { icon, draggable: true, keyboard: false, title: box.getAttribute('aria-label') || '' }).addTo(map);
    made.on('dragend', () => write(made.getLatLng()));
    marker = made;
  };
  basis.addEventListener('change', () => {
    if (!withoutPlace.includes(basis.value)) return;
    lon.value = '';
    lat.value = '';
    if (marker) marker.remove();
    marker = null;
  });
  [lon, lat].forEach((field) => field.addEventListener('change', () => {
    draw();
    const place = read();
    if (place) restOnPlace();
    if (place && !map.getBounds().contains(place)) map.panTo(place);
  }));
  map.on('click', ({ latlng }) => {
    write(latlng);
    draw();
  });
  draw();
  box.dataset.placed = 'true';
}

/**
 * The facility is an area: its corners can be dragged.
 * @param {HTMLInputElement} field
 */
function showArea(field) {
  const { map } = makeMap(box, { fit: () => false });
  const shape = L.geoJSON(JSON.parse(field.value), { style: { color: colour('--accent'), weight: 2, fillOpacity: 0.15 } }).addTo(map);
  map.fitBounds(shape.getBounds(), { padding: [32, 32], animate: false });
  drawDots(map, box);
  shape.eachLayer((layer) => {
    const editable = /** @type {L.Polygon} */ (layer);
    editable.pm.enable({ allowSelfIntersection: false });
    editable.on('pm:edit', () => {
      field.value = JSON.stringify(editable.toGeoJSON(7).geometry);
    });
  });
  box.dataset.placed = 'true';
}
