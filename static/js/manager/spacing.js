// Stations against a rule of spacing: pairs that are too close and streets that are too far as lines, areas
// that are too far as shapes, on a map in step with the lists.

import { at, makeMap, spokenHtml } from '../lib/map.js';
import { byId, readJson } from '../lib/page.js';

/** @typedef {{ key: string, said: string, line: [number, number][] }} Pair */
/** @typedef {{ key: string, said: string, lon: number, lat: number, outline: GeoJSON.Geometry }} Area */
/** @typedef {{ key: string, said: string, line: GeoJSON.Geometry }} Stretch */

const box = byId('map');
/** @type {{ pairs: Pair[], areas: Area[], stretches: Stretch[] }} */
const shown = readJson('spacing');
const { map } = makeMap(box, { fit: () => false });
const bounds = L.latLngBounds([]);
/** @type {Map<string, L.Layer & { getBounds(): L.LatLngBounds }>} */
const layers = new Map();

/** @param {string} key */
function point(key) {
  document.querySelectorAll('tr.here').forEach((row) => row.classList.remove('here'));
  const row = document.querySelector(`tr[data-key="${key}"]`);
  if (row) row.classList.add('here');
  return row;
}

/**
 * @param {string} key
 * @param {string} said
 * @param {L.Path & { getBounds(): L.LatLngBounds }} layer
 */
function put(key, said, layer) {
  layer.bindPopup(spokenHtml(said)).on('click', () => {
    const row = point(key);
    if (row) row.scrollIntoView({ block: 'nearest' });
  });
  layer.addTo(map);
  bounds.extend(layer.getBounds());
  layers.set(key, layer);
}

shown.areas.forEach(({ key, said, lon, lat, outline }) => {
  const area = L.geoJSON(outline, { style: { color: 'var(--bad)', weight: 1.5, dashArray: '4 3', fillOpacity: 0.15 } });
  const farthest = L.circleMarker(at(lon, lat), { radius: 5, color: 'var(--bad)', weight: 2, fillOpacity: 0.4 });
  put(key, said, /** @type {any} */ (L.featureGroup([area, farthest])));
});
shown.stretches.forEach(({ key, said, line }) => {
  put(key, said, /** @type {any} */ (L.geoJSON(line, { style: { color: 'var(--bad)', weight: 4, opacity: 0.8 } })));
});
shown.pairs.forEach(({ key, said, line }) => {
  const path = L.polyline(line.map(([lon, lat]) => at(lon, lat)), { color: 'var(--accent)', weight: 5 });
  const ends = line.map(([lon, lat]) => L.circleMarker(at(lon, lat), { radius: 4, color: 'var(--accent)', weight: 2, fillOpacity: 1 }));
  put(key, said, /** @type {any} */ (L.featureGroup([path, ...ends])));
});
if (bounds.isValid()) map.fitBounds(bounds.pad(0.05), { maxZoom: 16, animate: false });

document.querySelectorAll('tr[data-key] .show-on-map').forEach((button) => {
  button.addEventListener('click', () => {
    const row = button.closest('tr');
    const key = (row && row.dataset.key) || '';
    const layer = layers.get(key);
    if (!layer) return;
    point(key);
    map.fitBounds(layer.getBounds().pad(0.4), { maxZoom: 16, animate: false });
    layer.openPopup();
    box.scrollIntoView({ block: 'nearest' });
  });
});
box.dataset.drawn = String(layers.size);
