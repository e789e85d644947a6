// What stations at some places would change, counted here while they are moved about: the rows of the ground are taken
// once, and by line a move asks nothing of the service; on the network it asks for the rows around what has moved.

import { post } from '../../lib/request.js';
import { countOf, reachByLine, readGround, readReach } from './counting.js';

const MOST_KEPT = 400;

/** @typedef {[number, number]} Place lon, lat, WGS-84 */
/** @typedef {{ ground: import('./counting.js').Ground, count: import('./counting.js').Count }} Counted */

/**
 * @param {string} address of the service's own count; what it rests on lies below it
 * @param {{ offline: string }} texts
 */
export function makeTrial(address, texts) {
  let asked = '';
  /** @type {Promise<import('./counting.js').Ground | null>} */
  let ground = Promise.resolve(null);
  /** @type {Map<string, import('./counting.js').Reach>} */
  const kept = new Map();

  /** @param {object} question without places */
  async function load(question) {
    const { answer } = await post(`${address}/ground`, question, texts);
    return answer instanceof Blob ? readGround(await answer.arrayBuffer()) : null;
  }

  /**
   * The rows of a question's ground; null where there are too many, or the service does not answer.
   * @param {object} question without places
   */
  function groundOf(question) {
    const key = JSON.stringify(question);
    if (key !== asked) {
      asked = key;
      kept.clear();
      const mine = load(question);
      ground = mine;
      mine.then((found) => { if (!found && ground === mine) asked = ''; }); // tried anew next time
    }
    return ground;
  }

  /**
   * Take up what is in reach of places that were not asked about before.
   * @param {object} question
   * @param {import('./counting.js').Ground} rows
   * @param {Place[]} places
   * @returns {Promise<boolean>} whether it is known of all
   */
  async function know(question, rows, places) {
    const fresh = places.filter((one) => !kept.has(String(one)));
    if (kept.size + fresh.length > MOST_KEPT) {
      Array.from(kept.keys()).slice(0, kept.size >> 1).filter((key) => !places.some((one) => String(one) === key)).forEach((key) => kept.delete(key));
    }
    if (!fresh.length) return true;
    if (rows.head.detour_factor !== null) {
      fresh.forEach((one) => kept.set(String(one), reachByLine(rows, ...one)));
      return true;
    }
    const drawn = fresh.map(([lon, lat], place) => ({ code: `T${place}`, lon, lat }));
    const { answer } = await post(`${address}/reach`, { ...question, drawn }, texts);
    if (!(answer instanceof Blob)) return false;
    readReach(await answer.arrayBuffer()).forEach((one, place) => kept.set(String(fresh[place]), one));
    return true;
  }

  /**
   * @param {object} question without places
   * @param {Place[]} places
   * @returns {Promise<Counted | null>} null where it cannot be counted here
   */
  async function count(question, places) {
    const rows = await groundOf(question);
    if (!rows || !await know(question, rows, places)) return null;
    const reaches = places.map((one) => kept.get(String(one)));
    if (!reaches.every((one) => one !== undefined)) return null; // another question came in between
    return { ground: rows, count: countOf(rows, /** @type {import('./counting.js').Reach[]} */ (reaches)) };
  }

  return { groundOf, count };
}

/**
 * Do something for the last of many calls: one at a time, and never an older one after a newer.
 * @template T
 * @param {(wanted: T) => Promise<unknown>} work
 * @returns {(wanted: T) => Promise<void>}
 */
export function lastOf(work) {
  /** @type {{ wanted: T } | null} */
  let next = null;
  let working = false;
  return async (wanted) => {
    next = { wanted };
    if (working) return;
    working = true;
    try {
      while (next) {
        const mine = next.wanted;
        next = null;
        await work(mine);
      }
    } finally {
      working = false;
    }
  };
}
