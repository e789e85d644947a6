// Conditions that are changed otherwise than by their own chips: cleared, or dropped one or several at a time.

import { readConditions, rememberConditions, setConditions } from './conditions.js';
import { ANYBODY } from './enter.js';

/**
 * @param {HTMLFormElement} form
 * @param {() => void} changed
 */
export function makeNarrowing(form, changed) {
  /** @param {Partial<import('./conditions.js').Conditions>} wanted the others stay as they are */
  function change(wanted) {
    setConditions(form, { ...readConditions(form), ...wanted });
    rememberConditions(form);
    changed();
  }

  return {
    /** @param {boolean} unknown whether those of unknown hours are listed beside the open ones */
    showUnknown(unknown) { change({ unknown }); },
    // "Open on arrival" is no wish for something: who clears the wishes still wants an open door.
    clear() { change({ what: '', amenities: [] }); },
    /** @param {string} some conditions, apart by blanks: amenities, `open`, `what` for the kind, `enter` for who may enter, `surely` for that being known */
    drop(some) {
      const dropped = some.split(' ');
      const has = (/** @type {string} */ name) => dropped.indexOf(name) >= 0;
      const { amenities, entering, open, what } = readConditions(form);
      change({
        amenities: amenities.filter((one) => !has(one)),
        open: open && !has('open'),
        what: has('what') ? '' : what,
        entering: has('enter') ? ANYBODY : { ...entering, surely: entering.surely && !has('surely') },
      });
    },
  };
}
