// The line that says that what is shown is of this device, of when it is, and for how many stations.

import { byId, filled } from '../../lib/page.js';
import { pick } from './cards.js';
import { momentText, read } from './reading.js';

const line = byId('offline');
let isShown = false; // whether the answer that is shown is the kept stations'

export function isAnsweredHere() {
  return isShown;
}

/** @param {boolean} isOffline whether the answer that is shown is the kept stations' */
export async function told(isOffline) {
  isShown = isOffline;
  const found = await read();
  if (isOffline !== isShown) return; // another answer has come meanwhile
  line.hidden = !found;
  if (!found) return;
  const words = isOffline ? line.dataset.answered : line.dataset.ready;
  const { region, unplaced, stations: all } = found.kept;
  const of = region ? filled(line.dataset.region || '', { region: pick(region) }) : '';
  const more = unplaced ? filled(line.dataset.unplaced || '', { n: unplaced }) : '';
  // One that moves, or comes with the season, stands in the list once for each of its places.
  const n = new Set(all.map((one) => one.code)).size;
  line.textContent = filled(words || '', { when: momentText(found.checked), n, of, more });
  line.classList.toggle('notice', isOffline);
  // Of when the data are is said before what they answer.
  const results = byId('results');
  if (results.parentNode) results.parentNode.insertBefore(line, isOffline ? results : results.nextSibling);
}
