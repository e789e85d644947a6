// The regions that a full address begins with, as the service leaves them out ("青岛市市南区厕所": "市南区厕所").

import { folded } from './nearest.js';

/**
 * Codes by what regions and landmarks are called, folded; a landmark's begins with its district's and a colon.
 * @typedef {Map<string, string[]>} Names
 */

const LONGEST = 60;
const MARKS = /^[\s?!。.,、…~]+/;
const PROVINCE = /(省|市|(壮族|回族|维吾尔)?自治区|特别行政区)$/;

/**
 * @param {import('./nearest.js').Kept} kept
 * @returns {Names}
 */
export function namesOf({ places, above }) {
  /** @type {Names} */
  const names = new Map();
  [...places, ...above].forEach(({ code, called = [] }) => called.forEach((name) => names.set(name, [...(names.get(name) || []), code])));
  return names;
}

/**
 * Whether a word in Latin letters is no part of a longer one.
 * @param {string} word
 * @param {string} beside what follows
 */
function isWhole(word, beside) {
  return !(/^[\x00-\x7f]*$/.test(word) && /^[a-z0-9]/.test(beside)); // eslint-disable-line no-control-regex
}

/**
 * The codes of the places that a text may begin with.
 * @param {string} text
 * @param {Names} names
 */
function namedFirst(text, names) {
  /** @type {string[]} */
  const codes = [];
  for (let end = 1; end <= Math.min(text.length, LONGEST); end += 1) {
    if (isWhole(text.slice(0, end), text.slice(end))) codes.push(...(names.get(folded(text.slice(0, end))) || []));
  }
  return codes;
}

/**
 * @param {string} code
 * @param {Record<string, string>} parents
 */
function codesAbove(code, parents) {
  /** @type {string[]} */
  const found = [];
  let above = code.indexOf(':') < 0 ? parents[code] : code.split(':')[0];
  while (above !== undefined && found.indexOf(above) < 0) {
    found.push(above);
    above = parents[above];
  }
  return found;
}

/**
 * A text without the regions that it names above a place.
 * @param {string} text
 * @param {Names} names
 * @param {Record<string, string>} parents
 * @param {string[]} provinces
 */
export function withoutAbove(text, names, parents, provinces) {
  let left = text.normalize('NFKC').toLowerCase().replace(MARKS, '').replace(/[\s?!。.,、…~]+$/, '');
  /** @param {string} whole */
  const shorter = (whole) => {
    for (let end = Math.min(whole.length - 1, LONGEST); end > 0; end -= 1) {
      const name = folded(whole.slice(0, end)), behind = whole.slice(end), rest = behind.replace(MARKS, '');
      const below = rest && isWhole(name, behind) ? namedFirst(rest, names) : [];
      const tops = (names.get(name) || []).filter((code) => code.indexOf(':') < 0);
      const isProvince = provinces.indexOf(name) >= 0 || provinces.indexOf(name.replace(PROVINCE, '')) >= 0;
      if (below.length && (isProvince || below.some((code) => codesAbove(code, parents).some((one) => tops.indexOf(one) >= 0)))) return rest;
    }
    return null;
  };
  for (let next = shorter(left); next !== null; next = shorter(left)) left = next;
  return left;
}

/**
 * The code of the place that a text begins with, where nothing is known of the rest; null for none.
 * @param {string} text
 * @param {Names} names
 */
export function placeFirst(text, names) {
  for (let end = text.length - 1; end > 1; end -= 1) {
    const code = (names.get(folded(text.slice(0, end))) || [])[0];
    if (code && !/^[\x00-\x7f]*$/.test(text.slice(0, end))) return code; // eslint-disable-line no-control-regex
  }
  return null;
}
