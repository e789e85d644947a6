// Stations on the way without a network, from what the worker (sw.js) has kept on this device: in the shape and
// the words of templates/worker/along_results.html. Nothing is sent.

import { byId } from '../../lib/page.js';
import { ANYBODY, enteringText } from '../enter.js';
import { callOf, copyOf, entryRow, factsOf, icon, made, metresText, minutesText, moreOf, nameOf, nameRow, notice, pick, starOf, stateRow, t, warningsOf } from '../offline/cards.js';
import { isAsked } from '../offline/entering.js';
import { clockUp, said } from '../offline/hours.js';
import { keepHere } from '../offline/keeping.js';
import { goneBy } from '../offline/nearest.js';
import { read, readAnew } from '../offline/reading.js';
import { isAnsweredHere, told } from '../offline/told.js';
import { lines_m, onTheWay, overSea } from '../offline/way.js';
import { whereText } from '../offline/where.js';
import { foundByWords } from '../offline/words.js';
import { positionIn } from './positions.js';
import { letterOf } from './stops.js';

/** @typedef {import('../offline/nearest.js').Kept} Kept */
/** @typedef {import('../offline/way.js').Spot} Spot */
/** @typedef {{ words: string, name: string, spot: Spot | null, isOffRange?: boolean, isRough?: boolean }} Stop `isRough` where only the place was recognised that the words begin with */
/** @typedef {{ stops: string[], by: string, isLine: boolean, moreMinutes: number, open: boolean, amenities: string[], entering: import('../offline/entering.js').Entering }} Asked */
/** @typedef {{ answer: (asked: Asked) => Promise<HTMLElement | null>, told: (isOffline: boolean) => Promise<void> }} OnTheWay */

const SHOWN = 10;
const ON_THE_WAY_S = 30;
const SAME_PLACE_M = 2;
const form = byId('along-form', HTMLFormElement);
const mostLeg_m = Number(form.dataset.mostLeg), mostRoute_m = Number(form.dataset.mostRoute);
const { root = '/' } = byId('offline').dataset;
/** @type {number[]} what may be allowed */
const MINUTES = Array.from(/** @type {HTMLSelectElement} */ (form.elements.namedItem('more_minutes')).options).map((one) => Number(one.value));
const STANDS = ['facility', 'region', 'landmark'];

/**
 * A stop as somebody wrote it: a position, or the best of what is kept that its words find.
 * @param {Kept} kept
 * @param {string} words
 * @returns {Stop}
 */
function stopOf(kept, words) {
  const position = positionIn(words);
  if (position) return { words, name: position.name, spot: position.place, isOffRange: !position.place };
  const { hits, isRough } = foundByWords(kept, words);
  const hit = hits.filter((one) => STANDS.indexOf(one.kind) >= 0)[0];
  if (!hit) return { words, name: words, spot: null };
  /** @type {{ code: string, lon: number, lat: number }[]} */
  const known = hit.kind === 'facility' ? kept.stations : kept.places;
  const { lon, lat } = known.filter((one) => one.code === hit.value)[0];
  return { words, name: hit.name, spot: { lon, lat }, isRough };
}

/** @param {Stop} stop that stands nowhere */
function unknownOf({ words, isOffRange }) {
  return notice('warn', 'notice warn', isOffRange ? t(
    `“${words}”不是一个位置：先经度（-180 至 180），后纬度（-90 至 90）。`,
    `“${words}” is no position: longitude first (-180 to 180), then latitude (-90 to 90).`,
  ) : t(
    `存在这台设备上的站点和地方里没有“${words}”；街道和门牌要有网络才能找。换个写法，或在地图上点它的位置。`,
    `“${words}” is none of the stations and places kept on this device; streets and house numbers need a network. Write it otherwise, or tap its place on the map.`,
  ));
}

/** @param {number[]} legs_m the straight lines @returns {string | null} */
function tooFarText(legs_m) {
  const far = legs_m.indexOf(Math.max(...legs_m));
  const pair = [letterOf(far), letterOf(far + 1)];
  const whole_m = legs_m.reduce((sum, one) => sum + one, 0);
  const line = metresText(legs_m[far] > mostLeg_m ? legs_m[far] : whole_m), most = metresText(legs_m[far] > mostLeg_m ? mostLeg_m : mostRoute_m);
  if (legs_m[far] > mostLeg_m) {
    return t(`从 ${pair[0]} 到 ${pair[1]} 直线 ${line.zh}，相邻两处最多 ${most.zh}。在中间加一处，或分开找。`,
      `${pair[0]} to ${pair[1]} is ${line.en} in a line; ${most.en} at most from one stop to the next. Add a stop between, or search them apart.`);
  }
  return whole_m > mostRoute_m ? t(`全程直线相加 ${line.zh}，最多 ${most.zh}。分成几段来找。`,
    `The lines are ${line.en} in all; ${most.en} at most. Search it in parts.`) : null;
}

/**
 * Which stops lie outside the area of the service, each sentence once.
 * @param {Kept} kept
 * @param {Spot[]} spots
 */
function oddOf(kept, spots) {
  /** @type {Map<string, string[]>} */
  const letters = new Map();
  spots.forEach((spot, index) => {
    const where = whereText(kept, spot);
    if (where) letters.set(where, [...(letters.get(where) || []), letterOf(index)]);
  });
  return Array.from(letters.entries()).map(([where, some]) => notice('warn', 'notice warn', `${some.join(t('、', ', '))}${t('：', ': ')}${where}`));
}

/**
 * @param {number[]} legs_m the straight lines
 * @param {boolean} isLine
 */
function sameOf(legs_m, isLine) {
  const last = letterOf(legs_m.length);
  if (legs_m.every((one) => one < SAME_PLACE_M)) {
    return [t(`A 到 ${last} 是同一个地方：下面算的是从那里去一趟再回来。`, `A to ${last} are the same place: what follows is there and back from it.`)];
  }
  return isLine ? [] : legs_m.map((one, leg) => (one < SAME_PLACE_M ? t(
    `${letterOf(leg)} 和 ${letterOf(leg + 1)} 是同一个地方。`, `${letterOf(leg)} and ${letterOf(leg + 1)} are the same place.`,
  ) : '')).filter(Boolean);
}

/**
 * Between which stops the sea is, in the service's words (geoapp/operations/along/said.py).
 * @param {boolean[]} wet
 * @param {boolean} isLine which is one leg
 */
function overSeaOf(wet, isLine) {
  return (isLine ? [wet.some(Boolean)] : wet).map((one, leg) => {
    const from = letterOf(leg), to = letterOf(isLine ? wet.length : leg + 1);
    return one ? notice('warn', 'notice warn', t(`从 ${from} 到 ${to} 要过海，走不到，这一段没有算顺路站点`,
      `The sea lies between ${from} and ${to}: no way is reckoned and no stations are told for it`)) : '';
  }).filter(Boolean);
}

/**
 * @param {Kept} kept
 * @param {Stop[]} stops
 * @param {Spot[]} spots theirs
 * @param {number[]} legs_m
 * @param {boolean} isLine
 * @param {boolean[]} wet which legs the sea is in the way of
 */
function routeOf(kept, stops, spots, legs_m, isLine, wet) {
  const ends = spots.map(({ lon, lat }) => [lon, lat]);
  const lines = isLine ? [wet.some(Boolean) ? null : ends] : ends.slice(1).map((end, leg) => (wet[leg] ? null : [ends[leg], end]));
  const straight_m = legs_m.reduce((sum, one) => sum + one, 0);
  const way_m = isLine ? straight_m : straight_m * kept.detour_factor;
  const isRide = kept.walk_m_per_s !== undefined;
  const how = isRide ? t('估算（直线×绕行系数，电动车速度）', 'estimate (straight line x detour factor, at the speed of an e-bike)')
    : t('估算（直线×绕行系数）', 'estimate (straight line x detour factor)');
  const names = stops.map(({ name }, index) => [index ? ' → ' : '', made('strong', {}, letterOf(index)), ` ${name}`]).reduce((all, one) => all.concat(one), []);
  const goes = legs_m.some((one) => one >= SAME_PLACE_M) && !wet.some(Boolean);
  return made('p', { id: 'route', class: 'route', 'data-drawn': JSON.stringify({ stops: ends, lines }) }, ...names,
    ...(goes ? [made('br', {}), made('span', { class: 'soft small' }, t('不去站点：', 'Without a station: '), `${minutesText(way_m / kept.speed_m_per_s)} · ${pick(metresText(way_m))} · ${how}`)] : []));
}

/**
 * @param {Kept} kept
 * @param {import('../offline/way.js').Item} item
 */
function addedText(kept, { added_m }) {
  const added_s = added_m / kept.speed_m_per_s;
  if (added_s < ON_THE_WAY_S) return t('就在路上', 'right on the way');
  const far = metresText(added_m), minutes = minutesText(Math.max(60, added_s));
  return t(`${kept.walk_m_per_s !== undefined ? '多骑' : '多走'} ${minutes}（${far.zh}）`, `${minutes} more (${far.en})`);
}

/**
 * @param {Kept} kept
 * @param {import('../offline/way.js').Item} item
 * @param {number} number
 * @param {number} now_ms
 * @param {import('../offline/entering.js').Entering} entering
 */
function cardOf(kept, item, number, now_ms, entering) {
  const { station, after, along_m, travel_s } = item;
  const { zone } = kept.schedules[station.schedule];
  const name = nameOf(station);
  const along = metresText(along_m);
  const where = after ? t(`${letterOf(after - 1)}、${letterOf(after)} 之间`, `between ${letterOf(after - 1)} and ${letterOf(after)}`)
    : t(`沿线 ${along.zh} 处`, `${along.en} along the line`);
  const words = said(kept, kept.schedules[station.schedule], item.opening, item.arrival, now_ms, travel_s);
  const there = item.arrival && clockUp(kept, zone, item.arrival.there);
  return made('li', { class: 'found', 'data-lon': String(station.lon), 'data-lat': String(station.lat), 'data-state': words.state, 'data-name': name, 'data-code': station.code },
    made('div', { class: 'found-head' },
      nameRow(number, station, words.state),
      made('div', { class: 'found-main' },
        made('p', { class: 'found-walk' }, icon('navigate'), made('span', {}, made('strong', {}, addedText(kept, item)), made('span', { class: 'soft' }, ` · ${where}${t('（估算）', ' (est.)')}`))),
        stateRow(words, there ? t(`约 ${there} 到：`, `There at about ${there}: `) : ''),
        entryRow(kept, station, entering)),
      ...warningsOf(station)),
    moreOf(station, made('div', { class: 'found-actions' },
      callOf(station),
      starOf(station),
      made('details', { class: 'facts' },
        made('summary', { class: 'button' }, t('详情', 'Details'), made('span', { class: 'for-reader' }, ` ${name}`)),
        factsOf(kept, station), copyOf(station),
        made('p', { class: 'soft small' }, t('导航和站点页面要有网络。', 'Directions and the station’s page need a network.'))),
      // In a tab of its own: the stops are kept nowhere, and would be gone on the way back.
      made('a', { class: 'button', href: `${root}?station=${encodeURIComponent(station.code)}`, target: '_blank', rel: 'noopener' }, t('看存着的这一站', 'As it is kept'), made('span', { class: 'for-reader' }, ` ${name}`)))));
}

/**
 * What stands in the way where nothing fits, in the service's words (web/pages/along_misses.py).
 * @param {Kept} kept
 * @param {import('../offline/way.js').Question} question
 */
function missesOf(kept, question) {
  const { amenities, entering = ANYBODY, openOnArrival, moreMinutes } = question;
  const drop = (/** @type {string} */ zh, /** @type {string} */ en) => t(`去掉“${zh}”再找`, `Search without “${en}”`);
  /** @type {[string, string, Partial<import('../offline/way.js').Question>][]} */
  const tries = openOnArrival ? [['open', drop('到时开放', 'Open on arrival'), { openOnArrival: false }]] : [];
  kept.amenities.filter((one) => amenities.indexOf(one.code) >= 0)
    .forEach((one) => tries.push([one.code, drop(one.zh, one.en), { amenities: amenities.filter((code) => code !== one.code) }]));
  const unsure = { ...entering, surely: false };
  if (isAsked(entering)) {
    const words = enteringText(form);
    tries.push(['enter', drop(`我能进：${words}`, `I may enter: ${words}`), { entering: ANYBODY }]);
  }
  if (entering.surely && isAsked(unsure)) tries.push(['surely', drop('只看确知能进的', 'Only where it is known'), { entering: unsure }]);
  const first = (/** @type {Partial<import('../offline/way.js').Question>} */ wider) => onTheWay(kept, { ...question, ...wider, k: 1 })[0];
  const longer = MINUTES.filter((one) => one > moreMinutes && first({ moreMinutes: one }))[0];
  if (longer) tries.push([String(longer), t(`多花到 ${longer} 分钟再找`, `Search with up to ${longer} minutes more`), { moreMinutes: longer }]);
  return tries.map(([code, again, wider]) => {
    const item = first(wider);
    if (!item) return null;
    const words = said(kept, kept.schedules[item.station.schedule], item.opening, item.arrival, question.at_ms, item.travel_s);
    return made('li', {},
      made('p', {}, made('strong', {}, nameOf(item.station)), made('br', {}), `${addedText(kept, item)} · `,
        made('span', { class: 'soft' }, pick(words.text), words.note ? ` · ${pick(words.note)}` : '')),
      made('button', { class: 'button', type: 'button', 'data-drop': code }, again));
  }).filter((one) => one !== null);
}

/**
 * @param {Kept} kept
 * @param {import('../offline/way.js').Question} question that nothing fits
 */
function emptyOf(kept, question) {
  const { moreMinutes: minutes, openOnArrival: isOpen, stops } = question;
  const outside = stops.map((spot) => Boolean(whereText(kept, spot)));
  const misses = outside.every(Boolean) ? [] : missesOf(kept, question);
  // Where each leg has an end outside, and no condition stands in the way, that is why nothing is on it.
  if (!misses.length && outside.slice(1).every((one, leg) => one || outside[leg])) return null;
  return made('div', { class: 'empty' }, icon('search'),
    made('h2', {}, isOpen ? t(`没有多花 ${minutes} 分钟以内、确知到时开放的站点`, `No station that is known to be open on arrival adds ${minutes} minutes or less`)
      : t(`没有多花 ${minutes} 分钟以内的站点`, `No station adds ${minutes} minutes or less`)),
    ...(misses.length ? [
      made('p', { class: 'soft' }, t('存在这台设备上的站点里没有。只差一个条件的：', 'None of those kept on this device. Missing one condition alone:')),
      made('ul', { class: 'misses' }, ...misses),
    ] : [made('p', { class: 'soft' }, t('存在这台设备上的站点里没有。试着去掉几个条件，或换一条路。', 'None of those kept on this device. Try with several conditions fewer, or another way.'))]));
}

/**
 * @param {Kept} kept
 * @param {Asked} asked
 * @param {number} now_ms
 */
function pageOf(kept, { stops: written, isLine, moreMinutes, open, amenities, entering }, now_ms) {
  const stops = written.map((words) => stopOf(kept, words.trim()));
  const lost = stops.filter((one) => !one.spot);
  if (lost.length) return made('div', {}, ...lost.map(unknownOf));
  const spots = stops.map((one) => /** @type {Spot} */ (one.spot));
  const legs_m = lines_m(spots);
  const tooFar = tooFarText(legs_m);
  if (tooFar) return made('div', {}, ...oddOf(kept, spots), notice('warn', 'notice warn', tooFar));
  const wet = overSea(kept, spots, isLine);
  const question = { stops: spots, isLine, k: SHOWN, at_ms: now_ms, moreMinutes, amenities, entering, openOnArrival: open };
  const items = onTheWay(kept, question);
  const rough = stops.filter((one) => one.isRough).map(({ words, name }) => notice('warn', 'notice warn', t(
    `“${words}”只认出了“${name}”：街道和门牌要有网络才能找。`, `Of “${words}” only ${name} was recognised: streets and house numbers need a network.`,
  )));
  return made('div', {}, routeOf(kept, stops, spots, legs_m, isLine, wet), ...rough, ...oddOf(kept, spots),
    ...sameOf(legs_m, isLine).map((words) => notice('info', 'notice', words)), ...overSeaOf(wet, isLine),
    items.length ? made('ol', { class: 'cards' }, ...items.map((item, index) => cardOf(kept, item, index + 1, now_ms, entering)))
      : emptyOf(kept, question));
}

/** @type {OnTheWay} */
const api = {
  told,
  async answer(asked) {
    const found = await read();
    return found && pageOf(goneBy(found.kept, asked.by), asked, Date.now());
  },
};

async function start() {
  const ask = await keepHere(async () => {
    readAnew();
    if (!(await read())) return;
    if (!isAnsweredHere()) await told(false);
    document.body.dataset.offline = 'ready';
  });
  if (ask) ask();
}

start().catch(() => undefined); // where it is not allowed, the page is as it is without
document.dispatchEvent(new CustomEvent('geoapp-offline', { detail: api }));
