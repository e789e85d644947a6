// The finder's map, made in a task of its own: on a phone it takes longer than all else of the page.

import { makeMap } from '../lib/map.js';
import { byId } from '../lib/page.js';

/** @type {() => void} */
let fetchNow = () => {};
/** @type {L.LatLngBounds | null} */
let outlined = null;
/** @type {((bounds: L.LatLngBounds) => void) | null} */
let shown = null;

export const box = byId('map');
/** Resolves when the first answer is there, or none is on its way. */
export const firstAnswer = new Promise((/** @type {(value: void) => void} */ resolve) => { fetchNow = resolve; });
export const { map } = makeMap(box, {
  first: firstAnswer, // it comes before the streets
  fit(bounds) {
    outlined = bounds;
    if (shown) shown(bounds);
    return false;
  },
});

/** Let the streets come: the first answer is there, or none is on its way. */
export function fetchStreets() {
  fetchNow();
}

/**
 * Show the whole of the regions once their outlines are there.
 * @param {(bounds: L.LatLngBounds) => void} show
 */
export function whenOutlined(show) {
  shown = show;
  if (outlined) show(outlined);
}
