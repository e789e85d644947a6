// Answers without a network, from what the worker (sw.js) has kept on this device. Nothing is sent.

import { byId, filled, language } from '../../lib/page.js';
import { namesOf, placeFirst, withoutAbove } from './address.js';
import { card, made, metresText, notice, pick, t, walkText } from './cards.js';
import { isAsked } from './entering.js';
import { missesOf } from './misses.js';
import { folded, goneBy, isWalk, listRegion, nameable, named, nearest, simplified, soughtThere, wishesIn, withoutQuestion } from './nearest.js';
import { chosenRegion, tellRegion, tellTooMany, whenChosen } from './region.js';
import { offerStreets } from './streets.js';
import { whereText } from './where.js';

/** @typedef {import('./nearest.js').Kept} Kept */
/** @typedef {import('./nearest.js').Item} Item */
/**
 * What the finder asks: from where, the own position as far as it counts for it, how many, by what one goes, by which conditions.
 * @typedef {{ origin: { lon: number, lat: number } | { place: string }, own: { lon: number, lat: number, accuracy_m: number } | null, k: number, by: string, conditions: import('../conditions.js').Conditions }} Asked
 * @typedef {{ kind: string, value: string, name: string, href: string, context: string, sample: boolean, place?: { value: string, name: string } }} Hit
 * @typedef {{ answer: (asked: Asked) => Promise<HTMLElement | null>, station: (code: string, from: { lon: number, lat: number } | null, by: string) => Promise<HTMLElement | null>,
 *   find: (words: string) => Promise<{ hits: Hit[], meant: string | null } | null>, told: (isOffline: boolean) => Promise<void> }} Offline
 */

const FORMAT = 2;
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
 * @param {Item[]} items
 * @param {number} accuracy_m
 */
function beyondOf(data, items, accuracy_m) {
  const limit = metresText(60 * data.walk_limit_minutes * data.speed_m_per_s);
  const closest = walkText(data, Math.min(...items.map((item) => item.walk_m)), accuracy_m);
  return notice('warn', 'notice warn odd', data.walk_m_per_s !== undefined ? t(
    `骑电动车 ${limit.zh}之内没有符合条件的站点，离得最近的一处路程 ${closest.zh}。请核对位置，或放宽条件。`,
    `Nothing that fits lies within a ride of ${limit.en}; the closest is ${closest.en} away. Check the position, or ask for less.`,
  ) : t(
    `步行 ${limit.zh}之内没有符合条件的站点，离得最近的一处路程 ${closest.zh}。请核对位置，或放宽条件。`,
    `Nothing that fits lies within a walk of ${limit.en}; the closest is ${closest.en} away. Check the position, or ask for less.`,
  ));
}

/** @param {number} accuracy_m */
function inaccurateOf(accuracy_m) {
  const off = metresText(accuracy_m);
  return notice('warn', 'notice warn odd', t(
    `定位不准，可能差 ${off.zh}。在地图上点一下您真正的位置，就按那里找。`,
    `Your position may be off by ${off.en}. Tap the map where you really are to search from there.`,
  ));
}

/**
 * What a region's list holds, and in which order, in the service's words.
 * @param {import('./nearest.js').Pair} region
 * @param {number} total
 * @param {{ onlyOpen: boolean, isFiltered: boolean, isOwn: boolean }} how
 */
function regionListText(region, total, { onlyOpen, isFiltered, isOwn }) {
  const all = total.toLocaleString('en');
  const fit = isFiltered && total !== 1 ? ' that fit' : '';
  return t(
    `${region.zh}${isFiltered ? '符合条件的' : ''}共 ${all} 处：${onlyOpen ? '只列开着的，' : '开着的在前，'}${isOwn ? '离您近的在前。' : '从站点最多的一带列起。'}`,
    `${all} ${total === 1 ? 'station' : 'stations'} in ${region.en}${fit}: ${onlyOpen ? 'only the open ones, ' : 'the open ones first, '}${isOwn ? 'the closest to you before the others.' : 'from where most of them are.'}`,
  );
}

/**
 * @param {HTMLElement[]} misses
 * @param {{ open: boolean, what: string, amenities: string[] }} conditions
 * @param {import('./nearest.js').Pair | null} region
 */
function emptyOf(misses, { open, what, amenities }, region) {
  const clear = open ? t('清除设施和类型，仍只找到时开放的', 'Clear amenities and kind; still only what is open on arrival') : t('清除设施和类型', 'Clear amenities and kind');
  return [
    made('h2', {}, region ? t(`${region.zh}没有符合条件的站点`, `No station in ${region.en} fits these conditions`) : t('没有符合条件的站点', 'No station fits these conditions')),
    ...(misses.length ? [
      made('p', { class: 'soft' }, t('存在这台设备上的站点里没有。只差一个条件的最近一处：', 'None of those kept on this device. The nearest that misses only one condition:')),
      made('ul', { class: 'misses' }, ...misses),
    ] : [made('p', { class: 'soft' }, t('存在这台设备上的站点里没有。试着去掉条件。', 'None of those kept on this device. Try with fewer conditions.'))]),
    ...(what || amenities.length ? [made('button', { class: 'button long', type: 'button', 'data-clear': '' }, clear)] : []),
  ];
}

/**
 * The nearest, or the stations of a region that was chosen.
 * @param {Kept} data
 * @param {import('./nearest.js').Question} question
 * @param {{ lon: number, lat: number } | null} own
 */
function foundOf(data, question, own) {
  if (question.region !== undefined) return listRegion(data, question, own);
  const items = nearest(data, question);
  // Better a door that may be shut, and said to be, than an empty page.
  const noneOpen = question.openOnArrival && !items.length;
  return { items: noneOpen ? nearest(data, { ...question, openOnArrival: false }) : items, total: 0, start: null, noneOpen };
}

/**
 * @param {Kept} data
 * @param {Asked} asked
 * @param {number} now_ms
 */
function pageOf(data, { origin, own: known, k: wanted, conditions }, now_ms) {
  const chosen = 'place' in origin ? data.places.filter((one) => one.code === origin.place)[0] : null;
  const place = 'place' in origin ? chosen : origin;
  if (!place) return null;
  const region = chosen && chosen.code.indexOf(':') < 0 ? chosen : null;
  const k = Math.min(MOST, wanted);
  const { open, amenities, what, entering } = conditions;
  const asked = region ? known : place;
  const odd = asked && whereText(data, asked);
  // From abroad or at sea nothing of a region is close: it is listed as without a position.
  const own = region && odd ? null : known;
  const isFrom = !region || own !== null;
  const question = {
    lon: place.lon, lat: place.lat, k, at_ms: now_ms, what, amenities, entering, openOnArrival: open, isFrom, ...(region ? { region: region.code } : {}),
  };
  const { items, total, start: from, noneOpen } = foundOf(data, question, own);
  const accuracy_m = own && (region || !chosen) ? own.accuracy_m : 0;
  const isBeyond = !region && items.length > 0 && items.every((item) => !isWalk(data, item.walk_m));
  const parts = [];
  if (odd) parts.push(notice('warn', 'notice warn odd', odd));
  if (isBeyond) parts.push(beyondOf(data, items, accuracy_m));
  if (accuracy_m > INACCURATE_M) parts.push(inaccurateOf(accuracy_m));
  if (region && items.length) {
    const how = { onlyOpen: open && !noneOpen, isFiltered: Boolean(what || amenities.length) || isAsked(entering), isOwn: own !== null };
    parts.push(made('p', { class: 'small soft from-place' }, regionListText(region, total, how)));
  } else if (chosen && !region) {
    parts.push(made('p', { class: 'small soft from-place' }, t(
      `从“${chosen.zh}”中部的一点算起，不是从您的位置。`, `Counted from the centre of ${chosen.en}, not from where you are.`,
    )));
  }
  const { lon, lat } = from || place;
  const spot = { 'data-lon': String(lon), 'data-lat': String(lat), ...(region ? { 'data-list': own ? 'own' : 'all' } : {}) };
  if (!items.length) return made('div', {}, ...parts, made('div', { class: 'empty', ...spot }, ...emptyOf(missesOf(data, question, { own, accuracy_m }), conditions, region)));
  if (noneOpen && !isBeyond) {
    parts.push(notice('clock', 'notice warn', region ? t(
      '这里没有确知开着的站点。下面是全部，请看清时间。', 'No station here is known to be open. These are all; mind the hours.',
    ) : t(
      '附近没有确知到时开放的站点。下面是最近的，请看清时间。', 'No station is known to be open when you get there. These are the nearest; mind the hours.',
    )));
  }
  const cards = items.map((item, place_) => card(data, item, place_ + 1, { now_ms, accuracy_m, asked: amenities, entering, from: isFrom ? { lon, lat } : null }));
  const list = made('ol', { class: 'cards', ...spot, ...(isBeyond ? { 'data-beyond': '' } : {}) }, ...cards);
  const more = items.length === k && k < MOST
    ? made('button', { class: 'button big', type: 'button', 'data-more': String(Math.min(MOST, 2 * k)) }, t('显示更多', 'Show more')) : null;
  const isCut = items.length === MOST && (!region || total > MOST);
  const cut = isCut ? notice('info', 'notice', t(
    `这里最多列 ${MOST} 处。加上条件，或在地图上点一个地方，看别的。`, `At most ${MOST} are listed here. Add a condition, or tap a place on the map, for others.`,
  )) : null;
  return made('div', {}, ...parts, list, cut, more);
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
  /** @type {string[]} */
  const initials = [];
  /** @type {Map<string, import('./hours.js').Pair>} */
  const notes = new Map();
  const formerOf = (/** @type {import('./nearest.js').KeptPlace} */ one) => (one.former || []).map((former) => former.called).reduce((all, names) => all.concat(names), []);
  places.forEach((one) => {
    called.push(...(one.called || []), ...formerOf(one));
    initials.push(...(one.initials || []));
    (one.former || []).forEach((former) => former.called.forEach((name) => notes.set(name, former)));
  });
  const marked = kinds.map((one) => ({ ...one, code: `${one.family}:${one.code}` }));
  const sought = question ? soughtThere(question, [...marked, ...amenities], called, words, initials) : null;
  if (!sought) return [];
  const { codes, place } = sought;
  const wanted = codes.map((code) => [...marked, ...amenities].filter((one) => one.code === code)[0]);
  const isKind = codes[0].indexOf(':') >= 0;
  if (codes.length > 1 && codes.some((code) => code.indexOf(':') >= 0)) return [];
  const several = t('从那里找，都要有', 'From there, only places that have all of them');
  const single = isKind ? t('从那里找，只看这一类', 'From there, only this kind') : t('从那里找，只看有的', 'From there, only places that have it');
  const note = notes.get(place);
  const by = (/** @type {(one: import('./nearest.js').KeptPlace) => string[]} */ namesOf_) => places.filter((one) => namesOf_(one).indexOf(place) >= 0);
  const named_ = by((one) => [...(one.called || []), ...formerOf(one)]);
  return (named_.length ? named_ : by((one) => one.initials || [])).slice(0, MOST_OF_A_NAME).map((one) => ({
    kind: isKind ? 'kind' : 'amenity',
    value: codes.join(','),
    name: `${pick(one)} · ${wanted.map(pick).join(' + ')}`,
    href: root,
    context: [...(note ? [pick(note)] : []), codes.length > 1 ? several : single].join(' · '),
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

/**
 * @param {Kept} data
 * @param {string} words
 * @returns {{ hits: Hit[], meant: string | null }}
 */
function foundByWords(data, words) {
  const { question, parents, places } = data;
  const names = namesOf(data);
  const hits = hitsOf(data, words);
  const inner = withoutAbove(words, names, parents, (question && question.provinces) || []);
  const tries = folded(inner) === folded(words) ? [] : [inner];
  const asked = hits.length || !question ? null : withoutQuestion(question, words);
  if (asked !== null) tries.push(asked);
  const better = tries.map((meant) => ({ hits: hitsOf(data, meant), meant })).filter((one) => one.hits.length)[0];
  if (better) return better;
  const code = hits.length ? null : placeFirst(inner, names);
  const place = code && places.filter((one) => one.code === code)[0];
  if (place) {
    // A street or a number: what is kept has none.
    const context = t('只认出了这个地方。街道和门牌要有网络才能找', 'Only this place was recognised. Streets and house numbers need a network');
    const kind = place.code.indexOf(':') < 0 ? 'region' : 'landmark';
    return { hits: [{ kind, value: place.code, name: pick(place), href: root, context, sample: false }], meant: null };
  }
  return { hits, meant: null };
}

/** @type {Offline} */
const api = {
  told,
  async answer(asked) {
    const found = await kept();
    try {
      return found && pageOf(goneBy(found.kept, asked.by), asked, Date.now());
    } catch {
      await caches.delete(DATA); // not what we wrote: fetched anew with the next network
      reading = null;
      return null;
    }
  },
  async station(code, from, by) {
    const found = await kept();
    const data = found && goneBy(found.kept, by);
    const one = data && data.stations.filter((other) => other.code === code)[0];
    if (!data || !one) return null;
    const now_ms = Date.now();
    const spot = from || one;
    const alone = { ...data, stations: data.stations.filter((other) => other.code === code) };
    const items = nearest(alone, { lon: spot.lon, lat: spot.lat, k: 1, at_ms: now_ms, what: '', amenities: [], openOnArrival: false });
    if (!items.length) return null;
    return made('ol', { class: 'cards', 'data-lon': String(spot.lon), 'data-lat': String(spot.lat) },
      card(data, items[0], 1, { now_ms, accuracy_m: 0, asked: [], from }));
  },
  async find(words) {
    const found = await kept();
    if (!found) return null;
    const plain = simplified(found.kept, words);
    const first = foundByWords(found.kept, plain);
    return first.hits.length || plain === words ? first : foundByWords(found.kept, words);
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
