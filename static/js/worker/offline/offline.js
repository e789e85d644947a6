// Answers without a network, from what the worker (sw.js) has kept on this device. Nothing is sent.

import { formatCount } from '../../lib/figures.js';
import { card, farText, made, metresText, notice, t } from './cards.js';
import { isAsked } from './entering.js';
import { keepHere } from './keeping.js';
import { hoursOf } from './left_out.js';
import { missesOf } from './misses.js';
import { goneBy, isAfar, isWalk, listRegion, nearest } from './nearest.js';
import { read, readAnew, throwAway } from './reading.js';
import { tellRegion, tellTooMany, whenChosen } from './region.js';
import { offerStreets } from './streets.js';
import { isAnsweredHere, told } from './told.js';
import { whereText } from './where.js';
import { foundByWords } from './words.js';

/** @typedef {import('./nearest.js').Kept} Kept */
/** @typedef {import('./nearest.js').Item} Item */
/**
 * What the finder asks: from where, the own position as far as it counts for it, how many, by what one goes, by which conditions.
 * @typedef {{ origin: { lon: number, lat: number } | { place: string }, own: { lon: number, lat: number, accuracy_m: number } | null, k: number, by: string, conditions: import('../conditions.js').Conditions }} Asked
 * @typedef {{ answer: (asked: Asked) => Promise<HTMLElement | null>, station: (code: string, from: { lon: number, lat: number } | null, by: string) => Promise<HTMLElement | null>,
 *   find: (words: string) => Promise<{ hits: import('./words.js').Hit[], meant: string | null } | null>, told: (isOffline: boolean) => Promise<void> }} Offline
 */

const MOST = 50;
const INACCURATE_M = 200;

/**
 * @param {Kept} data
 * @param {Item[]} items
 * @param {number} accuracy_m
 */
function beyondOf(data, items, accuracy_m) {
  const limit = metresText(60 * data.walk_limit_minutes * data.speed_m_per_s);
  const first = items.slice().sort((a, b) => a.walk_m - b.walk_m)[0];
  const closest = farText(data, first, accuracy_m);
  const way = isAfar(first) ? { zh: '直线', en: ' in a straight line' } : { zh: '路程', en: '' };
  return notice('warn', 'notice warn odd', data.walk_m_per_s !== undefined ? t(
    `骑电动车 ${limit.zh}之内没有符合条件的站点，离得最近的一处${way.zh} ${closest.zh}。请核对位置，或放宽条件。`,
    `Nothing that fits lies within a ride of ${limit.en}; the closest is ${closest.en} away${way.en}. Check the position, or ask for less.`,
  ) : t(
    `步行 ${limit.zh}之内没有符合条件的站点，离得最近的一处${way.zh} ${closest.zh}。请核对位置，或放宽条件。`,
    `Nothing that fits lies within a walk of ${limit.en}; the closest is ${closest.en} away${way.en}. Check the position, or ask for less.`,
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
  const all = formatCount(total);
  const fit = isFiltered && total !== 1 ? ' that fit' : '';
  return t(
    `${region.zh}${isFiltered ? '符合条件的' : ''}共 ${all} 处：${onlyOpen ? '只列开着的，' : '开着的在前，'}${isOwn ? '离您近的在前。' : '从站点最多的一带列起。'}`,
    `${all} ${total === 1 ? 'station' : 'stations'} in ${region.en}${fit}: ${onlyOpen ? 'only the open ones, ' : 'the open ones first, '}${isOwn ? 'the closest to you before the others.' : 'from where most of them are.'}`,
  );
}

/**
 * @param {{ rows: HTMLElement[], words: string }} misses
 * @param {{ open: boolean, what: string, amenities: string[] }} conditions
 * @param {import('./nearest.js').Pair | null} region
 */
function emptyOf(misses, { open, what, amenities }, region) {
  const clear = open ? t('清除设施和类型，仍只找到时开放的', 'Clear amenities and kind; still only what is open on arrival') : t('清除设施和类型', 'Clear amenities and kind');
  return [
    made('h2', {}, region ? t(`${region.zh}没有符合条件的站点`, `No station in ${region.en} fits these conditions`) : t('没有符合条件的站点', 'No station fits these conditions')),
    ...(misses.rows.length ? [
      made('p', { class: 'soft' }, t('存在这台设备上的站点里没有。', 'None of those kept on this device. '), misses.words),
      made('ul', { class: 'misses' }, ...misses.rows),
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
  const { open, unknown, amenities, what, entering } = conditions;
  const asked = region ? known : place;
  const odd = asked && whereText(data, asked, known && (region || !chosen) ? known.accuracy_m : 0);
  // From abroad or at sea nothing of a region is close: it is listed as without a position.
  const own = region && odd ? null : known;
  const isFrom = !region || own !== null;
  const accuracy_m = own && (region || !chosen) ? own.accuracy_m : 0;
  const question = {
    lon: place.lon, lat: place.lat, k, at_ms: now_ms, what, amenities, entering, openOnArrival: open, orUnknown: unknown && !region, isFrom, off_m: accuracy_m, ...(region ? { region: region.code } : {}),
  };
  const { items, total, start: from, noneOpen } = foundOf(data, question, own);
  const isBeyond = !region && items.length > 0 && items.every((item) => !isWalk(data, item.walk_m, accuracy_m + (item.station.off_m || 0)));
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
  if (!items.length) return made('div', {}, ...parts, made('div', { class: 'empty', ...spot }, ...emptyOf(missesOf(data, question, { own, accuracy_m, isBeyond, noneOpen }), conditions, region)));
  const misses = isBeyond ? missesOf(data, question, { own, accuracy_m, isBeyond, noneOpen }) : null;
  if (misses && misses.rows.length) {
    parts.push(made('section', { class: 'nearly' }, made('p', { class: 'soft' }, misses.words), made('ul', { class: 'misses' }, ...misses.rows)));
  }
  if (noneOpen && !isBeyond) {
    parts.push(notice('clock', 'notice warn', region ? t(
      '这里没有确知开着的站点。下面是全部，请看清时间。', 'No station here is known to be open. These are all; mind the hours.',
    ) : t(
      '附近没有确知到时开放的站点。下面是最近的，请看清时间。', 'No station is known to be open when you get there. These are the nearest; mind the hours.',
    )));
  }
  const hours = region || noneOpen || isBeyond ? null : hoursOf(data, question, items, accuracy_m);
  const cards = items.map((item, place_) => card(data, item, place_ + 1, { now_ms, accuracy_m, asked: amenities, entering, from: isFrom ? { lon, lat } : null }));
  const list = made('ol', { class: 'cards', ...spot, ...(isBeyond ? { 'data-beyond': '' } : {}), ...(odd ? { 'data-outside': '' } : {}) }, ...cards);
  const more = items.length === k && k < MOST
    ? made('button', { class: 'button big', type: 'button', 'data-more': String(Math.min(MOST, 2 * k)) }, t('显示更多', 'Show more')) : null;
  const isCut = items.length === MOST && (!region || total > MOST);
  const cut = isCut ? notice('info', 'notice', t(
    `这里最多列 ${MOST} 处。加上条件，或在地图上点一个地方，看别的。`, `At most ${MOST} are listed here. Add a condition, or tap a place on the map, for others.`,
  )) : null;
  return made('div', {}, ...parts, list, hours, cut, more);
}

/** @type {Offline} */
const api = {
  told,
  async answer(asked) {
    const found = await read();
    try {
      return found && pageOf(goneBy(found.kept, asked.by), asked, Date.now());
    } catch {
      await throwAway();
      return null;
    }
  },
  async station(code, from, by) {
    const found = await read();
    const data = found && goneBy(found.kept, by);
    const one = data && data.stations.filter((other) => other.code === code)[0];
    if (!data || !one) return null;
    const now_ms = Date.now();
    const spot = from || one;
    const alone = { ...data, stations: data.stations.filter((other) => other.code === code) };
    const items = nearest(alone, { lon: spot.lon, lat: spot.lat, k: 1, at_ms: now_ms, what: '', amenities: [], openOnArrival: false, isFrom: from !== null });
    if (!items.length) return null;
    return made('ol', { class: 'cards', 'data-lon': String(spot.lon), 'data-lat': String(spot.lat) },
      card(data, items[0], 1, { now_ms, accuracy_m: 0, asked: [], from }));
  },
  async find(words) {
    const found = await read();
    return found && foundByWords(found.kept, words);
  },
};

async function start() {
  const ask = await keepHere(async (state) => {
    readAnew();
    if (state === 'tooMany') tellTooMany();
    const found = await read();
    if (!found) return;
    if (state === 'ready' && found.kept.region) tellRegion();
    if (!isAnsweredHere()) await told(false);
    document.body.dataset.offline = 'ready';
  });
  if (!ask) return;
  whenChosen(ask);
  offerStreets(() => ask(true));
  ask();
}

start().catch(() => undefined); // where it is not allowed, the finder is as it is without
document.dispatchEvent(new CustomEvent('geoapp-offline', { detail: api }));
