// Two facilities that may be one, on the map.

import { at, makeMap, numbered, roomAround } from '../lib/map.js';
import { byId, nameOf, readJson } from '../lib/page.js';

/** @typedef {{ number: number, lon: number, lat: number, name_zh: string, name_en: string | null }} Point */

/** @type {Point[]} */
const points = readJson('points');
const box = byId('map');
const { map } = makeMap(box, { fit: () => !points.length });
const places = points.map((point) => at(point.lon, point.lat));
if (places.length > 1) L.polyline(places, { color: 'var(--accent)', weight: 2, dashArray: '4 6', interactive: false }).addTo(map);
points.forEach((point, order) => {
  const name = nameOf(point);
  L.marker(places[order], { icon: numbered(point.number), title: name, alt: name, keyboard: false }).addTo(map);
});
if (places.length) map.fitBounds(L.latLngBounds(places), { ...roomAround(map, 48), maxZoom: 18, animate: false });
box.dataset.drawn = String(points.length);
