// The star of a station: saves it on this device. On a station's own page it is among the recent ones.

import { closest } from '../lib/page.js';
import { isSaved, load, remembered, store, toggled } from './kept.js';

/**
 * @param {HTMLElement} star
 * @returns {import('./kept.js').Place}
 */
function placeOf(star) {
  const { star: value, name, href } = star.dataset;
  return { kind: 'facility', value: value || '', name: name || '', href: href || '' };
}

/** Show every star of the page as it is. */
function show() {
  const kept = load();
  document.querySelectorAll('[data-star]').forEach((one) => {
    const star = /** @type {HTMLElement} */ (one);
    const saved = isSaved(kept, placeOf(star));
    star.hidden = false;
    star.setAttribute('aria-pressed', String(saved));
    const sign = star.firstElementChild;
    if (sign) sign.textContent = saved ? '★' : '☆';
  });
}

// Where the browser keeps nothing, there is nothing to offer.
if (store(load())) {
  /** @type {HTMLElement | null} */
  const own = document.querySelector('[data-star][data-visited]');
  if (own) store(remembered(load(), placeOf(own)));
  show();
  document.addEventListener('click', (event) => {
    const star = closest(event, '[data-star]');
    if (!star) return;
    store(toggled(load(), placeOf(star)));
    show();
  });
  const results = document.getElementById('results');
  if (results) new MutationObserver(show).observe(results, { childList: true });
}
