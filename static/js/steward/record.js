// One record: its place on the map, a point or an area, and the week that follows from the hours.

import { drawDots } from '../lib/dots.js';
import { at, makeMap, roomAround } from '../lib/map.js';
import { byId } from '../lib/page.js';
import { showWeek } from './week.js';

const box = byId('map');
const lon = byId('lon', HTMLInputElement);
const lat = byId('lat', HTMLInputElement);
const corners = byId('geometry', HTMLTextAreaElement);
const basis = byId('position_basis', HTMLSelectElement);
const withoutPlace = (basis.dataset.none || '').split(' ');

const start = position();
const { map } = makeMap(box, { fit: () => !start && !corners.value.trim() });
if (start) map.setView(start, 15, { animate: false });
drawDots(map, box);
/** @type {L.Marker | null} */
let marker = null;
const area = L.featureGroup().addTo(map);
const style = { color: 'var(--accent)', weight: 2, fillOpacity: 0.15 };

drawPoint();
drawArea();
if (area.getLayers().length) map.fitBounds(area.getBounds(), { ...roomAround(map, 32), animate: false });
showWeek(byId('opening_hours', HTMLInputElement), byId('week'));
box.dataset.placed = 'true';

/** Where the fields say that the facility is, if they say so. */
function position() {
  return lon.value.trim() && lat.value.trim() && Number.isFinite(+lon.value) && Number.isFinite(+lat.value)
    && Math.abs(+lat.value) <= 90 ? at(+lon.value, +lat.value) : null;
}

/** A facility that gets its place has one; what it rests on is said by whoever knows more. */
function restOnPlace() {
  if (withoutPlace.includes(basis.value) || !basis.value) basis.value = 'given';
}

/** @param {L.LatLng} place */
function write(place) {
  lon.value = place.lng.toFixed(7);
  lat.value = place.lat.toFixed(7);
  restOnPlace();
}

function drawPoint() {
  const place = position();
  if (!place) {
    if (marker) marker.remove();
    marker = null;
    return;
  }
  if (marker) {
    marker.setLatLng(place);
    return;
  }
  const icon = L.divIcon({ className: 'record-mark', iconSize: [44, 44], iconAnchor: [22, 22] });
  const made = L.marker(place, { icon, draggable: true, keyboard: false, pmIgnore: true, title: box.getAttribute('aria-label') || '' }).addTo(map);
  made.on('dragend', () => write(made.getLatLng()));
  marker = made;
}

/** The point gives way to an area, and the other way round. */
function dropPoint() {
  lon.value = '';
  lat.value = '';
  drawPoint();
}

/** The area that the corners describe; a list that is not finished draws nothing. */
function drawArea() {
  area.clearLayers();
  const text = corners.value.trim();
  if (!text) return;
  if (text.startsWith('{')) {
    L.geoJSON(JSON.parse(text), { style }).eachLayer((layer) => addEditable(/** @type {L.Polygon} */ (layer)));
    return;
  }
  text.split(/\n\s*\n/).forEach((part) => {
    const places = part.trim().split('\n').map((line) => line.trim().split(/[\s,，;；]+/).map(Number));
    if (places.length >= 3 && places.every(([east, north, more]) => Number.isFinite(east) && Math.abs(north) <= 90 && more === undefined)) {
      addEditable(L.polygon(places.map(([east, north]) => at(east, north)), style));
    }
  });
}

/** @param {L.Polygon} layer */
function addEditable(layer) {
  layer.addTo(area);
  layer.pm.enable({ allowSelfIntersection: false });
  layer.on('pm:edit', writeArea);
}

/** The corners of what is drawn, one on a line; of what has holes, as it is. */
function writeArea() {
  const layers = /** @type {L.Polygon[]} */ (area.getLayers());
  if (corners.value.trim().startsWith('{') && layers.length === 1) {
    corners.value = JSON.stringify(layers[0].toGeoJSON(7).geometry);
    return;
  }
  corners.value = layers
    .flatMap((layer) => {
      const { geometry } = layer.toGeoJSON(7);
      return geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates;
    })
    .map(([ring]) => ring.slice(0, -1).map(([east, north]) => `${east.toFixed(7)}, ${north.toFixed(7)}`).join('\n'))
    .join('\n\n');
}

basis.addEventListener('change', () => {
  if (!withoutPlace.includes(basis.value)) return;
  dropPoint();
  corners.value = '';
  drawArea();
});
[lon, lat].forEach((field) => field.addEventListener('change', () => {
  drawPoint();
  const place = position();
  if (place) restOnPlace();
  if (place && !map.getBounds().contains(place)) map.panTo(place);
}));
corners.addEventListener('change', () => {
  drawArea();
  if (!area.getLayers().length) return;
  dropPoint();
  restOnPlace();
  if (!map.getBounds().contains(area.getBounds())) map.fitBounds(area.getBounds(), roomAround(map, 32));
});
map.on('click', ({ latlng }) => {
  if (map.pm.globalDrawModeEnabled() || corners.value.trim()) return;
  write(latlng);
  drawPoint();
});
byId('draw-area').addEventListener('click', () => {
  map.pm.enableDraw('Polygon', { allowSelfIntersection: false, snappable: false, templineStyle: style, hintlineStyle: { ...style, dashArray: '5 5' } });
});
byId('clear-area').addEventListener('click', () => {
  map.pm.disableDraw();
  corners.value = '';
  drawArea();
});
map.on('pm:create', ({ layer }) => {
  const polygon = /** @type {L.Polygon} */ (layer);
  polygon.remove();
  addEditable(polygon);
  writeArea();
  dropPoint();
  restOnPlace();
});
