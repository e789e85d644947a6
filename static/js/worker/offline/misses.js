// What stands in the way where nothing that is kept fits, in the service's words (web/pages/near_misses.py).

import { byId, language } from '../../lib/page.js';
import { ANYBODY, enteringText } from '../enter.js';
import { farWords, made, pick, t } from './cards.js';
import { accepts, admits, askerOf, isAsked } from './entering.js';
import { isOpenThen, isWalk, listRegion, nearest } from './nearest.js';

/** @typedef {import('./nearest.js').Kept} Kept */
/** @typedef {import('./nearest.js').Question} Question */
/** @typedef {{ drops: string[], item: import('./nearest.js').Item }} Miss the nearest without some conditions */

const MOST_NEAR = 1000; // are looked at for what misses fewest conditions
const MOST_OF_REGION = 50;

/**
 * What a station lacks of a condition, in the service's words.
 * @param {Kept} data
 * @param {string} drop
 * @param {import('./nearest.js').Pair} condition
 * @param {import('./entering.js').Entering} entering
 * @param {import('./nearest.js').Station} station
 */
function lackOf(data, drop, condition, entering, { access, entry }) {
  if (drop === 'open') return t('到时不开，或不知道开不开', 'not open on arrival, or not known to be');
  if (drop === 'what') return t(`不是“${condition.zh}”`, `not of the kind “${condition.en}”`);
  if (drop !== 'enter' && drop !== 'surely') return t(`没有或不知道有没有“${condition.zh}”`, `without, or not known to have, “${condition.en}”`);
  const unknown = { zh: '未知', en: 'unknown' };
  const parts = [];
  if (admits({ who: askerOf(entering), without: [], surely: false }, access, undefined) !== true) {
    const known = access ? data.access[access] : unknown;
    parts.push(t(`对象：${known.zh}`, `for: ${known.en}`));
  }
  if (admits({ ...entering, who: '', surely: false }, undefined, entry) !== true) {
    const known = entry ? data.entries[entry] : unknown;
    parts.push(t(`进门：${known.zh}`, `way in: ${known.en}`));
  }
  return parts.join(t('；', '; '));
}

/**
 * A question's conditions in words, by what the finder's script knows them by.
 * @param {Kept} data
 * @param {Question} question
 * @returns {Record<string, import('./nearest.js').Pair>}
 */
function conditionsOf(data, { amenities, what, openOnArrival, entering = ANYBODY }) {
  /** @type {Record<string, import('./nearest.js').Pair>} */
  const found = {};
  if (openOnArrival) found.open = { zh: '到时开放', en: 'Open on arrival' };
  data.amenities.forEach((one) => { if (amenities.indexOf(one.code) >= 0) found[one.code] = one; });
  const [family, kind] = what.split(':');
  const named_ = data.kinds.filter((one) => one.code === kind)[0] || data.families[family];
  if (what && named_) found.what = named_;
  if (isAsked(entering)) {
    const words = enteringText(byId('finder-form', HTMLFormElement));
    found.enter = { zh: `我能进：${words}`, en: `I may enter: ${words}` };
    if (entering.surely && isAsked({ ...entering, surely: false })) found.surely = { zh: '只看确知能进的', en: 'Only where it is known' };
  }
  return found;
}

/**
 * @param {Question} question
 * @param {string[]} drops
 * @returns {Question} without some of its conditions
 */
function without(question, drops) {
  const { amenities, what, openOnArrival, entering = ANYBODY } = question;
  const has = (/** @type {string} */ name) => drops.indexOf(name) >= 0;
  return {
    ...question,
    amenities: amenities.filter((one) => !has(one)),
    what: has('what') ? '' : what,
    openOnArrival: openOnArrival && !has('open'),
    entering: has('enter') ? ANYBODY : { ...entering, surely: entering.surely && !has('surely') },
  };
}

/**
 * Whether a condition keeps a station out; of who may enter, the least that has to go.
 * @param {Question} question
 * @param {string} drop
 * @param {import('./nearest.js').Item} item
 */
function lacks({ what, entering = ANYBODY }, drop, item) {
  const { station } = item;
  if (drop === 'open') return !isOpenThen(item);
  const [family, kind] = what.split(':');
  if (drop === 'what') return kind ? station.kind !== kind : station.family !== family;
  if (drop !== 'enter' && drop !== 'surely') return station.amenities.indexOf(drop) < 0;
  const unsure = { ...entering, surely: false };
  const isEnough = isAsked(unsure) && accepts(unsure, station.access, station.entry);
  return !accepts(entering, station.access, station.entry) && isEnough === (drop === 'surely');
}

/**
 * What stands in the way where nothing fits, or nothing near: each condition that alone does, with the nearest
 * without it and a button that leaves it out; where none is enough, what is near and misses fewest.
 * @param {Kept} data
 * @param {Question} asked
 * @param {{ own: { lon: number, lat: number } | null, accuracy_m: number, isBeyond: boolean, noneOpen: boolean }} from
 * @returns {{ rows: HTMLElement[], words: string }}
 */
export function missesOf(data, asked, { own, accuracy_m, isBeyond, noneOpen }) {
  const { region, isFrom, entering = ANYBODY } = asked;
  // Where nothing fits at all it does not matter whether it is open: the sentences say it.
  const question = { ...asked, openOnArrival: isBeyond && asked.openOnArrival && !noneOpen };
  const conditions = conditionsOf(data, question);
  /** @param {string[]} drops @returns {Miss[]} */
  const missing = (drops) => {
    const wider = { ...without(question, drops), k: 1 };
    const item = (region === undefined ? nearest(data, wider) : listRegion(data, wider, own).items)[0];
    return item ? [{ drops, item }] : [];
  };
  const alone = Object.keys(conditions).map((drop) => missing([drop])).reduce((all, one) => all.concat(one), []);
  const close = region === undefined ? alone.filter(({ item }) => !item.noWay && isWalk(data, item.walk_m)) : alone;
  let found = close;
  if (!close.length) {
    const anything = { ...question, k: region === undefined ? MOST_NEAR : MOST_OF_REGION, what: '', amenities: [], entering: ANYBODY, openOnArrival: false };
    const near = region === undefined ? nearest(data, anything).filter((item) => !item.noWay && isWalk(data, item.walk_m)) : listRegion(data, anything, own).items;
    const fewest = near
      .map((item) => Object.keys(conditions).filter((drop) => lacks(question, drop, item)))
      .reduce((/** @type {string[] | null} */ best, drops) => (best && best.length <= drops.length ? best : drops), null);
    found = fewest && fewest.length > 1 ? missing(fewest) : [];
    if (!found.length && !isBeyond) found = alone;
  }
  const rows = found.map(({ drops, item }) => {
    const name = (language() === 'en' && item.station.name_en) || item.station.name;
    const far = isFrom === false ? '' : ` · ${farWords(data, item, accuracy_m + (item.station.off_m || 0))}`;
    const names = drops.map((drop) => `“${pick(conditions[drop])}”`).join(t('、', ', '));
    const why = drops.map((drop) => lackOf(data, drop, conditions[drop], entering, item.station)).join(t('；', '; '));
    return made('li', {},
      made('p', {}, made('strong', {}, name), far, made('br', {}), made('span', { class: 'soft' }, why)),
      made('button', { class: 'button', type: 'button', 'data-drop': drops.join(' ') }, t(`去掉${names}再找`, `Search without ${names}`)));
  });
  const number = found.length ? found[0].drops.length : 0;
  return {
    rows,
    words: number > 1 ? t(`去掉任何一个条件都还不够。附近最接近的一处差 ${number} 个条件：`, `Leaving out any one condition is not enough. The closest to it near here misses ${number}:`)
      : t('只差一个条件的最近一处：', 'The nearest that misses only one condition:'),
  };
}
