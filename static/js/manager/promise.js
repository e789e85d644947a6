// What counts for a promise, on a map: filled where it counts for certain, hollow where it may.

import { at, makeMap, spokenHtml } from '../lib/map.js';
import { byId, readJson } from '../lib/page.js';

const box = byId('map');
/** @type {{ lon: number, lat: number, name: string, sure: boolean }[]} */
const points = readJson('points');
const bounds = L.latLngBounds(points.map(({ lon, lat }) => at(lon, lat)));
const { map } = makeMap(box, { fit: () => false });
map.fitBounds(bounds.pad(0.1), { maxZoom: 15 });
points.forEach(({ lon, lat, name, sure }) => {
  L.circleMarker(at(lon, lat), {
    radius: 7, weight: 2, color: 'var(--dot)', fillColor: 'var(--dot)', fillOpacity: sure ? 0.85 : 0,
  }).bindTooltip(spokenHtml(name)).addTo(map);
});
box.dataset.drawn = String(points.length);
