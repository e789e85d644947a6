// Answers without a network, from what the worker (sw.js) has kept on this device. Nothing is sent.

import { byId, filled, language } from '../../lib/page.js';
import { card, made, metresText, notice, pick, t } from './cards.js';
import { isWalk, nameable, named, nearest, soughtThere, wishesIn, withoutQuestion } from './nearest.js';
import { chosenRegion, tellRegion, tellTooMany, whenChosen } from './region.js';
import { offerStreets } from './streets.js';

/** @typedef {import('./nearest.js').Kept} Kept */
/** @typedef {import('./nearest.js').Item} Item */
/**
 * What the finder asks: from where, how well that is known, how many, by which conditions.
 * @typedef {{ origin: { lon: number, lat: number } | { place: string }, accuracy_m: number, k: number, conditions: import('../conditions.js').Conditions }} Asked
 * @typedef {{ kind: string, value: string, name: string, href: string, context: string, sample: boolean, place?: { value: string, name: string } }} Hit
 * @typedef {{ answer: (asked: Asked) => Promise<HTMLElement | null>, station: (code: string, from: { lon: number, lat: number } | null) => Promise<HTMLElement | null>,
 *   find: (words: string) => Promise<{ hits: Hit[], meant: string | null } | null>, told: (isOffline: boolean) => Promise<void> }} Offline
 */

const FORMAT = 1;
const MOST = 50;
const MOST_HITS = 8;
const MOST_OF_A_NAME = 3;
const INACCURATE_M = 200;
const line = byId('offline');
const { worker = '', root = '/', stations = '' } = line.dataset;
const DATA = `geoapp-data ${root}`;

/** @type {Promise<{ kept: Kept, checked: Date } | null> | null} */
let reading = null;

async function readKept() {
  try {
    const cache = await caches.open(DATA);
    const found = await cache.match(stations, { ignoreVary: true });
    if (!found) return null;
    const checked = new Date(Number(found.headers.get('X-Checked')));
    const text = await found.text();
    try {
      /** @type {Kept} */
      const data = JSON.parse(text);
      if (data.format === FORMAT && Array.isArray(data.stations)) return { kept: data, checked };
    } catch {
      // Broken: thrown away, and fetched anew with the next network.
    }
    await cache.delete(stations);
    return null;
  } catch {
    return null; // the browser keeps nothing for us
  }
}

function kept() {
  if (!reading) reading = readKept();
  return reading;
}

/** @param {Date} moment */
function momentText(moment) {
  const time = `${String(moment.getHours()).padStart(2, '0')}:${String(moment.getMinutes()).padStart(2, '0')}`;
  const month = moment.toLocaleString('en', { month: 'short' });
  return t(`${moment.getMonth() + 1}月${moment.getDate()}日 ${time}`, `${moment.getDate()} ${month} ${time}`);
}

let isShown = false; // whether the answer that is shown is the kept stations'

/** @param {boolean} isOffline whether the answer that is shown is the kept stations' */
async function told(isOffline) {
  isShown = isOffline;
  const found = await kept();
  if (isOffline !== isShown) return; // another answer has come meanwhile
  line.hidden = !found;
  if (!found) return;
  const words = isOffline ? line.dataset.answered : line.dataset.ready;
  const { region, unplaced, stations: all } = found.kept;
  const of = region ? filled(line.dataset.region || '', { region: pick(region) }) : '';
  const more = unplaced ? filled(line.dataset.unplaced || '', { n: unplaced }) : '';
  // One that moves, or comes with the season, stands in the list once for each of its places.
  const n = new Set(all.map((one) => one.code)).size;
  line.textContent = filled(words || '', { when: momentText(found.checked), n, of, more });
  line.classList.toggle('notice', isOffline);
  // Of when the data are is said before what they answer.
  const results = byId('results');
  if (results.parentNode) results.parentNode.insertBefore(line, isOffline ? results : results.nextSibling);
}

/**
 * @param {Kept} data
 * @param {Asked} asked
 * @param {Item[]} items
 */
function headOf(data, { origin, accuracy_m }, items) {
  const parts = [];
  const limit_m = 60 * data.walk_limit_minutes * data.speed_m_per_s;
  const isBeyond = items.length > 0 && items.every((item) => !isWalk(data, item.walk_m));
  if (isBeyond) {
    const limit = metresText(limit_m), closest = metresText(Math.min(...items.map((item) => item.walk_m)));
    parts.push(notice('warn', 'notice warn odd', t(
      `步行 ${limit.zh}之内没有符合条件的站点，离得最近的一处路程 ${closest.zh}。请核对位置，或放宽条件。`,
      `Nothing that fits lies within a walk of ${limit.en}; the closest is ${closest.en} away. Check the position, or ask for less.`,
    )));
  }
  if (accuracy_m > INACCURATE_M) {
    parts.push(notice('warn', 'notice warn odd', t(
      `定位不准，可能差 ${metresText(accuracy_m).zh}。在地图上点一下您真正的位置，就按那里找。`,
      `Your position may be off by ${metresText(accuracy_m).en}. Tap the map where you really are to search from there.`,
    )));
  }
  const place = 'place' in origin ? data.places.filter((one) => one.code === origin.place)[0] : null;
  if (place) {
    parts.push(made('p', { class: 'small soft from-place' }, t(
      `从“${place.zh}”中部的一点算起，不是从您的位置。`, `Counted from the centre of ${place.en}, not from where you are.`,
    )));
  }
  return { parts, isBeyond };
}

/**
 * The conditions that alone stand in the way, each with the nearest without it and a button that leaves it out.
 * @param {Kept} data
 * @param {import('./nearest.js').Question} question
 */
function missesOf(data, question) {
  const { amenities, what } = question;
  /** @type {[string, import('./nearest.js').Pair, Partial<import('./nearest.js').Question>][]} */
  const tries = data.amenities.filter((one) => amenities.indexOf(one.code) >= 0)
    .map((one) => [one.code, one, { amenities: amenities.filter((code) => code !== one.code) }]);
  const [family, kind] = what.split(':');
  const named_ = data.kinds.filter((one) => one.code === kind)[0] || data.families[family];
  if (what && named_) tries.push(['what', named_, { what: '' }]);
  /** @type {HTMLElement[]} */
  const rows = [];
  tries.forEach(([drop, condition, wider]) => {
    const item = nearest(data, { ...question, ...wider, k: 1, openOnArrival: false })[0];
    if (!item) return;
    const name = (language() === 'en' && item.station.name_en) || item.station.name;
    const lacks = drop === 'what' ? t('不是', 'not of the kind ') : t('没有或不知道有没有', 'without, or not known to have, ');
    rows.push(made('li', {},
      made('p', {}, made('strong', {}, name), ` · ${pick(metresText(item.walk_m))}`, made('br', {}), made('span', { class: 'soft' }, `${lacks}“${pick(condition)}”`)),
      made('button', { class: 'button', type: 'button', 'data-drop': drop }, t(`去掉“${pick(condition)}”再找`, `Search without “${pick(condition)}”`))));
  });
  return rows;
}

/**
 * @param {Kept} data
 * @param {import('./nearest.js').Question} question
 * @param {boolean} open whether only what is open on arrival is wanted
 */
function emptyOf(data, question, open) {
  const misses = missesOf(data, question);
  const clear = open ? t('清除设施和类型，仍只找到时开放的', 'Clear amenities and kind; still only what is open on arrival') : t('清除设施和类型', 'Clear amenities and kind');
  return [
    made('h2', {}, t('没有符合条件的站点', 'No station fits these conditions')),
    ...(misses.length ? [
      made('p', { class: 'soft' }, t('存在这台设备上的站点里没有。只差一个条件的最近一处：', 'None of those kept on this device. The nearest that misses only one condition:')),
      made('ul', { class: 'misses' }, ...misses),
    ] : [made('p', { class: 'soft' }, t('存在这台设备上的站点里没有。试着去掉条件。', 'None of those kept on this device. Try with fewer conditions.'))]),
    made('button', { class: 'button long', type: 'button', 'data-clear': '' }, clear),
  ];
}

/**
 * @param {Kept} data
 * @param {Asked} asked
 * @param {number} now_ms
 */
function pageOf(data, asked, now_ms) {
  const { origin, accuracy_m, conditions } = asked;
  const place = 'place' in origin ? data.places.filter((one) => one.code === origin.place)[0] : origin;
  if (!place) return null;
  const k = Math.min(MOST, asked.k);
  const question = {
    lon: place.lon, lat: place.lat, k, at_ms: now_ms, what: conditions.what, amenities: conditions.amenities, openOnArrival: conditions.open,
  };
  let items = nearest(data, question);
  // Better a door that may be shut, and said to be, than an empty page.
  const noneOpen = conditions.open && !items.length;
  if (noneOpen) items = nearest(data, { ...question, openOnArrival: false });
  const { parts, isBeyond } = headOf(data, asked, items);
  const spot = { 'data-lon': String(place.lon), 'data-lat': String(place.lat) };
  if (!items.length) return made('div', {}, ...parts, made('div', { class: 'empty', ...spot }, ...emptyOf(data, question, conditions.open)));
  if (noneOpen && !isBeyond) {
    parts.push(notice('clock', 'notice warn', t(
      '附近没有确知到时开放的站点。下面是最近的，请看清时间。', 'No station is known to be open when you get there. These are the nearest; mind the hours.',
    )));
  }
  const cards = items.map((item, place_) => card(data, item, place_ + 1, { now_ms, accuracy_m, asked: conditions.amenities }));
  const list = made('ol', { class: 'cards', ...spot, ...(isBeyond ? { 'data-beyond': '' } : {}) }, ...cards);
  const more = items.length === k && k < MOST
    ? made('button', { class: 'button big', type: 'button', 'data-more': String(Math.min(MOST, 2 * k)) }, t('显示更多', 'Show more')) : null;
  return made('div', {}, ...parts, list, more);
}

/**
 * What the words want in a place that they name.
 * @param {Kept} data
 * @param {string} words
 * @returns {Hit[]}
 */
function hitsThere({ question, places, amenities, kinds }, words) {
  /** @type {string[]} */
  const called = [];
  places.forEach((one) => called.push(...(one.called || [])));
  const marked = kinds.map((one) => ({ ...one, code: `${one.family}:${one.code}` }));
  const sought = question ? soughtThere(question, [...marked, ...amenities], called, words) : null;
  if (!sought) return [];
  const { codes, place } = sought;
  const wanted = codes.map((code) => [...marked, ...amenities].filter((one) => one.code === code)[0]);
  const isKind = codes[0].indexOf(':') >= 0;
  if (codes.length > 1 && codes.some((code) => code.indexOf(':') >= 0)) return [];
  const several = t('从那里找，都要有', 'From there, only places that have all of them');
  const single = isKind ? t('从那里找，只看这一类', 'From there, only this kind') : t('从那里找，只看有的', 'From there, only places that have it');
  return places.filter((one) => (one.called || []).indexOf(place) >= 0).slice(0, MOST_OF_A_NAME).map((one) => ({
    kind: isKind ? 'kind' : 'amenity',
    value: codes.join(','),
    name: `${pick(one)} · ${wanted.map(pick).join(' + ')}`,
    href: root,
    context: codes.length > 1 ? several : single,
    sample: false,
    place: { value: one.code, name: pick(one) },
  }));
}

/**
 * @param {Kept} data
 * @param {string} words
 * @returns {Hit[]}
 */
function hitsOf(data, words) {
  const shown = (/** @type {string} */ kind, /** @type {{ code: string, zh: string, en: string }} */ one, value = one.code) => (
    { kind, value, name: pick(one), href: root, context: '', sample: false });
  /** @type {Set<string>} */
  const codes = new Set();
  const places = data.stations.filter((one) => !codes.has(one.code) && codes.add(one.code));
  const codes_ = data.question ? wishesIn(data.question, data.amenities, words) : [];
  const wanted = codes_.map((code) => data.amenities.filter((one) => one.code === code)[0]);
  const atOnce = wanted.length ? [
    { kind: 'amenity', value: codes_.join(','), name: wanted.map(pick).join(' + '), href: root, context: t('设施，都要有', 'Amenities, all of them'), sample: false },
    ...wanted.map((one) => shown('amenity', one)),
  ] : [];
  const few = [
    ...atOnce,
    ...hitsThere(data, words),
    ...named(data.kinds, words, 2).map((one) => shown('kind', one, `${one.family}:${one.code}`)),
    ...named(data.amenities, words, 3).map((one) => shown('amenity', one)),
    ...named(data.places, words, 3).map((one) => shown(one.code.indexOf(':') < 0 ? 'region' : 'landmark', one)),
  ];
  const others = named(nameable(places, data.amenities, words), words, MOST_HITS).map((one) => ({
    kind: 'facility', value: one.code, name: (language() === 'en' && one.name_en) || one.name, href: root, context: one.address || '', sample: Boolean(one.sample),
  }));
  return [...few, ...others].slice(0, MOST_HITS);
}

/** @type {Offline} */
const api = {
  told,
  async answer(asked) {
    const found = await kept();
    try {
      return found && pageOf(found.kept, asked, Date.now());
    } catch {
      await caches.delete(DATA); // not what we wrote: fetched anew with the next network
      reading = null;
      return null;
    }
  },
  async station(code, from) {
    const found = await kept();
    const data = found && found.kept;
    const one = data && data.stations.filter((other) => other.code === code)[0];
    if (!data || !one) return null;
    const now_ms = Date.now();
    const spot = from || one;
    const alone = { ...data, stations: data.stations.filter((other) => other.code === code) };
    const items = nearest(alone, { lon: spot.lon, lat: spot.lat, k: 1, at_ms: now_ms, what: '', amenities: [], openOnArrival: false });
    if (!items.length) return null;
    return made('ol', { class: 'cards', 'data-lon': String(spot.lon), 'data-lat': String(spot.lat) },
      card(data, items[0], 1, { now_ms, accuracy_m: 0, asked: [], isFrom: from !== null }));
  },
  async find(words) {
    const found = await kept();
    if (!found) return null;
    const hits = hitsOf(found.kept, words);
    const { question } = found.kept;
    const meant = hits.length || !question ? null : withoutQuestion(question, words);
    return meant === null ? { hits, meant } : { hits: hitsOf(found.kept, meant), meant };
  },
};

async function start() {
  const registration = await navigator.serviceWorker.register(worker, { scope: root });
  const { active } = await navigator.serviceWorker.ready;
  if (!active) return;
  const { serviceWorker } = navigator;
  const ask = (renew = false) => active.postMessage({ language: language(), region: chosenRegion(), renew });
  whenChosen(ask);
  offerStreets(() => ask(true));
  serviceWorker.addEventListener('message', async ({ data }) => {
    reading = null; // newer ones may be there now
    if (data.state === 'tooMany') tellTooMany();
    const found = await kept();
    if (!found) return;
    if (data.state === 'ready' && found.kept.region) tellRegion();
    if (!isShown) await told(false);
    document.body.dataset.offline = 'ready';
  });
  ask();
  registration.update().catch(() => undefined);
}

start().catch(() => undefined); // where it is not allowed, the finder is as it is without
document.dispatchEvent(new CustomEvent('geoapp-offline', { detail: api }));
