// What of the kept stations and places words find, as the service's search does. Nothing is sent.

import { byId, language } from '../../lib/page.js';
import { namesOf, placeFirst, withoutAbove } from './address.js';
import { pick, t } from './cards.js';
import { folded, nameable, named, offered, simplified, soughtThere, wishesIn, withoutQuestion } from './nearest.js';

/** @typedef {import('./nearest.js').Kept} Kept */
/** @typedef {{ kind: string, value: string, name: string, href: string, context: string, sample: boolean, place?: { value: string, name: string } }} Hit */

const MOST_HITS = 8;
const MOST_OF_A_NAME = 3;
const { root = '/' } = byId('offline').dataset;

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
  const offers = offered([...data.kinds, ...data.amenities], words);
  const among = (/** @type {import('./nearest.js').Word[]} */ things) => things.filter((one) => offers.indexOf(one) >= 0);
  const few = [
    ...atOnce,
    ...hitsThere(data, words),
    ...named(among(data.kinds), words, 2).map((one) => shown('kind', one, `${one.family}:${one.code}`)),
    ...named(among(data.amenities), words, 3).map((one) => shown('amenity', one)),
    ...named(data.places, words, 3).map((one) => shown(one.code.indexOf(':') < 0 ? 'region' : 'landmark', one)),
  ];
  const others = named(nameable(places, data.amenities, words), words, MOST_HITS).map((one) => ({
    kind: 'facility', value: one.code, name: (language() === 'en' && one.name_en) || one.name, href: root, context: one.address || '', sample: Boolean(one.sample),
  }));
  return [...few, ...others].slice(0, MOST_HITS);
}

/**
 * @param {Kept} data
 * @param {string} words in simplified characters
 * @returns {{ hits: Hit[], meant: string | null, isRough?: boolean }} `isRough` where only the place was recognised that the words begin with
 */
function foundBy(data, words) {
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
    return { hits: [{ kind, value: place.code, name: pick(place), href: root, context, sample: false }], meant: null, isRough: true };
  }
  return { hits, meant: null };
}

/**
 * @param {Kept} data
 * @param {string} words
 */
export function foundByWords(data, words) {
  const plain = simplified(data, words);
  const first = foundBy(data, plain);
  return first.hits.length || plain === words ? first : foundBy(data, words);
}
