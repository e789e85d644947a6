// The finder's field: what is found while one types. Loaded when somebody comes to the field; without
// it the field is a plain form.

import { byId, closest, filled, spokenIn } from '../lib/page.js';
import { post } from '../lib/request.js';
import { isSame, load, remembered, store } from './kept.js';
import { offline as keptStations } from './offline/link.js';
import { optionAfter } from './options.js';

/** @typedef {import('./kept.js').Place & { context?: string, sample?: boolean }} Hit */

const PAUSE_MS = 120;
const ANSWER_LIMIT_MS = 10000;
const form = byId('search', HTMLFormElement);
const field = byId('words', HTMLInputElement);
const box = byId('hits-box');
const list = byId('hits');
const none = byId('hits-none');
const unread = byId('hits-unread');
const meant = byId('hits-meant');
const kept = byId('hits-kept');
const said = byId('search-said');
/** @type {Record<string, string>} */
const kinds = JSON.parse(form.dataset.kinds || '{}');

/** @type {Hit[]} */
let hits = [];
let active = -1;
let asked = 0;
let isKept = false; // the hits are those of this device, found without a network
/** @type {number | undefined} */
let pause;

/** @param {boolean} open */
function setOpen(open) {
  box.hidden = !open;
  said.classList.toggle('for-reader', open); // what is open shows it to whoever sees
  field.setAttribute('aria-expanded', String(open && hits.length > 0));
  if (!open) mark(-1);
}

/** @param {number} index of the option to mark, -1 for none */
function mark(index) {
  active = index;
  Array.from(list.querySelectorAll('[role=option]')).forEach((option, place) => {
    option.setAttribute('aria-selected', String(place === index));
    if (place !== index) return;
    field.setAttribute('aria-activedescendant', option.id);
    option.scrollIntoView({ block: 'nearest' });
  });
  if (index < 0) field.removeAttribute('aria-activedescendant');
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
  if (spokenIn(words)) element.lang = spokenIn(words);
  return element;
}

/**
 * @param {Hit} hit
 * @param {number} index
 * @param {string} under what stands below the name
 */
function optionOf(hit, index, under) {
  const option = made('li', 'hit', '');
  option.id = `hit-${index}`;
  option.setAttribute('role', 'option');
  option.setAttribute('aria-selected', 'false');
  option.dataset.index = String(index);
  option.appendChild(made('strong', '', hit.name));
  if (hit.sample) {
    option.appendChild(document.createTextNode(' '));
    option.appendChild(made('span', 'tag', form.dataset.sample || ''));
  }
  option.appendChild(made('span', 'soft small', under));
  return option;
}

/**
 * @param {Hit[]} found
 * @param {(hit: Hit, index: number) => string} under what stands below a name
 */
function show(found, under) {
  hits = found;
  list.textContent = '';
  hits.forEach((hit, index) => list.appendChild(optionOf(hit, index, under(hit, index))));
  mark(-1);
}

/** What is kept on this device, while nothing is typed. */
function showKept() {
  asked += 1; // an answer on its way is about words that stand there no more
  const { saved, recent } = load();
  const others = recent.filter((one) => !saved.some((other) => isSame(one, other)));
  show([...saved, ...others], (hit, index) => [
    index < saved.length ? form.dataset.starred : form.dataset.recent, kinds[hit.kind],
  ].join(' · '));
  none.hidden = true;
  unread.hidden = true;
  meant.hidden = true;
  kept.hidden = !hits.length;
  said.textContent = '';
  setOpen(hits.length > 0);
}

async function ask() {
  const words = field.value.trim();
  if (!words) {
    showKept();
    return;
  }
  asked += 1;
  const mine = asked;
  const body = new FormData();
  body.set('q', words);
  const { offline = '', failed } = form.dataset;
  const asking = await post(form.dataset.hits || '', body, { offline, failed, limit_ms: ANSWER_LIMIT_MS });
  let { answer } = asking;
  isKept = false;
  if (!answer && (asking.error === offline || asking.error === failed)) {
    const api = await keptStations();
    const found = api && (await api.find(words));
    isKept = found !== null;
    answer = found && { ...found, unread: 0 };
  }
  // Something else was typed, chosen or left meanwhile.
  if (mine !== asked) return;
  if (!answer) {
    show([], () => '');
    setOpen(false);
    said.textContent = asking.error;
    return;
  }
  show(answer.hits, (hit) => hit.context || kinds[hit.kind]);
  kept.hidden = true;
  none.hidden = hits.length > 0;
  const nothing = filled((isKept ? form.dataset.noneKept : form.dataset.none) || '', { words });
  byId('hits-none-words').textContent = nothing;
  meant.hidden = !answer.meant;
  meant.textContent = filled(meant.dataset.words || '', { words: answer.meant || '' });
  unread.hidden = !answer.unread;
  unread.textContent = filled(form.dataset.unread || '', { n: answer.unread });
  said.textContent = hits.length ? filled(form.dataset.count || '', { n: hits.length }) : nothing;
  setOpen(true);
}

/**
 * Set a control of the finder's form as somebody would by hand.
 * @param {HTMLElement | null} control
 * @param {string} words to say
 */
function changed(control, words) {
  if (!control) return;
  const folded = control.closest('details');
  if (folded) folded.open = true;
  control.dispatchEvent(new CustomEvent('change', { bubbles: true, detail: 'hit' }));
  control.focus();
  said.textContent = words;
}

/** @param {{ value: string, name: string }} wanted a place to start from */
function startFrom(wanted) {
  const places = byId('place', HTMLSelectElement);
  if (!Array.from(places.options).some((one) => one.value === wanted.value)) {
    places.add(new Option(wanted.name, wanted.value), 1);
  }
  places.value = wanted.value;
  changed(places, filled(form.dataset.from || '', { name: wanted.name }));
}

/**
 * @param {Hit} hit an amenity or a kind
 * @returns {HTMLElement | null} the control that says so now
 */
function setFilter(hit) {
  if (hit.kind === 'kind') {
    const what = byId('what', HTMLSelectElement);
    what.value = hit.value;
    return what;
  }
  /** @type {HTMLInputElement[]} */
  const boxes = Array.from(document.querySelectorAll('#finder-form input[name=amenity]'));
  // Several at once are named with commas.
  const codes = hit.value.split(',');
  const wanted = boxes.filter((one) => codes.indexOf(one.value) >= 0);
  // Folded ones stay so, or they would push the answer off the screen; their number is told.
  wanted.forEach((one) => { one.checked = true; });
  return wanted[0] || null;
}

/** @param {Hit} hit an amenity or a kind, by itself or in a place */
function filterBy(hit) {
  const answered = document.body.classList.contains('answered');
  const control = setFilter(hit);
  const words = filled((answered ? form.dataset.setAnswered : form.dataset.set) || '', { name: hit.name });
  if (hit.place) startFrom(hit.place); // asks by the condition as well
  else changed(control, words);
}

/** @param {Hit} hit */
function choose(hit) {
  asked += 1;
  const { kind, value, name, href, place } = hit;
  // A kept station's page is not here: it is remembered when its page is visited.
  if (kind !== 'facility' || !isKept) store(remembered(load(), { kind, value, name, href, place }));
  if (kind === 'facility' && isKept) {
    field.value = '';
    setOpen(false);
    document.dispatchEvent(new CustomEvent('kept-station', { detail: value }));
    return;
  }
  if (kind === 'facility' || kind === 'service') {
    window.location.assign(href);
    return;
  }
  field.value = '';
  setOpen(false);
  if (kind === 'region' || kind === 'landmark' || kind === 'street') startFrom(hit);
  else filterBy(hit);
}

field.setAttribute('role', 'combobox');
field.setAttribute('aria-autocomplete', 'list');
field.setAttribute('aria-controls', 'hits');
field.setAttribute('aria-expanded', 'false');
field.addEventListener('input', () => {
  window.clearTimeout(pause);
  pause = window.setTimeout(ask, PAUSE_MS);
});
field.addEventListener('focus', ask);
field.addEventListener('keydown', (event) => {
  if (event.isComposing) return;
  if (event.key === 'Escape') {
    if (box.hidden) field.value = '';
    setOpen(false);
    return;
  }
  if (event.key === 'Enter' && active >= 0 && !box.hidden) {
    event.preventDefault();
    choose(hits[active]);
    return;
  }
  const next = box.hidden ? null : optionAfter(active, hits.length, event.key);
  if (next === null) {
    if (box.hidden && event.key === 'ArrowDown') ask();
    return;
  }
  event.preventDefault();
  mark(next);
});
// A press on what is offered does not take the focus from the field.
box.addEventListener('mousedown', (event) => event.preventDefault());
list.addEventListener('click', (event) => {
  const option = closest(event, '[role=option]');
  if (option) choose(hits[Number(option.dataset.index)]);
});
byId('forget').addEventListener('click', () => {
  store(null);
  showKept();
  field.focus();
});
// What is pressed below the list does not move away under the finger: it closes once the press is done.
let isPressed = false;
let isLeft = false;
function pressed() {
  if (isLeft && !form.contains(document.activeElement)) setOpen(false);
  isPressed = false;
  isLeft = false;
}
document.addEventListener('mousedown', () => { isPressed = true; }, true);
document.addEventListener('mouseup', () => window.setTimeout(pressed, 0), true);
form.addEventListener('focusout', (event) => {
  if (event.relatedTarget instanceof Node && form.contains(event.relatedTarget)) return;
  isLeft = isPressed;
  if (isLeft) window.setTimeout(pressed, 700); // the menu of a select keeps the end of its press to itself
  else setOpen(false);
});
// Whoever says another way where to look from, or by what, is told nothing old.
['click', 'change'].forEach((happening) => document.addEventListener(happening, (event) => {
  if (event.target instanceof Node && !form.contains(event.target)) said.textContent = '';
}));
// What is typed goes into no address: what is found is offered here, the best marked for another Enter.
form.addEventListener('submit', async (event) => {
  event.preventDefault();
  window.clearTimeout(pause);
  await ask();
  if (!box.hidden && hits.length && field.value.trim()) {
    field.focus();
    mark(0);
  }
});
form.dataset.ready = 'true';
if (document.activeElement === field) ask();
