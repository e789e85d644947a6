// What the worker (sw.js) has kept on this device, and of when it is.

import { byId } from '../../lib/page.js';
import { t } from './cards.js';

/** @typedef {{ kept: import('./nearest.js').Kept, checked: Date }} Read */

const FORMAT = 2;
// The browser's own take a phone a tenth of a second to look up.
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const { root = '/', stations = '' } = byId('offline').dataset;
const DATA = `geoapp-data ${root}`;

/** @type {Promise<Read | null> | null} */
let reading = null;

/** @returns {Promise<Read | null>} */
async function readKept() {
  try {
    const cache = await caches.open(DATA);
    const found = await cache.match(stations, { ignoreVary: true });
    if (!found) return null;
    const checked = new Date(Number(found.headers.get('X-Checked')));
    const text = await found.text();
    try {
      const data = JSON.parse(text);
      if (data.format === FORMAT && Array.isArray(data.stations)) return { kept: data, checked };
    } catch {
      // Broken: thrown away, and fetched anew with the next network.
    }
    await cache.delete(stations);
    return null;
  } catch {
    return null; // the browser keeps nothing for us
  }
}

/** @returns {Promise<Read | null>} null where nothing is kept */
export function read() {
  if (!reading) reading = readKept();
  return reading;
}

/** Newer ones may be there now. */
export function readAnew() {
  reading = null;
}

/** What is kept is not what we wrote: fetched anew with the next network. */
export async function throwAway() {
  await caches.delete(DATA);
  reading = null;
}

/** @param {Date} moment */
export function momentText(moment) {
  const time = `${String(moment.getHours()).padStart(2, '0')}:${String(moment.getMinutes()).padStart(2, '0')}`;
  return t(`${moment.getMonth() + 1}月${moment.getDate()}日 ${time}`, `${moment.getDate()} ${MONTHS[moment.getMonth()]} ${time}`);
}
