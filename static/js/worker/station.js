// The map of a station's page: the station, those near it, and the ground.

import { at, makeMap } from '../lib/map.js';
import { byId } from '../lib/page.js';
import { keepsInSight } from '../lib/turned.js';

const here = byId('station');
const { map } = makeMap(byId('map'), { fit: () => false });

/** @param {HTMLElement} holder of a spot */
function spotOf(holder) {
  return at(Number(holder.dataset.lon), Number(holder.dataset.lat));
}

/**
 * @param {HTMLElement} holder of a spot and a state
 * @param {string} words in the badge
 * @param {string} classes
 */
function mark(holder, words, classes) {
  return L.marker(spotOf(holder), {
    icon: L.divIcon({ className: `marker ${classes}`, html: `<span class="badge ${holder.dataset.state}">${words}</span>`, iconSize: [44, 44] }),
    keyboard: false, interactive: false,
  }).addTo(map);
}

/** @type {HTMLElement[]} */
const near = Array.from(document.querySelectorAll('.near > li'));
const bounds = L.latLngBounds([spotOf(here)]);
near.forEach((one, index) => {
  if (index < 2) bounds.extend(spotOf(one));
  mark(one, String(index + 1), '');
});
mark(here, '★', 'chosen').setZIndexOffset(1000);
const fit = () => { map.fitBounds(bounds, { padding: [48, 48], maxZoom: 16, animate: false }); };
keepsInSight(map)(fit);
fit();
