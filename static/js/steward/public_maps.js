// What is found of a public map's list, drawn: where things are, and a line to where the map has them.

import { at, escapeHtml, makeMap } from '../lib/map.js';
import { byId, readJson } from '../lib/page.js';

/** @typedef {{ finding: string, said: string, name: string, at: [number, number], listed: [number, number] | null }} Point */

const box = byId('map');
/** @type {Point[]} */
const points = readJson('points');
const { map } = makeMap(box, { fit: () => false });
map.fitBounds(L.latLngBounds(points.map((one) => at(one.at[0], one.at[1]))).pad(0.1), { maxZoom: 16, animate: false });

/** @type {Record<string, { name: string, radius: number, filled: boolean }>} */
const LOOKS = {
  missing: { name: '--bad', radius: 7, filled: true },
  moved: { name: '--accent', radius: 7, filled: true },
  closed_listed: { name: '--unknown', radius: 7, filled: true },
  listed_closed: { name: '--unknown', radius: 7, filled: false },
  undecided: { name: '--accent', radius: 7, filled: false },
  not_ours: { name: '--bad', radius: 7, filled: false },
  unlisted: { name: '--unknown', radius: 5, filled: false },
};
const LISTED = { name: '--open', radius: 4, filled: true };

// What wants doing most comes last, and lies on top.
points.slice().reverse().forEach((one) => {
  const look = LOOKS[one.finding] || LISTED;
  if (one.listed) L.polyline([at(one.at[0], one.at[1]), at(one.listed[0], one.listed[1])], { color: 'var(--accent)', weight: 2, dashArray: '4 4' }).addTo(map);
  L.circleMarker(at(one.at[0], one.at[1]), {
    radius: look.radius, weight: 2, color: look.filled ? 'var(--panel)' : `var(${look.name})`,
    fillColor: look.filled ? `var(${look.name})` : 'var(--panel)', fillOpacity: 0.9,
  }).bindTooltip([one.name, one.said].map(escapeHtml).join('<br>')).addTo(map);
});
box.dataset.drawn = String(points.length);
