// What workers tell, at a place or of one that is missing: kept on this device until the service has
// taken it, and the page stays. Without scripts a page answers.

import '../outbox.js';
import { byId, filled, language } from '../lib/page.js';

/** @typedef {{ zh: string, en: string }} Pair */

const SYNC = 'geoapp-reports';
const FIRST_PAUSE_MS = 15000;
const LONGEST_PAUSE_MS = 300000;
const SAME_MS = 600000;
const list = byId('unsent');
const { root = '/', api = '' } = list.dataset;
/** @type {Record<string, Pair>} */
const kinds = JSON.parse(list.dataset.kinds || '{}');
// Other pages of this browser show the same list, and hear of it when it changes here.
const others = 'BroadcastChannel' in window ? new BroadcastChannel(`geoapp-outbox ${root}`) : null;
const makeOutbox = /** @type {MakeOutbox} */ (/** @type {any} */ (self).geoappOutbox);
const outbox = makeOutbox(root, api);
let pause_ms = FIRST_PAUSE_MS;
let pause = 0;

/**
 * What names the reports of a form: made here, as a page that is kept for want of a network is the
 * same each time.
 * @type {WeakMap<HTMLFormElement, { key: string, what: string, made_ms: number }>}
 */
const keys = new WeakMap();

function madeKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16))).map((one) => one.toString(16).padStart(2, '0')).join('');
}

/**
 * The same again is the same report; after something else, or a while, it is another.
 * @param {HTMLFormElement} form
 * @param {string} what
 */
function keyOf(form, what) {
  const made_ms = Date.now();
  const last = keys.get(form);
  const isSame = last && (form.dataset.tells !== 'found' || (last.what === what && Math.abs(made_ms - last.made_ms) < SAME_MS));
  const now = last && isSame ? last : { key: madeKey(), what, made_ms };
  keys.set(form, now);
  return `${now.key}.${what}`;
}

/**
 * What a form says; null where it says nothing.
 * @param {HTMLFormElement} form
 * @param {string} kind of the button that was pressed
 * @returns {{ body: Record<string, unknown>, name: string } | null}
 */
function saidIn(form, kind) {
  const { tells, code, name = '' } = form.dataset;
  if (tells === 'found') return { body: { code, kind }, name };
  /** @type {Record<string, unknown>} */
  const body = {};
  new FormData(form).forEach((value, field) => {
    if (field === 'key' || !String(value).trim()) return;
    body[field] = ['stars', 'lon', 'lat'].indexOf(field) >= 0 ? Number(value) : String(value).trim();
  });
  if (tells === 'rating') return Object.keys(body).length ? { body: { code, ...body }, name } : null;
  if (!body.where && body.lon === undefined) return null;
  return { body: { kind: 'suggest', ...body }, name: String(body.name || body.where || '') };
}

/**
 * @param {string} tag
 * @param {string} className
 * @param {string} words
 */
function made(tag, className, words) {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = words;
  return element;
}

/** @param {WaitingReport} one what it says, in a line */
function lineOf(one) {
  const { kind, stars, note, missing } = one.body;
  const parts = [];
  if (typeof kind === 'string' && kinds[kind]) parts.push(kinds[kind][language()]);
  else if (stars) parts.push(filled(list.dataset.stars || '', { n: Number(stars) }));
  else if (note || missing) parts.push(list.dataset.words || '');
  const moment = new Date(one.made_ms).toLocaleString(language() === 'zh' ? 'zh-CN' : 'en-GB', {
    month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', hour12: false,
  });
  return [...parts, moment].join(' · ');
}

/**
 * @param {WaitingReport} one
 * @returns {HTMLElement}
 */
function itemOf(one) {
  const item = made('li', '', '');
  const words = made('span', 'unsent-what', '');
  if (one.name) words.appendChild(made('strong', '', one.name));
  words.appendChild(made('span', 'small soft', lineOf(one)));
  if (one.refused) {
    const isOld = one.refused.parameter === 'age_seconds';
    const why = isOld ? list.dataset.old || '' : one.refused[language()];
    words.appendChild(made('span', 'small unsure', filled(list.dataset.refused || '', { why })));
  }
  item.appendChild(words);
  const button = made('button', 'button', (one.refused ? list.dataset.seen : list.dataset.back) || '');
  button.setAttribute('type', 'button');
  button.dataset.key = one.key;
  button.appendChild(made('span', 'for-reader', ` ${one.name} ${lineOf(one)}`));
  item.appendChild(button);
  return item;
}

/**
 * Where something was said to wait that waits no more, this is not said any longer.
 * @param {WaitingReport[]} waiting
 * @param {string[]} sent keys of what this page has just sent, or tried to
 */
function tellNoMore(waiting, sent) {
  /** @type {NodeListOf<HTMLElement>} */
  const told = document.querySelectorAll('[data-waits]');
  told.forEach((said) => {
    const { waits = '' } = said.dataset;
    const [one] = waiting.filter((other) => other.key === waits);
    if (one && !one.refused) return;
    delete said.dataset.waits;
    said.textContent = (!one && sent.indexOf(waits) >= 0 && list.dataset.thanks) || '';
  });
}

/**
 * Show what waits, and return how many of them may still be sent.
 * @param {string[]} [sent] keys of what this page has just sent, or tried to
 */
async function show(sent = []) {
  const waiting = await outbox.all();
  tellNoMore(waiting, sent);
  const items = byId('unsent-list');
  items.textContent = '';
  waiting.forEach((one) => items.appendChild(itemOf(one)));
  list.hidden = !waiting.length;
  const left = waiting.filter((one) => !one.refused).length;
  byId('unsent-now').hidden = !left;
  byId('unsent-waiting').hidden = !left;
  byId('unsent-refused').hidden = left > 0;
  return left;
}

/** @param {string[]} [sent] keys of what this page has just sent, or tried to */
function tellOthers(sent = []) {
  if (others) others.postMessage(sent);
}

/** Try again by and by while something waits, for a network that comes back without a word. */
function tryLater() {
  window.clearTimeout(pause);
  pause = window.setTimeout(() => {
    if (document.hidden) tryLater();
    else sendAll();
  }, pause_ms);
  pause_ms = Math.min(LONGEST_PAUSE_MS, 2 * pause_ms);
}

/** Send what waits, and show what is left. */
async function sendAll() {
  const before = (await outbox.all()).map((one) => one.key);
  const left = await outbox.sendAll();
  await show(before);
  if (before.length) tellOthers(before);
  if (left) tryLater();
  return left;
}

/** Where the browser can, it sends what waits when this page is shut. */
async function askBrowser() {
  if (!('serviceWorker' in navigator)) return;
  const registration = await navigator.serviceWorker.ready;
  const { sync } = /** @type {any} */ (registration);
  if (sync) await sync.register(SYNC);
}

/**
 * @param {HTMLFormElement} form
 * @param {Sent} sent
 * @param {boolean} isKept
 */
function wordsOf(form, { outcome, answer }, isKept) {
  const { thanks = '', kept = '', later = '', failed = '', uncounted = '' } = list.dataset;
  const own = answer && (language() === 'zh' ? answer.detail_zh : answer.detail);
  if (outcome === 'taken') {
    const isUncounted = answer.new && form.elements.namedItem('stars') && new FormData(form).get('stars') && !answer.rated;
    return isUncounted ? `${thanks} ${uncounted}` : thanks;
  }
  if (outcome === 'refused') return own || failed;
  if (!isKept) return own || failed;
  return outcome === 'later' ? `${own} ${later}` : kept;
}

/**
 * @param {HTMLFormElement} form
 * @param {string} kind
 */
async function tell(form, kind) {
  const said = /** @type {HTMLElement} */ (form.querySelector('[data-told]'));
  const what = saidIn(form, kind);
  if (!what) {
    said.textContent = form.dataset.empty || '';
    return;
  }
  if (form.dataset.busy) return;
  form.dataset.busy = 'true';
  delete said.dataset.waits;
  said.textContent = list.dataset.sending || '';
  const one = { key: keyOf(form, kind || String(form.dataset.tells)), made_ms: Date.now(), ...what };
  let isKept = true;
  try {
    await outbox.add(one);
  } catch {
    isKept = false; // the browser keeps nothing for us: it is sent now, or said not to be
  }
  const sent = await (isKept ? outbox.send(one) : outbox.sendOnce(one));
  said.textContent = wordsOf(form, sent, isKept);
  if (isKept && (sent.outcome === 'silent' || sent.outcome === 'later')) said.dataset.waits = one.key;
  delete form.dataset.busy;
  if (sent.outcome === 'refused') {
    if (isKept) await outbox.takeBack(one.key); // its words stand where it was pressed
  } else if (form.dataset.tells !== 'found' && (isKept || sent.outcome === 'taken')) {
    form.reset();
    keys.delete(form); // what is written next is another report
  }
  if (isKept) tellOthers([one.key]);
  if (isKept && (await show())) {
    tryLater();
    askBrowser().catch(() => undefined);
  }
}

document.addEventListener('submit', (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || !form.dataset.tells) return;
  /** @type {HTMLButtonElement | null} */
  const pressed = event.submitter instanceof HTMLButtonElement ? event.submitter : form.querySelector('button[data-pressed]');
  event.preventDefault();
  tell(form, pressed && pressed.name === 'kind' ? pressed.value : '').catch(() => {
    delete form.dataset.busy;
    /** @type {HTMLElement} */ (form.querySelector('[data-told]')).textContent = list.dataset.failed || '';
  });
});
// Browsers that do not say which button sent a form are told by the press.
document.addEventListener('click', (event) => {
  const button = event.target instanceof Element ? event.target.closest('[data-tells] button[type=submit]') : null;
  if (!(button instanceof HTMLButtonElement) || !button.form) return;
  button.form.querySelectorAll('[data-pressed]').forEach((one) => one.removeAttribute('data-pressed'));
  button.dataset.pressed = '';
});
list.addEventListener('click', async (event) => {
  const button = event.target instanceof Element ? event.target.closest('button') : null;
  if (!button) return;
  const said = byId('unsent-said');
  if (button.id === 'unsent-now') {
    said.textContent = list.dataset.sending || '';
    said.textContent = (await sendAll()) ? list.dataset.still || '' : '';
    return;
  }
  button.disabled = true; // a second press is of the same; the list is made anew in a moment
  const isBack = await outbox.takeBack(button.dataset.key || '');
  said.textContent = isBack ? '' : list.dataset.under || '';
  tellOthers();
  await show();
  if (!list.hidden) byId('unsent-head').focus(); // the button that was pressed is gone
});

const again = () => { pause_ms = FIRST_PAUSE_MS; sendAll().catch(() => undefined); };
window.addEventListener('online', again);
document.addEventListener('visibilitychange', () => { if (!document.hidden) again(); });
if ('serviceWorker' in navigator) navigator.serviceWorker.addEventListener('message', () => { show().catch(() => undefined); });
if (others) others.onmessage = ({ data }) => { show(Array.isArray(data) ? data : []).catch(() => undefined); };
again();
list.dataset.ready = 'true';
