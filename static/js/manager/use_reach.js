// Facilities on the map by what their visits come to beside the demand, as in the drawing beside it.

import { at, makeMap, spokenHtml } from '../lib/map.js';
import { byId, readJson } from '../lib/page.js';

/** @typedef {{ lon: number, lat: number, name: string, field: string | null, said: string }} Point */

const box = byId('map');
/** @type {Point[]} */
const points = readJson('points');
const { map } = makeMap(box, { fit: () => false });
map.fitBounds(L.latLngBounds(points.map(({ lon, lat }) => at(lon, lat))).pad(0.1), { maxZoom: 15, animate: false });

/** @type {Record<string, { name: string, radius: number, filled: boolean }>} */
const LOOKS = {
  busy_alone: { name: '--accent', radius: 9, filled: true },
  busy_supported: { name: '--accent', radius: 9, filled: false },
  near_empty: { name: '--bad', radius: 6, filled: true },
  far_empty: { name: '--bad', radius: 6, filled: false },
};
const UNKNOWN = { name: '--unknown', radius: 4, filled: false };

// What is told of comes last, and lies on top.
points.slice().reverse().forEach((one) => {
  const look = (one.field && LOOKS[one.field]) || UNKNOWN;
  L.circleMarker(at(one.lon, one.lat), {
    radius: look.radius, weight: 2, color: look.filled ? 'var(--panel)' : `var(${look.name})`,
    fillColor: look.filled ? `var(${look.name})` : 'var(--panel)', fillOpacity: 0.9, dashArray: look === UNKNOWN ? '2 3' : undefined,
  }).bindTooltip([one.name, one.said].map(spokenHtml).join('<br>')).addTo(map);
});
box.dataset.drawn = String(points.length);
