// "I am there now": the phone's position becomes that of the suggested place, if one presses for it.

import { byId } from '../lib/page.js';
import { findPosition } from './position.js';

const holder = byId('here');
const button = /** @type {HTMLButtonElement} */ (holder.querySelector('button'));
const status = /** @type {HTMLElement} */ (holder.querySelector('[role=status]'));
const [lon, lat] = /** @type {HTMLInputElement[]} */ (Array.from(holder.querySelectorAll('input')));
let suggested = 0; // a position that comes late is not given to the next place

/** @param {string | undefined} words */
function say(words) {
  status.textContent = words || '';
}

function forget() {
  lon.value = lat.value = '';
}

// What is written next is of another place.
const form = button.form;
if (form) form.addEventListener('reset', () => { suggested += 1; forget(); say(''); });
holder.hidden = false; // without scripts there is no position to give
button.addEventListener('click', () => {
  const mine = suggested;
  say(holder.dataset.searching);
  findPosition(({ coords }) => {
    if (mine !== suggested) return;
    lon.value = coords.longitude.toFixed(6);
    lat.value = coords.latitude.toFixed(6);
    say(holder.dataset.got);
  }, (reason) => {
    if (mine !== suggested) return;
    forget(); // one that was got before is not sent under these words
    say(holder.dataset[reason]);
  });
});
