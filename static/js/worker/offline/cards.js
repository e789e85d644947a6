// The answer of the kept stations, in the shape and the words of templates/worker/results.html.

import { language, spokenIn } from '../../lib/page.js';
import { admits, isAsked } from './entering.js';
import { said } from './hours.js';
import { isAfar, isWalk } from './nearest.js';

/** @typedef {import('./hours.js').Pair} Pair */
/** @typedef {import('./nearest.js').Kept} Kept */
/** @typedef {import('./nearest.js').Item} Item */
/** @typedef {import('./nearest.js').Station} Station */

const VAGUE_S = 3600; // off by so much, minutes of a walk say nothing
const MOST_OLD_MS = 365 * 86400000;
const KEY_AMENITIES = ['drinking_water', 'microwave', 'phone_charging', 'toilet', 'air_conditioning', 'seating', 'first_aid'];

/**
 * @param {string} zh
 * @param {string} en
 */
export function t(zh, en) {
  return language() === 'en' ? en : zh;
}

/** @param {Pair} pair */
export function pick(pair) {
  return t(pair.zh, pair.en);
}

/**
 * @param {string} tag
 * @param {Record<string, string>} attributes
 * @param {...(Node | string | null)} inside
 */
export function made(tag, attributes, ...inside) {
  const element = document.createElement(tag);
  Object.keys(attributes).forEach((name) => element.setAttribute(name, attributes[name]));
  inside.forEach((one) => {
    if (one !== null) element.appendChild(typeof one === 'string' ? document.createTextNode(one) : one);
    if (typeof one === 'string' && spokenIn(one) && inside.length === 1) element.lang = spokenIn(one);
  });
  return element;
}

/** @param {string} name */
export function icon(name) {
  const some = document.querySelector('.icon use');
  const sprite = ((some && some.getAttribute('href')) || '').split('#')[0];
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
  use.setAttribute('href', `${sprite}#${name}`);
  svg.appendChild(use);
  return svg;
}

/**
 * A length as the service writes it: 347 m, 1.2 km.
 * @param {number} metres
 * @returns {Pair}
 */
export function metresText(metres) {
  if (Math.round(metres) < 1000) return { zh: `${Math.round(metres)} 米`, en: `${Math.round(metres)} m` };
  const km = metres / 1000;
  const shown = (metres < 100000 ? km.toFixed(1).replace(/\.0$/, '') : km.toFixed(0)).replace(/\B(?=(\d{3})+$)/g, ',');
  return { zh: `${shown} 公里`, en: `${shown} km` };
}

/**
 * A length that may be off, as the service writes it: from the least to the most, and no finer.
 * @param {number} metres
 * @param {number} off_m
 * @returns {Pair}
 */
export function aboutText(metres, off_m) {
  const power = 10 ** Math.floor(Math.log10(Math.max(off_m, 1)));
  const step = 5 * power <= off_m ? 5 * power : power;
  const least = Math.max(0, Math.floor((metres - off_m) / step) * step);
  const far = metresText(Math.ceil((metres + off_m) / step) * step), near = metresText(least);
  if (!least) return { zh: `${far.zh}之内`, en: `within ${far.en}` };
  const isSame = near.zh.split(' ')[1] === far.zh.split(' ')[1];
  const from = (/** @type {string} */ text) => (isSame ? text.split(' ')[0] : text);
  return { zh: `${from(near.zh)}–${far.zh}`, en: `${from(near.en)}–${far.en}` };
}

/**
 * How long a walk is from a position that may be off by so much, and no finer.
 * @param {Kept} kept
 * @param {number} walk_m
 * @param {number} off_m
 */
export function walkText(kept, walk_m, off_m) {
  const walk_off_m = off_m * kept.detour_factor;
  return walk_off_m / (kept.walk_m_per_s || kept.speed_m_per_s) > 60 ? aboutText(walk_m, walk_off_m) : metresText(walk_m);
}

/**
 * How long the walk to a station is, or the line to one afar; no finer than the position is known.
 * @param {Kept} kept
 * @param {Item} item
 * @param {number} off_m
 */
export function farText(kept, item, off_m) {
  if (!isAfar(item)) return walkText(kept, item.walk_m, off_m);
  const isVague = off_m * kept.detour_factor > 60 * (kept.walk_m_per_s || kept.speed_m_per_s);
  return isVague ? aboutText(item.distance_m, off_m) : metresText(item.distance_m);
}

/**
 * The same, with whether it is the line.
 * @param {Kept} kept
 * @param {Item} item
 * @param {number} off_m
 */
export function farWords(kept, item, off_m) {
  const far = farText(kept, item, off_m);
  return isAfar(item) ? t(`直线 ${far.zh}`, `${far.en} in a straight line`) : pick(far);
}

/** @param {Item} item */
function noWayText({ noWay }) {
  return noWay === 'here' ? t('您在海上，没有去那里的路', 'no way there from the sea') : t('中间隔着海，不知道怎么过去', 'the sea is between, no known way there');
}

/** @type {Pair[]} */
const WINDS = [
  { zh: '往北', en: 'to the north' }, { zh: '往东北', en: 'to the north-east' }, { zh: '往东', en: 'to the east' }, { zh: '往东南', en: 'to the south-east' },
  { zh: '往南', en: 'to the south' }, { zh: '往西南', en: 'to the south-west' }, { zh: '往西', en: 'to the west' }, { zh: '往西北', en: 'to the north-west' },
];

/**
 * Where to turn, as there are no directions without a network.
 * @param {{ lon: number, lat: number }} from
 * @param {{ lon: number, lat: number }} to
 * @returns {Pair}
 */
export function windText(from, to) {
  const east = (to.lon - from.lon) * Math.cos((from.lat * Math.PI) / 180);
  return WINDS[(Math.round(Math.atan2(east, to.lat - from.lat) / (Math.PI / 4)) + 8) % 8];
}

/** @param {number} seconds of a walk: whole minutes, rounded up */
export function minutesText(seconds) {
  const minutes = Math.max(1, Math.ceil(Math.round((seconds / 60) * 1e6) / 1e6));
  const hours = Math.floor(minutes / 60), rest = minutes % 60;
  if (!hours) return t(`${minutes} 分钟`, `${minutes} min`);
  return rest ? t(`${hours} 小时 ${rest} 分钟`, `${hours} h ${rest} min`) : t(`${hours} 小时`, `${hours} h`);
}

/**
 * @param {string} name of the icon
 * @param {string} className
 * @param {...(Node | string | null)} inside
 */
export function notice(name, className, ...inside) {
  return made('p', { class: className }, icon(name), made('span', {}, ...inside));
}

/** @param {import('./nearest.js').Station} station */
export function nameOf(station) {
  return (language() === 'en' && station.name_en) || station.name;
}

/**
 * @param {string} zh
 * @param {string} en
 */
function unsure(zh, en) {
  return made('span', { class: 'unsure' }, t(zh, en));
}

/**
 * How one gets in and for whom it is; and whether somebody may, where that was asked.
 * @param {Kept} kept
 * @param {Station} station
 * @param {import('./entering.js').Entering} [entering]
 */
export function entryRow(kept, station, entering) {
  const entry = station.entry ? pick(kept.entries[station.entry]) : unsure('怎么进门：未知', 'How to get in: unknown');
  const access = station.access ? `${t('对象：', 'For: ')}${pick(kept.access[station.access])}` : unsure('开放对象：未知', 'For whom: unknown');
  const may = entering && isAsked(entering) ? [
    admits(entering, station.access, station.entry) ? made('span', { class: 'may-enter' }, t('您能进', 'You may enter')) : unsure('能不能进：未知', 'Whether you may enter: unknown'),
    made('span', { class: 'soft' }, ' · '),
  ] : [];
  return made('p', { class: 'found-entry' }, icon('door'), made('span', {}, ...may, entry, made('span', { class: 'soft' }, ' · '), access, ...(station.sample ? [' ', made('span', { class: 'tag' }, t('示例', 'Sample'))] : [])));
}

/**
 * @param {import('./hours.js').Said} words
 * @param {string} [before] what stands before them
 */
export function stateRow(words, before = '') {
  return made('p', { class: `found-state ${words.state}` }, icon({ open: 'yes', shut: 'no', unknown: 'unknown' }[words.state]),
    made('span', {}, before, made('strong', {}, pick(words.text)), words.note ? made('span', { class: words.note.when ? 'note when' : 'note' }, ` · ${pick(words.note)}`) : null));
}

/**
 * That a position is rough, and that a place is doubtful.
 * @param {Station} station
 */
export function warningsOf(station) {
  return [
    station.off_m ? notice('warn', 'notice warn', t(`位置只是大概，可能差 ${metresText(station.off_m).zh}：请按地址找，或先打电话`,
      `Rough position, may be ${metresText(station.off_m).en} off: go by the address, or call first`)) : null,
    station.doubt ? notice('warn', 'notice warn', pick(station.doubt)) : null,
  ];
}

/**
 * @param {number} number
 * @param {Station} station
 * @param {string} state
 */
export function nameRow(number, station, state) {
  return made('h2', { class: 'found-name' },
    made('button', { class: 'found-pick', type: 'button' }, made('span', { class: `badge ${state}` }, String(number)), made('span', {}, nameOf(station))));
}

/**
 * What unfolds below a card's head.
 * @param {Station} station
 * @param {...(Node | null)} inside
 */
export function moreOf(station, ...inside) {
  return made('details', { class: 'found-more' },
    made('summary', { class: 'button' }, icon('down'), made('span', { class: 'for-reader' }, t('更多：', 'More: '), nameOf(station))),
    made('div', { class: 'found-rest' }, ...inside));
}

/**
 * The star that saves a station, as on a card of the service: it stays on this device and needs no network.
 * @param {Station} station
 */
export function starOf(station) {
  const template = /** @type {HTMLTemplateElement} */ (document.getElementById('kept-star'));
  const star = /** @type {HTMLElement} */ (document.importNode(/** @type {Element} */ (template.content.firstElementChild), true));
  const { code } = station, name = nameOf(station);
  Object.assign(star.dataset, { star: code, name, href: (star.dataset.href || '').replace(/-$/, encodeURIComponent(code)) });
  if (star.lastElementChild) star.lastElementChild.textContent += name;
  return star;
}

/**
 * What is known of a station.
 * @param {Kept} kept
 * @param {Station} station
 * @param {string} [far] how far it is, where somebody sets out
 */
export function factsOf(kept, station, far = '') {
  const kind = kept.kinds.filter((one) => one.code === station.kind)[0];
  const { hours } = kept.schedules[station.schedule];
  const facts = made('dl', {});
  const fact = (/** @type {string} */ what, /** @type {string} */ told) => {
    facts.appendChild(made('dt', {}, what));
    facts.appendChild(made('dd', {}, told));
  };
  fact(t('类型', 'Kind'), kind ? pick(kind) : station.kind);
  if (station.place) fact(t('停靠处', 'Stands at'), pick(station.place));
  fact(t('地址', 'Address'), station.address || t('未知', 'unknown'));
  fact(t('开放时间', 'Hours'), hours ? pick(hours) : t('未知', 'unknown'));
  if (station.phone) fact(t('电话', 'Telephone'), station.phone);
  if (far) fact(t('距离', 'Distance'), far);
  fact(t('核实日期', 'Verified'), station.verified_on || t('未知', 'unknown'));
  return facts;
}

/** @param {Station} station that may have a telephone: how it is dialled is the service's to say (geoapp/core/phones.py) */
export function callOf(station) {
  if (!station.dial) return null;
  return made('a', { class: 'button', href: station.dial },
    icon('phone'), t('打电话', 'Call'), made('span', { class: 'for-reader' }, ` ${nameOf(station)} ${station.phone}`));
}

/** @param {Station} station that may have an address */
export function copyOf(station) {
  if (!station.address) return null;
  return made('div', { class: 'share', 'data-copied': t('已复制', 'Copied'), 'data-failed': t('这个浏览器不让复制，请长按后自己复制：{text}', 'This browser does not let us copy. Copy it yourself: {text}') },
    made('button', { class: 'button', type: 'button', 'data-copy': `${nameOf(station)} ${station.address}` }, icon('copy'), t('复制名称和地址', 'Copy name and address')),
    made('p', { class: 'small', role: 'status' }));
}

/**
 * What one tells of a station, as on its page.
 * @param {string} code
 * @param {string} name
 */
function telling(code, name) {
  const template = /** @type {HTMLTemplateElement} */ (document.getElementById('telling-forms'));
  const whole = /** @type {HTMLElement} */ (document.importNode(/** @type {Element} */ (template.content.firstElementChild), true));
  whole.querySelectorAll('form').forEach((form) => {
    form.dataset.code = code;
    form.dataset.name = name;
  });
  whole.querySelectorAll('.tell .for-reader').forEach((one) => { one.textContent += name; });
  return whole;
}

/**
 * The least and the most minutes of a walk from a position that may be off; null where it is good.
 * @param {Kept} kept
 * @param {Item} item
 * @param {number} accuracy_m
 */
function spanOf(kept, item, accuracy_m) {
  const off_s = (accuracy_m * kept.detour_factor) / kept.speed_m_per_s;
  if (off_s <= 60) return null;
  return [Math.max(1, Math.floor((item.walk_s - off_s) / 60)), Math.ceil((item.walk_s + off_s) / 60)];
}

/**
 * @param {Kept} kept
 * @param {Item} item
 * @param {number} now_ms
 * @param {number} accuracy_m
 */
export function sayOf(kept, item, now_ms, accuracy_m = 0) {
  const off_m = accuracy_m + (item.station.off_m || 0);
  const isNear = isWalk(kept, item.walk_m, off_m), walks = isNear && !item.noWay;
  const vague = spanOf(kept, item, off_m);
  const schedule = kept.schedules[item.station.schedule];
  const later = vague ? (60 * vague[1] - item.walk_s) * 1000 : 0;
  return { isNear, walks, span: walks ? vague : null, words: said(kept, schedule, item.opening, item.arrival, now_ms, item.walk_s, later) };
}

/**
 * @param {Kept} kept
 * @param {Item} item
 * @param {number} number
 * @param {{ now_ms: number, accuracy_m: number, asked: string[], entering?: import('./entering.js').Entering, from: { lon: number, lat: number } | null }} asked `from` null: from
 *   nowhere, so that how far it is is not said
 */
export function card(kept, item, number, { now_ms, accuracy_m, asked, entering, from }) {
  const isFrom = from !== null;
  const { station } = item;
  const name = nameOf(station);
  const { isNear, walks, span, words } = sayOf(kept, item, now_ms, accuracy_m);
  const off_m = accuracy_m + (station.off_m || 0);
  const afar = isAfar(item);
  const far = farWords(kept, item, off_m);
  const isRange = pick(farText(kept, item, off_m)) !== pick(metresText(afar ? item.distance_m : item.walk_m));
  const wind = from && !isRange && item.distance_m > 0 ? ` · ${pick(windText(from, station))}` : '';
  const isVague = span && 60 * span[1] - item.walk_s > VAGUE_S;
  const isRide = kept.walk_m_per_s !== undefined;
  const walk = walks
    ? [isVague ? made('strong', {}, isRide ? t('路上多久说不准', 'No telling how long by e-bike') : t('步行多久说不准', 'No telling how long on foot'))
      : made('strong', {}, isRide ? t('骑行 ', '') : t('步行 ', ''), span ? t(`${span[0]}–${span[1]} 分钟`, `${span[0]}–${span[1]} min`) : minutesText(item.walk_s), made('span', { class: 'for-reader' }, isRide ? t('', ' by e-bike') : t('', ' on foot'))),
      made('span', { class: 'soft' }, ` · ${far}${afar ? '' : t('（估算）', ' (est.)')}${wind}`)]
    : [made('strong', {}, far), made('span', { class: 'soft' }, isNear ? ` · ${noWayText(item)}` : isRide ? t(' · 太远', ' · too far') : t(' · 太远，不宜步行', ' · too far to walk'), afar ? '' : t('（估算）', ' (est.)'), wind)];
  const mark = (/** @type {string} */ code) => {
    const presence = station.amenities.indexOf(code) >= 0 ? 'yes' : (station.no_amenities || []).indexOf(code) >= 0 ? 'no' : 'unknown';
    const word = kept.amenities.filter((one) => one.code === code)[0];
    const spoken = { yes: t('：有', ': yes'), no: t('：没有', ': no'), unknown: t('：未知', ': unknown') }[presence];
    const rare = presence !== 'yes' && asked.indexOf(code) < 0 ? ' rare' : '';
    return word ? made('li', { class: `mark ${presence}${rare}` }, icon(presence), made('span', {}, pick(word)), made('span', { class: 'for-reader' }, spoken)) : null;
  };
  const marks = (/** @type {string[]} */ some) => (some.length ? made('ul', { class: 'marks', 'aria-label': t('设施', 'Amenities') }, ...some.map(mark)) : null);
  const isOld = station.verified_on !== undefined && now_ms - Date.parse(station.verified_on) > MOST_OLD_MS;
  const line = isRange ? '' : t('；直线 ', '; straight line ') + pick(metresText(item.distance_m));
  const distance = afar ? far : (isRide ? t(`路程${far}，估算`, `${far}, an estimate`) : t(`步行${far}，估算`, `on foot ${far}, an estimate`)) + line;
  return made('li', { id: `card-${number}`, class: 'found', 'data-lon': String(station.lon), 'data-lat': String(station.lat), 'data-state': words.state, 'data-name': name, 'data-code': station.code },
    made('div', { class: 'found-head' },
      nameRow(number, station, words.state),
      made('div', { class: 'found-main' },
        stateRow(words),
        isFrom ? made('p', { class: 'found-walk' }, icon(isRide ? 'navigate' : 'walk'), made('span', {}, ...walk))
          : made('p', { class: 'found-where' }, icon('pin'), made('span', {}, station.address || unsure('地址：未知', 'Address: unknown'))),
        entryRow(kept, station, entering)),
      ...warningsOf(station),
      isOld ? notice('warn', 'found-old', t(`超过一年没有核实（${station.verified_on}）`, `Not verified for over a year (${station.verified_on})`)) : null,
      marks(asked)),
    moreOf(station,
      station.confirmed ? made('p', { class: 'small' }, icon('yes'), ' ', pick(station.confirmed)) : null,
      marks(KEY_AMENITIES.filter((code) => asked.indexOf(code) < 0)),
      made('div', { class: 'found-actions' },
        callOf(station),
        starOf(station),
        made('details', { class: 'facts' },
          made('summary', { class: 'button' }, t('详情', 'Details'), made('span', { class: 'for-reader' }, ` ${name}`)),
          factsOf(kept, station, isFrom ? distance : ''), copyOf(station), telling(station.code, name), made('p', { class: 'soft small' }, t('导航和站点页面要有网络。', 'Directions and the station’s page need a network.'),
            station.address ? t('现在可以照地址和上面的方向走，或复制地址问路。', ' For now go by the address and the bearing above, or copy the address and ask.') : '')))));
}
