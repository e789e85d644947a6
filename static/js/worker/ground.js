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
export const { map } = makeMap(box, {
  // The first answer comes before the streets.
  first: new Promise((resolve) => { fetchNow = () => resolve(undefined); }),
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
