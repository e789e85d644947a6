// What places would change, counted on the rows of a ground (geoapp/web/pages/siting/trial.py says how they come).
// No page is touched here.

import { inSpace, lineM, metresOfChord } from './line.js';

const ALIGNED = 8;
const LEAST_RADIUS_M = 6335439; // of curvature: a degree of latitude is nowhere shorter
const COVERED = 1;
const SERVED = 2;

/** @typedef {{ code: string, name_zh: string, name_en: string | null, weight: number, covered: number }} District */

/**
 * @typedef {object} Head
 * @property {number} rows
 * @property {number} weight all workers, and those who are covered by what stands
 * @property {number} covered
 * @property {number | null} metres the standard, in metres or in seconds
 * @property {number | null} seconds
 * @property {number | null} detour_factor null: walks are asked of the service
 * @property {number | null} speed_m_per_s
 * @property {District[]} districts
 */

/**
 * @typedef {object} Ground
 * @property {Head} head
 * @property {Float64Array} lon
 * @property {Float64Array} lat
 * @property {Float64Array} weight
 * @property {Float32Array} existing metres to the nearest place that stands
 * @property {Int16Array} district
 * @property {Uint8Array} flags
 * @property {Int32Array} order rows from south to north
 */

/** @typedef {{ rows: ArrayLike<number>, walks: ArrayLike<number> }} Reach rows within the standard of a place, and the walks in metres */

/**
 * @typedef {object} Count
 * @property {number[]} adds by place, what it newly reaches after those before it
 * @property {number} added
 * @property {Float64Array} districts workers newly reached
 * @property {Int32Array} owner by row the place whose catchment it is in; -1: in none of them
 * @property {Uint8Array} fresh by row, whether it is newly reached
 */

/**
 * What reads arrays one after the other, each from a multiple of eight bytes.
 * @param {ArrayBuffer} content
 * @returns {{ head: any, take: <T>(kind: new (content: ArrayBuffer, from: number, count: number) => T, bytes: number, count: number) => T }}
 */
function opened(content) {
  const length = new DataView(content).getUint32(0, true);
  let from = 4 + length;
  return {
    head: JSON.parse(new TextDecoder().decode(new Uint8Array(content, 4, length))),
    take: (kind, bytes, count) => {
      const found = new kind(content, from, count);
      from += Math.ceil((bytes * count) / ALIGNED) * ALIGNED;
      return found;
    },
  };
}

/**
 * @param {ArrayBuffer} content
 * @returns {Ground}
 */
export function readGround(content) {
  const { head, take } = opened(content);
  const lon = take(Float64Array, 8, head.rows);
  const lat = take(Float64Array, 8, head.rows);
  return {
    head,
    lon,
    lat,
    weight: take(Float64Array, 8, head.rows),
    existing: take(Float32Array, 4, head.rows),
    district: take(Int16Array, 2, head.rows),
    flags: take(Uint8Array, 1, head.rows),
    order: Int32Array.from(lat, (_one, row) => row).sort((one, other) => lat[one] - lat[other]),
  };
}

/**
 * @param {ArrayBuffer} content
 * @returns {Reach[]} by place
 */
export function readReach(content) {
  const { head, take } = opened(content);
  const counts = /** @type {number[]} */ (head.counts);
  const total = counts.reduce((sum, one) => sum + one, 0);
  const rows = take(Uint32Array, 4, total);
  const walks = take(Float32Array, 4, total);
  let from = 0;
  return counts.map((count) => {
    from += count;
    return { rows: rows.subarray(from - count, from), walks: walks.subarray(from - count, from) };
  });
}

/**
 * The longest line within the standard, in metres; null where walks are not estimated from lines.
 * @param {Head} head
 */
export function longestLineM({ metres, seconds, detour_factor: factor, speed_m_per_s: speed }) {
  if (factor === null) return null;
  return (metres !== null ? metres : Number(seconds) * Number(speed)) / factor;
}

/**
 * The first place in the order whose row lies at a latitude or north of it.
 * @param {Ground} ground
 * @param {number} lat
 */
function firstFrom({ order, lat: lats }, lat) {
  let low = 0;
  let high = order.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (lats[order[middle]] < lat) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * The rows within the standard of a place by line: the service's test, in the standard's own unit.
 * @param {Ground} ground
 * @param {number} lon degrees, WGS-84
 * @param {number} lat
 * @returns {Reach}
 */
export function reachByLine(ground, lon, lat) {
  const { head } = ground;
  const { metres, seconds, detour_factor: factor, speed_m_per_s: speed } = head;
  const longest = longestLineM(head);
  if (longest === null || factor === null) throw new TypeError('Walks are not estimated from lines');
  const band = (((longest + 1) / LEAST_RADIUS_M) * 180) / Math.PI;
  const end = firstFrom(ground, lat + band);
  const [x, y, z] = inSpace(lon, lat);
  /** @type {number[]} */
  const rows = [];
  /** @type {number[]} */
  const walks = [];
  for (let place = firstFrom(ground, lat - band); place < end; place += 1) {
    const row = ground.order[place];
    const [a, b, c] = inSpace(ground.lon[row], ground.lat[row]);
    const [least, most] = metresOfChord(Math.hypot(a - x, b - y, c - z));
    if (least > longest + 1e-3) continue;
    // What the chord does not decide is measured.
    const line = most < longest - 1e-3 ? Math.max(0, least) : lineM(lon, lat, ground.lon[row], ground.lat[row]);
    const walk = line * factor;
    if (metres !== null ? walk <= metres : walk / Number(speed) <= Number(seconds)) {
      rows.push(row);
      walks.push(walk);
    }
  }
  return { rows, walks };
}

/**
 * What places would change together.
 * @param {Ground} ground
 * @param {Reach[]} reaches
 * @returns {Count}
 */
export function countOf({ head, weight, existing, district, flags }, reaches) {
  const owner = new Int32Array(head.rows).fill(-1);
  const fresh = new Uint8Array(head.rows);
  const nearest = Float32Array.from(existing);
  const districts = new Float64Array(head.districts.length);
  let added = 0;
  const adds = reaches.map(({ rows, walks }, place) => {
    let mine = 0;
    for (let one = 0; one < rows.length; one += 1) {
      const row = rows[one];
      if (!(flags[row] & SERVED)) continue;
      if (walks[one] < nearest[row] || (owner[row] < 0 && !(flags[row] & COVERED))) {
        nearest[row] = walks[one];
        owner[row] = place;
      }
      if (flags[row] & COVERED || fresh[row]) continue;
      fresh[row] = 1;
      mine += weight[row];
      if (district[row] >= 0) districts[district[row]] += weight[row];
    }
    added += mine;
    return mine;
  });
  return { adds, added, districts, owner, fresh };
}

/**
 * The shares of each district that has any workers, as they are without the places and with them.
 * @param {Ground} ground
 * @param {Count} count
 */
export function sharesOf({ head }, count) {
  return head.districts.map((one, place) => ({
    ...one,
    added: count.districts[place],
    before_share: one.weight ? one.covered / one.weight : null,
    after_share: one.weight ? (one.covered + count.districts[place]) / one.weight : null,
  }));
}
