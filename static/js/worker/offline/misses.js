// What stands in the way where nothing that is kept fits, in the service's words (web/pages/near_misses.py).

import { byId, language } from '../../lib/page.js';
import { ANYBODY, enteringText } from '../enter.js';
import { made, pick, t, walkText } from './cards.js';
import { admits, askerOf, isAsked } from './entering.js';
import { listRegion, nearest } from './nearest.js';

/** @typedef {import('./nearest.js').Kept} Kept */

/**
 * What a station lacks of a condition, in the service's words.
 * @param {Kept} data
 * @param {string} drop
 * @param {import('./nearest.js').Pair} condition
 * @param {import('./entering.js').Entering} entering
 * @param {import('./nearest.js').Station} station
 */
function lackOf(data, drop, condition, entering, { access, entry }) {
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
 * The conditions that alone stand in the way, each with the nearest without it and a button that leaves it out.
 * @param {Kept} data
 * @param {import('./nearest.js').Question} question
 * @param {{ own: { lon: number, lat: number } | null, accuracy_m: number }} from
 */
export function missesOf(data, question, { own, accuracy_m }) {
  const { amenities, what, region, isFrom, entering = ANYBODY } = question;
  /** @type {[string, import('./nearest.js').Pair, Partial<import('./nearest.js').Question>][]} */
  const tries = data.amenities.filter((one) => amenities.indexOf(one.code) >= 0)
    .map((one) => [one.code, one, { amenities: amenities.filter((code) => code !== one.code) }]);
  const [family, kind] = what.split(':');
  const named_ = data.kinds.filter((one) => one.code === kind)[0] || data.families[family];
  if (what && named_) tries.push(['what', named_, { what: '' }]);
  if (isAsked(entering)) {
    const words = enteringText(byId('finder-form', HTMLFormElement));
    tries.push(['enter', { zh: `我能进：${words}`, en: `I may enter: ${words}` }, { entering: ANYBODY }]);
    const unsure = { ...entering, surely: false };
    if (entering.surely && isAsked(unsure)) tries.push(['surely', { zh: '只看确知能进的', en: 'Only where it is known' }, { entering: unsure }]);
  }
  /** @type {HTMLElement[]} */
  const rows = [];
  tries.forEach(([drop, condition, wider]) => {
    const asked = { ...question, ...wider, k: 1, openOnArrival: false };
    const item = (region === undefined ? nearest(data, asked) : listRegion(data, asked, own).items)[0];
    if (!item) return;
    const name = (language() === 'en' && item.station.name_en) || item.station.name;
    const far = isFrom === false ? '' : ` · ${pick(walkText(data, item.walk_m, accuracy_m + (item.station.off_m || 0)))}`;
    rows.push(made('li', {},
      made('p', {}, made('strong', {}, name), far, made('br', {}), made('span', { class: 'soft' }, lackOf(data, drop, condition, entering, item.station))),
      made('button', { class: 'button', type: 'button', 'data-drop': drop }, t(`去掉“${pick(condition)}”再找`, `Search without “${pick(condition)}”`))));
  });
  return rows;
}
