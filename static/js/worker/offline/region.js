// Where the register holds more stations than a phone keeps: of which region they are kept. Which one it
// is stands on this device alone; it is named to the service only to fetch its stations.

import { byId, filled } from '../../lib/page.js';
import { chooseRegion, chosenRegion } from './keeping.js';

const holder = byId('offline-region');
const field = /** @type {HTMLSelectElement} */ (holder.querySelector('select'));
const button = /** @type {HTMLButtonElement} */ (holder.querySelector('button'));
const said = /** @type {HTMLElement} */ (holder.querySelector('[data-said]'));

/** Let a region be chosen, of those that the page can look from. */
export function offerRegions() {
  if (!field.options.length) {
    const place = byId('place', HTMLSelectElement);
    Array.from(place.options).filter((one) => one.value && one.value.indexOf(':') < 0)
      .forEach((one) => field.add(new Option(one.text, one.value)));
    field.value = chosenRegion() || place.value;
    if (field.selectedIndex < 0) field.selectedIndex = 0;
  }
  holder.hidden = !field.options.length;
}

/** Say that there are too many: in all, or in the region that was chosen. */
export function tellTooMany() {
  offerRegions();
  const one = field.options[field.selectedIndex];
  said.textContent = chosenRegion() && one ? filled(said.dataset.narrower || '', { region: one.text }) : said.dataset.all || '';
}

/** @param {() => void} changed when a region is chosen */
export function whenChosen(changed) {
  button.addEventListener('click', () => {
    if (!chooseRegion(field.value)) return; // then nothing is kept either
    said.textContent = said.dataset.fetching || '';
    changed();
  });
}

/** Say that the region is kept. */
export function tellRegion() {
  offerRegions();
  said.textContent = '';
}
