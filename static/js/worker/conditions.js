// The conditions of the finder's form: what is chosen, and that it is remembered on this device alone.

import { byId } from '../lib/page.js';
import { ANYBODY, enteringOf, readEntering, setEntering, tellEntering } from './enter.js';

/** @typedef {{ open: boolean, unknown: boolean, what: string, amenities: string[], entering: import('./offline/entering.js').Entering }} Conditions */

const KEY = 'geoapp-conditions';
// An address that says what is sought is meant as it stands.
const IN_ADDRESS = ['open', 'amenity', 'what', 'asked', 'place', 'lon', 'may_enter', 'without', 'surely'];
// With these alone only what is open is looked for, as without any.
const STILL_FRESH = ['open', 'may_enter', 'without', 'surely'];

/**
 * @param {HTMLFormElement} form
 * @param {string} name
 * @returns {HTMLInputElement[]}
 */
function boxes(form, name) {
  return Array.from(form.querySelectorAll(`input[name=${name}]`));
}

/**
 * @param {HTMLFormElement} form
 * @returns {HTMLSelectElement}
 */
function kinds(form) {
  return /** @type {HTMLSelectElement} */ (form.elements.namedItem('what'));
}

/**
 * @param {HTMLFormElement} form
 * @returns {Conditions} as they are chosen
 */
export function readConditions(form) {
  return {
    open: boxes(form, 'open').some((one) => one.checked),
    unknown: boxes(form, 'unknown').some((one) => one.value === '1'),
    what: kinds(form).value,
    amenities: boxes(form, 'amenity').filter((one) => one.checked).map((one) => one.value),
    entering: readEntering(form),
  };
}

/**
 * @param {HTMLFormElement} form
 * @param {Conditions} wanted what the form no longer offers is left out
 */
export function setConditions(form, wanted) {
  boxes(form, 'open').forEach((one) => { one.checked = wanted.open; });
  boxes(form, 'unknown').forEach((one) => { one.value = wanted.unknown ? '1' : ''; });
  boxes(form, 'amenity').forEach((one) => { one.checked = wanted.amenities.indexOf(one.value) >= 0; });
  setEntering(form, wanted.entering);
  kinds(form).value = wanted.what;
  if (kinds(form).selectedIndex < 0) kinds(form).value = '';
  orderChips(form);
}

/**
 * The conditions in a stored text; null where it holds none.
 * @param {string | null} text
 * @returns {Conditions | null}
 */
export function parseConditions(text) {
  try {
    const { open, what, amenities, entering } = Object(JSON.parse(text || 'null'));
    if (typeof open !== 'boolean' || typeof what !== 'string' || !Array.isArray(amenities)) return null;
    // That those of unknown hours are listed as well is asked for each time.
    return { open, unknown: false, what, amenities: amenities.filter((one) => typeof one === 'string'), entering: enteringOf(entering) };
  } catch {
    return null; // written by something else
  }
}

/**
 * The chips that are on come first, as the others may lie out of sight. They move when nobody is at them:
 * once the page is there, when they are set from elsewhere, and when finger and key have left them.
 * @param {HTMLFormElement} form
 */
export function orderChips(form) {
  const row = /** @type {HTMLElement} */ (form.querySelector('.chips'));
  /** @type {HTMLElement[]} */
  const chips = Array.from(row.querySelectorAll('.chip[data-place]'));
  const rank = (/** @type {HTMLElement} */ chip) => (chip.querySelector('input:checked') ? 0 : 1000) + Number(chip.dataset.place);
  const wanted = chips.slice().sort((a, b) => rank(a) - rank(b));
  if (wanted.every((chip, index) => chip === chips[index])) return;
  wanted.forEach((chip) => row.appendChild(chip));
  row.scrollLeft = 0;
}

/** @param {HTMLFormElement} form whose chips come in order when they are left */
export function keepChipsInOrder(form) {
  const row = /** @type {HTMLElement} */ (form.querySelector('.chips'));
  const isAt = (/** @type {EventTarget | null} */ one) => one instanceof Node && row.contains(one);
  document.addEventListener('click', (event) => { if (!isAt(event.target)) orderChips(form); });
  row.addEventListener('focusout', (event) => { if (event.relatedTarget && !isAt(event.relatedTarget)) orderChips(form); });
}

/** @param {Conditions} conditions */
function keep(conditions) {
  try {
    localStorage.setItem(KEY, JSON.stringify(conditions));
  } catch {
    // The browser keeps nothing for us: it is as it was before.
  }
}

function keptConditions() {
  try {
    return parseConditions(localStorage.getItem(KEY));
  } catch {
    return null; // the browser keeps nothing for us
  }
}

/** @param {HTMLFormElement} form what is chosen there is remembered */
export function rememberConditions(form) {
  keep(readConditions(form));
}

/**
 * Who I am is the same wherever I look: chosen as it was last, and remembered where it is changed.
 * @param {HTMLFormElement} form with the chip alone of these conditions
 * @param {boolean} isSaid whether the page was asked with its own
 */
export function followEntering(form, isSaid) {
  const kept = keptConditions();
  if (kept && !isSaid) setEntering(form, kept.entering);
  tellEntering(form);
  form.addEventListener('change', () => {
    keep({ open: true, unknown: false, what: '', amenities: [], ...keptConditions(), entering: readEntering(form) });
    tellEntering(form);
  });
}

/**
 * @param {URLSearchParams} given
 * @param {string} name of a parameter that may be repeated, or hold several
 */
function codes(given, name) {
  return given.getAll(name).join(',').split(',').map((one) => one.trim()).filter((one) => one);
}

/**
 * Who enters, as an address says it, read as the service reads it.
 * @param {URLSearchParams} given
 * @returns {import('./offline/entering.js').Entering}
 */
function enteringIn(given) {
  return { ...ANYBODY, who: given.get('may_enter') || '', without: codes(given, 'without'), surely: given.get('surely') === '1' };
}

/**
 * Choose who enters as an address says it.
 * @param {HTMLFormElement} form
 * @param {URLSearchParams} given
 */
export function restoreEntering(form, given) {
  setEntering(form, enteringIn(given));
  tellEntering(form);
}

/**
 * The conditions that an address names, read as the service reads them; null where it names none.
 * @param {URLSearchParams} given
 * @returns {Conditions | null}
 */
export function conditionsIn(given) {
  if (!IN_ADDRESS.some((name) => given.has(name))) return null;
  const isFresh = !IN_ADDRESS.some((name) => STILL_FRESH.indexOf(name) < 0 && given.has(name));
  return {
    open: isFresh || given.get('open') === '1',
    unknown: given.get('unknown') === '1',
    what: given.get('what') || '',
    amenities: codes(given, 'amenity'),
    entering: enteringIn(given),
  };
}

/**
 * Choose what the address says is sought, else what was chosen last on this device. The page that is
 * kept for want of a network is the same for every address, so it is not left to the page.
 * @param {HTMLFormElement} form
 * @param {URLSearchParams} given what the address says
 */
export function restoreConditions(form, given) {
  const wanted = conditionsIn(given);
  if (wanted) {
    setConditions(form, wanted);
    return;
  }
  const kept = keptConditions();
  if (kept) setConditions(form, kept);
}

/**
 * What is chosen under "more conditions" counts when that is shut, too, so its number is told.
 * @param {HTMLFormElement} form
 */
export function tellConditions(form) {
  tellEntering(form);
  const told = byId('more-count'), more = told.closest('details');
  const { what, amenities } = readConditions(form);
  const many = (what ? 1 : 0) + (more ? more.querySelectorAll('input:checked').length : 0);
  told.textContent = (told.dataset.words || '').replace('{n}', String(many));
  told.hidden = !many;
  byId('clear-conditions').hidden = !what && !amenities.length;
}
