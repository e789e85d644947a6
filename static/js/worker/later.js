// What the finder loads once it is there: the field's help when somebody comes to it, and what works
// without a network when all else is done.

import { byId, loadModule, quiet } from '../lib/page.js';
import { offline } from './offline/link.js';

/**
 * What finds by words while one types is loaded when somebody comes to the field.
 * @param {string} sought the words that the address brings
 */
export function loadWords(sought) {
  const words = byId('words', HTMLInputElement);
  const load = () => { loadModule(words.dataset.script || ''); };
  if (sought.trim() && !words.value) {
    words.value = sought; // the page that is kept does not know them
    words.focus();
  }
  if (document.activeElement === words) load();
  else words.addEventListener('focus', load, { once: true });
}

/**
 * What answers without a network, and what keeps reports for one.
 * @param {Promise<void>} first what comes before
 */
export async function loadRest(first) {
  await first;
  await quiet();
  offline();
  loadModule(byId('telling').dataset.script || '');
  loadModule(byId('in-view').dataset.script || '');
}
