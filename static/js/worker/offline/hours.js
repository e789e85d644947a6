// Whether a kept station is open, now and when one gets there, and the words for it: the same as the
// service says (geoapp/operations/nearest/arrival.py and said.py). The service ships what the hours
// come to day by day; beyond the days that it knows nothing is claimed.

/** @typedef {{ zh: string, en: string, when?: true }} Pair `when`: a reason that tells from which day on hours are known */
/** @typedef {[number, boolean | null, Pair?]} Stretch from a minute of the day on, open or not, and why not known */
/** @typedef {{ zone: string, always: boolean, hours: Pair | null, days: number[] }} Schedule */
/**
 * @typedef {{ first_day: number, known_days: number, horizon_days: number, zones: Record<string, [number, number][]>, patterns: Stretch[][] }} Days
 */
/** @typedef {{ open: boolean | null, changes: number | null, note: Pair | null }} Opening in milliseconds */
/**
 * `opens`, `closes` and `there` in milliseconds, as in the service; `note` where one gets there beyond the days that are kept.
 * @typedef {{ open: boolean | null, opens: number | null, closes: number | null, there: number, note?: Pair | null }} Arrival
 */
/** @typedef {{ state: 'open' | 'shut' | 'unknown', text: Pair, note: Pair | null }} Said */

const MINUTE = 60000;
const DAY = 1440;
const SOON = 30 * MINUTE;
const NO_WALK = 3 * MINUTE;
const TOO_OLD = { zh: '存在手机上的开放时间已过期，联网后更新', en: 'The hours kept on this device have run out; a network renews them' };
const WEEKDAYS = [
  { zh: '周日', en: 'Sun' }, { zh: '周一', en: 'Mon' }, { zh: '周二', en: 'Tue' }, { zh: '周三', en: 'Wed' },
  { zh: '周四', en: 'Thu' }, { zh: '周五', en: 'Fri' }, { zh: '周六', en: 'Sat' },
];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/**
 * How far a zone's clocks are ahead of UTC, in minutes.
 * @param {[number, number][]} changes
 * @param {number} minute since 1970
 */
function offset(changes, minute) {
  const past = changes.filter(([from]) => from <= minute);
  return (past.length ? past[past.length - 1] : changes[0])[1];
}

/**
 * The minute since 1970 by the clocks of a zone.
 * @param {Days} days
 * @param {string} zone
 * @param {number} at_ms
 */
function local(days, zone, at_ms) {
  const minute = Math.floor(at_ms / MINUTE);
  return minute + offset(days.zones[zone], minute);
}

/**
 * The moment at which a zone's clocks show a minute.
 * @param {Days} days
 * @param {string} zone
 * @param {number} clock
 */
function moment_ms(days, zone, clock) {
  const changes = days.zones[zone];
  const guess = clock - offset(changes, clock - offset(changes, clock));
  return guess * MINUTE;
}

/**
 * @param {Days} days
 * @param {Schedule} schedule
 * @param {number} at_ms
 * @returns {Opening}
 */
export function openingAt(days, schedule, at_ms) {
  const clock = local(days, schedule.zone, at_ms);
  const today = Math.floor(clock / DAY) - days.first_day;
  if (today < 0 || today >= days.known_days) return { open: null, changes: null, note: TOO_OLD };
  const minute = clock - (today + days.first_day) * DAY;
  const [, open, why] = days.patterns[schedule.days[today]].filter(([from]) => from <= minute).slice(-1)[0];
  if (open === null) return { open, changes: null, note: why || null };
  for (let ahead = 0; ahead <= days.horizon_days; ahead += 1) {
    const pattern = days.patterns[schedule.days[today + ahead]];
    const start = (today + ahead + days.first_day) * DAY;
    const next = pattern.find(([from, state]) => start + from > clock && state !== open);
    if (next) return { open, changes: next[1] === null ? null : moment_ms(days, schedule.zone, start + next[0]), note: null };
  }
  return { open, changes: null, note: null };
}

/**
 * @param {Days} days
 * @param {Schedule} schedule
 * @param {Opening} leaving
 * @param {number} at_ms of leaving
 * @param {number} walk_s
 * @returns {Arrival}
 */
export function arrivalAt(days, schedule, leaving, at_ms, walk_s) {
  const there = at_ms + walk_s * 1000;
  const found = openingAt(days, schedule, Math.floor(there / MINUTE) * MINUTE);
  if (found.open === null) return { open: null, opens: null, closes: null, there, note: found.note === TOO_OLD ? TOO_OLD : null };
  let between = leaving.changes;
  if (leaving.open === found.open || between === null || between > there) between = null;
  return found.open
    ? { open: true, opens: between, closes: found.changes, there }
    : { open: false, opens: found.changes, closes: between, there };
}

/**
 * What is said of a station as one finds it, or as it is now for somebody who does not set out.
 * @param {Days} days
 * @param {Schedule} schedule
 * @param {Opening} opening
 * @param {Arrival | null} arrival null: as it is now
 * @param {number} now_ms
 * @param {number} [walk_s]
 * @param {number} [later_ms] how much later one may get there
 * @returns {Said}
 */
export function said(days, schedule, opening, arrival, now_ms, walk_s = 0, later_ms = 0) {
  const clock = (/** @type {number} */ moment) => clockText(days, schedule.zone, moment, now_ms);
  const always = schedule.always ? { zh: '24 小时', en: '24 hours' } : { zh: '近期不关', en: 'no closing time soon' };
  const until = (/** @type {number} */ moment) => ({ zh: `到 ${clock(moment).zh}`, en: `until ${clock(moment).en}` });
  const opens = (/** @type {number} */ moment) => ({ zh: `${clock(moment).zh} 开放`, en: `opens ${clock(moment).en}` });
  const closesIn = (/** @type {number} */ left) => {
    const minutes = Math.max(1, Math.floor(left / MINUTE));
    return { zh: `${minutes} 分钟后关门`, en: `closes in ${minutes} min` };
  };
  const isOpen = (/** @type {Pair} */ note) => /** @type {Said} */ ({ state: 'open', text: { zh: '开放中', en: 'Open' }, note });
  const isShut = (/** @type {Pair | null} */ note) => /** @type {Said} */ ({ state: 'shut', text: { zh: '已关闭', en: 'Closed' }, note });

  if ((arrival || opening).open === null) return { state: 'unknown', text: { zh: '开放时间未知', en: 'Hours unknown' }, note: opening.note || (arrival && arrival.note) || null };
  if (!arrival) {
    const change = opening.changes;
    if (!opening.open) return isShut(change === null ? null : opens(change));
    if (change === null) return isOpen(always);
    return isOpen(change > now_ms && change - now_ms <= SOON ? closesIn(change - now_ms) : until(change));
  }
  if (!arrival.open) {
    if (arrival.closes !== null) {
      const at = clock(arrival.closes);
      return { state: 'shut', text: { zh: '您到之前关门', en: 'Closes before you get there' }, note: { zh: `${at.zh} 关门`, en: `at ${at.en}` } };
    }
    return isShut(arrival.opens === null ? null : opens(arrival.opens));
  }
  if (arrival.opens !== null) {
    const at = clock(arrival.opens);
    const note = { zh: `${at.zh} 开门，早于您到达`, en: `opens at ${at.en}, before you get there` };
    return { state: 'open', text: { zh: '到时开放', en: 'Open when you get there' }, note };
  }
  if (arrival.closes === null) return isOpen(always);
  const left = arrival.closes - arrival.there;
  if (later_ms && left <= later_ms) {
    const at = clock(arrival.closes);
    return { state: 'unknown', text: { zh: '您到时可能已关门', en: 'May be closed when you get there' }, note: { zh: `${at.zh} 关门`, en: `closes at ${at.en}` } };
  }
  if (left > SOON || later_ms) return isOpen(until(arrival.closes));
  if (walk_s * 1000 < NO_WALK) return isOpen(closesIn(arrival.closes - now_ms));
  const minutes = Math.floor(left / MINUTE);
  if (minutes < 1) return isOpen({ zh: '您刚到就关门', en: 'closes as you get there' });
  return isOpen({ zh: `您到后 ${minutes} 分钟关门`, en: `closes ${minutes} min after you get there` });
}

/**
 * The time by the clock there, rounded up: nobody is promised to be there sooner.
 * @param {Days} days
 * @param {string} zone
 * @param {number} moment
 */
export function clockUp(days, zone, moment) {
  const minute = local(days, zone, moment + 59000) % DAY;
  return [Math.floor(minute / 60), minute % 60].map((part) => String(part).padStart(2, '0')).join(':');
}

/**
 * The time by the clock there, with the day where it is another.
 * @param {Days} days
 * @param {string} zone
 * @param {number} moment
 * @param {number} now_ms
 * @returns {Pair}
 */
function clockText(days, zone, moment, now_ms) {
  const shown = local(days, zone, moment);
  const two = (/** @type {number} */ number) => String(number).padStart(2, '0');
  const time = `${two(Math.floor((shown % DAY) / 60))}:${two(shown % 60)}`;
  const day = Math.floor(shown / DAY);
  const ahead = day - Math.floor(local(days, zone, now_ms) / DAY);
  if (ahead === 0) return { zh: time, en: time };
  const date = new Date(day * DAY * MINUTE);
  const words = ahead === 1 ? { zh: '明天', en: 'tomorrow' }
    : ahead > 1 && ahead < 7 ? WEEKDAYS[date.getUTCDay()]
      : { zh: `${date.getUTCMonth() + 1}月${date.getUTCDate()}日`, en: `${two(date.getUTCDate())} ${MONTHS[date.getUTCMonth()]}` };
  return { zh: `${words.zh} ${time}`, en: `${words.en} ${time}` };
}
