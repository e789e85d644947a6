// The nearest kept stations, in the service's order by line; and the kept ones that words name.

import { accepts } from './entering.js';
import { area_m, geodesic_m } from './geodesic.js';
import { arrivalAt, openingAt } from './hours.js';
import { isAtSea, isSea, sea_m } from './sea.js';

/** @typedef {import('./hours.js').Pair} Pair */
/**
 * @typedef {Pair & { code: string, names: string[], spoken?: string[], initials?: string[], family?: string }} Word
 * @typedef {{ code: string, name: string, name_en?: string, kind: string, family: string, lon: number, lat: number, region?: string,
 *   rings?: [number, number][][], from?: number, to?: number, schedule: number, amenities: string[], no_amenities?: string[],
 *   entry?: string, access?: string, address?: string, phone?: string, dial?: string, place?: Pair, verified_on?: string, off_m?: number, doubt?: Pair,
 *   confirmed?: Pair, sample?: boolean, found_by: string[] }} Station
 * @typedef {Pair & { code: string, lon: number, lat: number, found_by: string[], called?: string[], initials?: string[],
 *   former?: (Pair & { called: string[] })[] }} KeptPlace
 * @typedef {{ before: string[], after: string[], between?: string[], beside?: string[], provinces?: string[] }} QuestionWords
 * @typedef {import('./hours.js').Days & { format: number, version: string, detour_factor: number, speed_m_per_s: number,
 *   ebike_m_per_s?: number, walk_m_per_s?: number, walk_limit_minutes: number, schedules: import('./hours.js').Schedule[], kinds: Word[], families: Record<string, Pair>,
 *   amenities: Word[], entries: Record<string, Pair>, access: Record<string, Pair>, places: KeptPlace[], parents: Record<string, string>, above: { code: string, called: string[] }[], stations: Station[],
 *   question?: QuestionWords, region?: Pair | null, unplaced?: number, traditional?: [string, string],
 *   area?: [number, number][][] | null, sea?: [number, number][][], china?: [number, number][][] }} Kept `area`, `china`: rings that are wider than what they hold; `walk_m_per_s`: the speed on foot, where
 *   `speed_m_per_s` is a ride's
 * @typedef {{ lon: number, lat: number, k: number, at_ms: number, what: string, amenities: string[], openOnArrival: boolean, orUnknown?: boolean,
 *   entering?: import('./entering.js').Entering, region?: string, isFrom?: boolean, off_m?: number }} Question `orUnknown`: with what is open on arrival also what has unknown hours; `entering`: who wants to enter; `region`: only stations in it; `isFrom` false: asked from nowhere, so that open is open now; `off_m`: how far the position may be off
 * @typedef {{ station: Station, distance_m: number, walk_m: number, walk_s: number, noWay: '' | 'here' | 'between', opening: import('./hours.js').Opening,
 *   arrival: import('./hours.js').Arrival | null }} Item `noWay` where one is at sea, or it lies between; `arrival` null where it is from nowhere, or nobody goes so far: then it is told as it is now
 */

const AFAR_M = 100000; // beyond, no detour factor says how long a way is: the line is told
export const LOOKED_AT = 1000; // so many of the nearest are looked at for those on this side of the water
const MINUTE = 60000;
const DAY = 86400000;

/**
 * What is kept, for somebody who goes by it: distances are the same, and times are the ride's.
 * @param {Kept} kept kept by an earlier release, it does not know how fast an e-bike is: then all is on foot, and says so
 * @param {string} by `walk` or `ebike`
 * @returns {Kept}
 */
export function goneBy(kept, by) {
  if (by !== 'ebike' || !kept.ebike_m_per_s) return kept;
  return { ...kept, speed_m_per_s: kept.ebike_m_per_s, walk_m_per_s: kept.speed_m_per_s };
}

/**
 * Whether so many metres may be a walk, from a position that may be off by so much.
 * @param {Kept} kept
 * @param {number} walk_m
 * @param {number} [off_m]
 */
export function isWalk(kept, walk_m, off_m = 0) {
  return walk_m - off_m * kept.detour_factor <= 60 * kept.walk_limit_minutes * kept.speed_m_per_s;
}

/** @param {Item} item */
export function isAfar(item) {
  return item.noWay !== '' || item.distance_m > AFAR_M;
}

/**
 * Whether it is open as it counts for who wants an open door: on arrival, where one may go there.
 * @param {Pick<Item, 'opening' | 'arrival'>} item
 */
export function isOpenThen({ opening, arrival }) {
  return (arrival || opening).open === true;
}

/**
 * Whether nobody knows if it is open as it counts for who wants an open door.
 * @param {Pick<Item, 'opening' | 'arrival'>} item
 */
export function isUnknownThen({ opening, arrival }) {
  return (arrival || opening).open === null;
}

/**
 * Whether a station is in service on a day there.
 * @param {Kept} kept
 * @param {Station} one
 * @param {number} at_ms
 */
function isInService(kept, one, at_ms) {
  if (one.from === undefined && one.to === undefined) return true;
  const changes = kept.zones[kept.schedules[one.schedule].zone];
  const day = Math.floor((at_ms + changes[0][1] * MINUTE) / DAY);
  return (one.from === undefined || one.from <= day) && (one.to === undefined || day <= one.to);
}

/**
 * @param {Kept} kept
 * @param {Question} question
 * @returns {Station[]} the stations that fit, open or not
 */
export function fitting(kept, { at_ms, what, amenities, entering, region }) {
  const [family, kind] = what.split(':');
  /** @param {string | undefined} code */
  const isWithin = (code) => {
    const seen = new Set();
    let at = code;
    while (at !== undefined && at !== region && !seen.has(at)) {
      seen.add(at);
      at = kept.parents[at];
    }
    return at === region;
  };
  return kept.stations.filter((one) => (!family || (kind ? one.kind === kind : one.family === family))
    && amenities.every((code) => one.amenities.indexOf(code) >= 0) && (!entering || accepts(entering, one.access, one.entry)) && isInService(kept, one, at_ms)
    && (region === undefined || isWithin(one.region)));
}

/**
 * @param {Kept} kept
 * @param {Question} question
 * @returns {Item[]} nearest first, those over the sea after those on this side, as far as a ride goes; ties by code, each facility once
 */
export function nearest(kept, question) {
  const { lon, lat, k, at_ms, openOnArrival, orUnknown, isFrom = true, off_m = 0 } = question;
  const isWet = isFrom && isAtSea(kept, { lon, lat }, off_m);
  const ride_m = 60 * kept.walk_limit_minutes * (kept.ebike_m_per_s || kept.speed_m_per_s);
  const reach_m = ride_m / kept.detour_factor + off_m;
  const near = fitting(kept, question)
    .map((station) => ({ station, distance_m: station.rings ? area_m(lon, lat, station.rings) : geodesic_m(lon, lat, station.lon, station.lat) }))
    .sort((a, b) => a.distance_m - b.distance_m || (a.station.code < b.station.code ? -1 : 1));
  /** @type {Item[]} */
  const items = [];
  /** @type {Map<string, Item>} */
  const behind = new Map();
  /** @type {Set<string>} */
  const seen = new Set();
  near.some(({ station, distance_m }) => {
    if (seen.has(station.code)) return false;
    const walk_m = distance_m * kept.detour_factor;
    const walk_s = walk_m / kept.speed_m_per_s;
    const schedule = kept.schedules[station.schedule];
    const opening = openingAt(kept, schedule, at_ms);
    const offBoth_m = off_m + (station.off_m || 0);
    const isBetween = isFrom && !isWet && isSea(sea_m(kept, { lon, lat }, station), offBoth_m);
    const goes = isFrom && !isWet && !isBetween && isWalk(kept, walk_m, offBoth_m);
    /** @type {Item} */
    const item = {
      station, distance_m, walk_m, walk_s, noWay: isWet ? 'here' : isBetween ? 'between' : '', opening,
      arrival: goes ? arrivalAt(kept, schedule, opening, at_ms, walk_s) : null,
    };
    if (openOnArrival && !isOpenThen(item) && !(orUnknown && isUnknownThen(item))) return false;
    const isLookedAt = distance_m <= reach_m && items.length + behind.size < LOOKED_AT;
    if (isLookedAt && isBetween) {
      if (!behind.has(station.code)) behind.set(station.code, item);
      return false;
    }
    if (!isLookedAt && behind.size) {
      behind.forEach((one, code) => { items.push(one); seen.add(code); });
      behind.clear();
    }
    if (!seen.has(station.code)) {
      behind.delete(station.code); // another of its places may lie over the water
      seen.add(station.code);
      items.push(item);
    }
    return items.length >= k;
  });
  return [...items, ...Array.from(behind.values())].slice(0, k);
}

/**
 * The middle of the stations of the square (a hundredth of a degree) that holds most of them, as the service has it.
 * @param {Station[]} found
 * @returns {{ lon: number, lat: number } | null}
 */
export function mostStand(found) {
  /** @type {Map<string, { x: number, y: number, inside: Station[] }>} */
  const cells = new Map();
  found.forEach((one) => {
    const x = Math.floor(one.lon * 100), y = Math.floor(one.lat * 100);
    const cell = cells.get(`${x} ${y}`) || { x, y, inside: [] };
    cell.inside.push(one);
    cells.set(`${x} ${y}`, cell);
  });
  const fullest = Array.from(cells.values()).sort((a, b) => b.inside.length - a.inside.length || a.x - b.x || a.y - b.y)[0];
  if (!fullest) return null;
  const middle = (/** @type {'lon' | 'lat'} */ name) => fullest.inside.reduce((sum, one) => sum + one[name], 0) / fullest.inside.length;
  return { lon: middle('lon'), lat: middle('lat') };
}

/**
 * The stations of the question's region as the service lists them: the open ones before the others.
 * @param {Kept} kept
 * @param {Question} question from where it is asked counts for nothing
 * @param {{ lon: number, lat: number } | null} own my own position, by which they are ordered then
 */
export function listRegion(kept, question, own) {
  const found = fitting(kept, question);
  const start = own || mostStand(found);
  if (!start) return { items: [], total: 0, start, noneOpen: false };
  const asked = { ...question, ...start, isFrom: own !== null };
  const items = nearest(kept, { ...asked, openOnArrival: true });
  const noneOpen = question.openOnArrival && !items.length;
  if (!question.openOnArrival || noneOpen) {
    const seen = new Set(items.map((one) => one.station.code));
    items.push(...nearest(kept, { ...asked, openOnArrival: false }).filter((one) => !seen.has(one.station.code)));
  }
  return { items: items.slice(0, question.k), total: new Set(found.map((one) => one.code)).size, start, noneOpen };
}

/**
 * Words with simplified characters for the traditional ones that may mean what is kept.
 * @param {Kept} kept
 * @param {string} words
 */
export function simplified({ traditional: [from, to] = ['', ''] }, words) {
  return Array.from(words, (sign) => to[from.indexOf(sign)] || sign).join('');
}

/**
 * A text as names are folded for finding: without gaps, accents and case.
 * @param {string} text
 */
export function folded(text) {
  return text.normalize('NFKC').toLowerCase().normalize('NFD').replace(/u\u0308/g, 'v')
    .replace(/[\u0300-\u036f\s\-_.,;:/\\·、，。；：（）()[\]【】'"“”‘’]+/g, '');
}

const MARKS = /^[\s?!。.,、…~]+|[\s?!。.,、…~]+$/g;

/**
 * What a question asks for, as the service has it ("哪里能充电": "充电"); null where the words hold
 * nothing beside it, or nothing else.
 * @param {QuestionWords} around what may stand before and behind what is sought, the longest first
 * @param {string} words
 * @returns {string | null}
 */
export function withoutQuestion({ before, after }, words) {
  const isLatin = (/** @type {string | undefined} */ letter) => /^[a-z0-9]$/.test(letter || '');
  const isWord = (/** @type {string} */ word) => /^[\x00-\x7f]*$/.test(word); // eslint-disable-line no-control-regex
  const asked = words.normalize('NFKC').toLowerCase().replace(MARKS, '');
  let left = asked;
  for (;;) {
    const now = left;
    const first = before.filter((word) => now.startsWith(word) && !(isWord(word) && isLatin(now[word.length])))[0];
    const last = after.filter((word) => now.endsWith(word) && !(isWord(word) && isLatin(now[now.length - word.length - 1])))[0];
    if (first) left = now.slice(first.length).replace(MARKS, '');
    else if (last) left = now.slice(0, -last.length).replace(MARKS, '');
    else return left && left !== asked ? left : null;
  }
}

/**
 * Whether a word names a place, and what it says: the place, a wish's code, or nothing.
 * @typedef {{ isPlace: boolean, says: string, isApart?: boolean }} Meant `isApart` where it stands for itself alone
 */

/**
 * What a text says from each of its signs to its end, without a place (`0`) and with one (`1`); of the words
 * at a sign the longest goes first from which a way leads on.
 * @param {string} whole
 * @param {Map<string, Meant>} meanings
 * @param {(start: number, end: number, meant: Meant) => boolean} mayStand
 * @returns {(Meant[] | undefined)[]}
 */
function waysOf(whole, meanings, mayStand) {
  const known = Array.from(meanings.keys()).filter(Boolean).sort((a, b) => b.length - a.length);
  /** @type {(Meant[] | undefined)[][]} */
  const ways = [];
  ways[whole.length] = [[], undefined];
  for (let start = whole.length - 1; start >= 0; start -= 1) {
    /** @type {(Meant[] | undefined)[]} */
    const here = [undefined, undefined];
    known.filter((word) => whole.startsWith(word, start)).forEach((word) => {
      const meant = /** @type {Meant} */ (meanings.get(word));
      const end = start + word.length;
      if (!mayStand(start, end, meant)) return;
      [0, 1].forEach((had) => {
        const rest = ways[end][had];
        if (!rest || (meant.isPlace && had)) return;
        const has = meant.isPlace ? 1 : had;
        here[has] = here[has] || [meant, ...rest];
      });
    });
    ways[start] = here;
  }
  return ways[0];
}

/**
 * @param {Map<string, Meant>} meanings
 * @param {Word[]} things
 */
function addNames(meanings, things) {
  things.forEach((one) => (one.spoken || []).forEach((sound) => meanings.set(sound, { isPlace: false, says: one.code })));
  things.forEach((one) => [folded(one.zh), folded(one.en), ...one.names].forEach((name) => meanings.set(name, { isPlace: false, says: one.code })));
}

const isOnce = (/** @type {string} */ one, /** @type {number} */ at, /** @type {string[]} */ all) => Boolean(one) && all.indexOf(one) === at;

/**
 * What somebody wants at once ("充电热饭"), as the service has it: two codes or more, or none.
 * @param {QuestionWords} around
 * @param {Word[]} things
 * @param {string} words
 * @returns {string[]}
 */
export function wishesIn({ between = [] }, things, words) {
  const whole = folded(words);
  /** @type {Map<string, Meant>} */
  const meanings = new Map();
  between.forEach((word) => meanings.set(folded(word), { isPlace: false, says: '' }));
  addNames(meanings, things);
  const way = waysOf(whole, meanings, () => true)[0] || [];
  const codes = way.map((one) => one.says).filter(isOnce);
  const itself = meanings.get(whole);
  return codes.length > 1 && !(itself && itself.says) ? codes : [];
}

/**
 * What somebody wants in a place that the words name ("市南区厕所"), as the service has it; null for other words.
 * @param {QuestionWords} around
 * @param {Word[]} things
 * @param {string[]} places what places are called, folded
 * @param {string} words
 * @param {string[]} [initials] letters that places are called by where they stand for themselves ("snq厕所")
 * @returns {{ place: string, codes: string[] } | null}
 */
export function soughtThere({ before, after, between = [], beside = [] }, things, places, words, initials = []) {
  let whole = '';
  const ends = new Set([0]);
  words.split(/\s+/).forEach((part) => {
    whole += folded(part.normalize('NFKC').replace(MARKS, ''));
    ends.add(whole.length);
  });
  /** @type {Map<string, Meant>} */
  const meanings = new Map();
  initials.forEach((name) => meanings.set(name, { isPlace: true, says: name, isApart: true }));
  [...before, ...after, ...between, ...beside].forEach((word) => meanings.set(folded(word), { isPlace: false, says: '' }));
  places.forEach((name) => meanings.set(name, { isPlace: true, says: name }));
  addNames(meanings, things);
  // A Latin word is one by itself, and no letters of a longer one.
  const isLatin = (/** @type {string} */ text) => /^[\x00-\x7f]+$/.test(text); // eslint-disable-line no-control-regex
  const isWhole = (/** @type {number} */ start, /** @type {number} */ end) => !isLatin(whole.slice(start, end)) || (ends.has(start) && ends.has(end));
  const isApart = (/** @type {number} */ start, /** @type {number} */ end) => (ends.has(start) || !isLatin(whole[start - 1])) && (ends.has(end) || !isLatin(whole[end]));
  const mayStand = (/** @type {number} */ start, /** @type {number} */ end, /** @type {Meant} */ meant) => (
    meant.isApart ? isApart(start, end) : Boolean(meant.says) || isWhole(start, end));
  const way = waysOf(whole, meanings, mayStand)[1] || [];
  const place = way.filter((one) => one.isPlace)[0];
  const codes = way.filter((one) => !one.isPlace).map((one) => one.says).filter(isOnce);
  return place && codes.length ? { place: place.says, codes } : null;
}

/**
 * The stations that the words may name: where they are a few letters that name an amenity (WC, AED),
 * initials of stations are not looked at.
 * @template {{ name: string, code: string }} One
 * @param {One[]} stations
 * @param {Word[]} amenities
 * @param {string} words
 * @returns {One[]}
 */
export function nameable(stations, amenities, words) {
  const whole = folded(words);
  const isShort = /^[a-z0-9]{1,3}$/.test(whole) && amenities.some((one) => [folded(one.zh), folded(one.en), ...one.names].indexOf(whole) >= 0);
  return isShort ? stations.filter((one) => folded(one.name).indexOf(whole) >= 0) : stations;
}

/**
 * The kinds and amenities that the words may name: a Latin word that is a name (WC, AED) is not a few letters
 * out of another's sound or initials.
 * @template {Word} One
 * @param {One[]} things
 * @param {string} words
 * @returns {One[]}
 */
export function offered(things, words) {
  const whole = words.split(/\s+/).map(folded).join('');
  const namesOf = (/** @type {Word} */ one) => [folded(one.zh), folded(one.en), ...one.names];
  const isName = /^[a-z0-9]+$/.test(whole) && things.some((one) => namesOf(one).indexOf(whole) >= 0);
  return isName ? things.filter((one) => namesOf(one).some((name) => name.indexOf(whole) === 0)) : things;
}

/**
 * What kept things the words name, the best first: every term must be found.
 * @template {{ found_by?: string[], names?: string[], spoken?: string[], initials?: string[], zh?: string, en?: string, address?: string, code: string }} One
 * @param {One[]} things
 * @param {string} words
 * @param {number} most
 * @returns {One[]}
 */
export function named(things, words, most) {
  const terms = words.split(/\s+/).map(folded).filter(Boolean);
  const whole = terms.join('');
  if (!terms.length) return [];
  /** @type {{ one: One, rank: number }[]} */
  const ranked = [];
  things.forEach((one) => {
    const by = one.found_by || [folded(one.zh || ''), folded(one.en || ''), ...(one.names || []), ...(one.spoken || [])];
    const others = [folded(one.code), folded(one.address || '')];
    const initials = one.found_by ? [] : one.initials || [];
    if (!terms.every((term) => by.concat(others, initials).some((text) => text.indexOf(term) >= 0))) return;
    const rank = by.indexOf(whole) >= 0 || others[0] === whole ? 0 : by.some((text) => text.indexOf(whole) === 0) ? 1 : initials.some((text) => text.indexOf(whole) === 0) ? 2 : 3;
    ranked.push({ one, rank });
  });
  ranked.sort((a, b) => a.rank - b.rank || (a.one.code < b.one.code ? -1 : 1));
  return ranked.slice(0, most).map(({ one }) => one);
}
