// "I am there now": the phone's position becomes that of the suggested place, if one presses for it.

import { byId } from '../lib/page.js';

const LIMIT_MS = 8000;

const holder = byId('here');
const button = /** @type {HTMLButtonElement} */ (holder.querySelector('button'));
const status = /** @type {HTMLElement} */ (holder.querySelector('[role=status]'));
const [lon, lat] = /** @type {HTMLInputElement[]} */ (Array.from(holder.querySelectorAll('input')));

/** @param {string | undefined} words */
function say(words) {
  status.textContent = words || '';
}

function failed() {
  lon.value = lat.value = ''; // one that was got before is not sent under these words
  say(holder.dataset.failed);
}

// What is written next is of another place.
const form = button.form;
if (form) form.addEventListener('reset', () => { lon.value = lat.value = ''; say(''); });
holder.hidden = false; // without scripts there is no position to give
button.addEventListener('click', () => {
  if (!navigator.geolocation) {
    failed();
    return;
  }
  say(holder.dataset.searching);
  // Its own limit does not count the time in which somebody is asked for permission.
  const late = setTimeout(failed, 2 * LIMIT_MS);
  navigator.geolocation.getCurrentPosition(({ coords }) => {
    clearTimeout(late);
    lon.value = coords.longitude.toFixed(6);
    lat.value = coords.latitude.toFixed(6);
    say(holder.dataset.got);
  }, () => {
    clearTimeout(late);
    failed();
  }, { enableHighAccuracy: true, timeout: LIMIT_MS, maximumAge: 5000 });
});
