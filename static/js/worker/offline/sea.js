// Where the sea surely is, as the service knows it (geoapp/operations/nearest/grounds.py).

import { area_m, within_m } from './geodesic.js';

/** @typedef {import('./nearest.js').Kept} Kept */

export const OFF_SHORE_M = 300; // the sea that is kept is so far from all that is known as land
const LEAST_SEA_M = 300; // a line that is over it for less may cut the corner of a simplified outline

/**
 * Whether a position that may be off by so much is surely at sea.
 * @param {Kept} kept
 * @param {{ lon: number, lat: number }} spot
 * @param {number} [off_m]
 */
export function isAtSea({ sea }, { lon, lat }, off_m = 0) {
  return Boolean(sea && sea.length) && off_m <= OFF_SHORE_M && area_m(lon, lat, sea || []) === 0;
}

/**
 * Whether so much of a line over the sea lies in the way, where its ends may be off by so much.
 * @param {number} over_m
 * @param {number} [off_m]
 */
export function isSea(over_m, off_m = 0) {
  return over_m > Math.max(LEAST_SEA_M, off_m);
}

/**
 * How much of the line between two positions is surely over the sea.
 * @param {Kept} kept
 * @param {{ lon: number, lat: number }} from
 * @param {{ lon: number, lat: number }} to
 */
export function sea_m({ sea }, from, to) {
  return sea && sea.length ? within_m(from.lon, from.lat, to.lon, to.lat, sea) : 0;
}
