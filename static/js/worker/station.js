// The map of a station's page: the station, those near it, and the ground.

import { at, makeMap, roomAround, spread } from '../lib/map.js';
import { TOP_Z, keepReachable, placeMarker, stackMarkers } from '../lib/marker.js';
import { byId, pause } from '../lib/page.js';
import { keepsInSight } from '../lib/turned.js';

const here = byId('station');
const { map } = makeMap(byId('map'), { fit: () => false });

/** @param {HTMLElement} holder of a spot */
function spotOf(holder) {
  return at(Number(holder.dataset.lon), Number(holder.dataset.lat));
}

/** What stands on the map: in a task of its own, as the map itself takes a phone long enough. */
async function draw() {
  await pause();
  /** @type {HTMLElement[]} */
  const near = Array.from(document.querySelectorAll('.near > li'));
  const bounds = L.latLngBounds([spotOf(here)]);
  near.slice(0, 2).forEach((one) => bounds.extend(spotOf(one)));
  const fit = () => { map.fitBounds(bounds, { ...roomAround(map, 48), maxZoom: 16, animate: false }); };
  keepsInSight(map)(fit);
  fit();
  const offsets = spread(map, near.map(spotOf));
  /** @type {Map<HTMLElement, L.Marker>} */
  const markers = new Map();
  near.forEach((one, index) => {
    const link = /** @type {HTMLAnchorElement} */ (one.querySelector('a'));
    const name = /** @type {HTMLElement} */ (one.querySelector('strong')).textContent || '';
    const place = { number: index + 1, name, state: one.dataset.state || '', offset: offsets[index], role: /** @type {const} */ ('link') };
    markers.set(one, placeMarker(spotOf(one), place, () => link.click()).addTo(map));
  });
  stackMarkers(markers, null);
  L.marker(spotOf(here), {
    icon: L.divIcon({ className: 'marker chosen', html: `<span class="badge ${here.dataset.state}">★</span>`, iconSize: [44, 44] }),
    keyboard: false, interactive: false, zIndexOffset: TOP_Z,
  }).addTo(map);
  keepReachable(map, byId('map'), () => Array.from(markers.values()))();
}
draw();
