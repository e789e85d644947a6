// What the finder says of itself while it works, and of what went wrong, with a way to try once more.

import { byId, filled } from '../lib/page.js';
import { mayPass } from './position.js';

/**
 * @param {() => void} warned what is done once something is wrong
 */
export function makeSaid(warned) {
  const status = byId('status');
  const message = byId('message');
  const text = byId('message-text');
  const retry = byId('retry');
  /** @type {(() => void) | null} what the button of a message does */
  let again = null;

  /** @param {'locating' | 'searching' | null} key of the words in the page */
  function tell(key) {
    status.classList.toggle('busy', key !== null);
    status.textContent = (key && status.dataset[key]) || '';
  }

  /**
   * Say how many were found; nothing where none was.
   * @param {string} key of the words in the page, with room for the number
   * @param {number} n
   */
  function tellFound(key, n) {
    tell(null);
    if (n) status.textContent = filled(status.dataset[key] || '', { n });
  }

  /**
   * @param {string | null} [words] null: nothing is wrong any more
   * @param {(() => void) | null} [way] to try once more
   */
  function warn(words = null, way = null) {
    message.hidden = !words;
    text.textContent = words || '';
    retry.hidden = !way;
    again = way;
    if (words) warned();
  }

  /**
   * Say why no position came; where that may pass, with a way to ask once more.
   * @param {import('./position.js').Reason} reason
   * @param {() => void} way
   */
  function warnOfPosition(reason, way) {
    warn(message.dataset[reason], mayPass(reason) ? way : null);
  }

  retry.addEventListener('click', () => {
    const way = again;
    warn();
    if (way) way();
  });
  return { status, message, tell, tellFound, warn, warnOfPosition };
}
