// The chip "I may enter" and its sheet: who somebody is and what they are without, as the form holds it.

import { closest, language } from '../lib/page.js';
import { isAsked } from './offline/entering.js';

/** @typedef {import('./offline/entering.js').Entering} Entering */

/** @type {Entering} Nothing is said: every station counts. */
export const ANYBODY = { who: '', without: [], surely: false };

/**
 * @param {HTMLFormElement} form
 * @param {string} name
 * @returns {HTMLInputElement[]}
 */
function inputs(form, name) {
  return Array.from(form.querySelectorAll(`#enter input[name=${name}]`));
}

/**
 * @param {HTMLFormElement} form
 * @param {string} name
 */
function chosen(form, name) {
  return inputs(form, name).filter((one) => one.checked && one.value);
}

/**
 * @param {HTMLFormElement} form
 * @returns {Entering} as it is chosen
 */
export function readEntering(form) {
  return {
    who: chosen(form, 'may_enter').map((one) => one.value).join(),
    without: chosen(form, 'without').map((one) => one.value),
    surely: chosen(form, 'surely').length > 0,
  };
}

/**
 * @param {HTMLFormElement} form
 * @param {Entering} wanted
 */
export function setEntering(form, { who, without, surely }) {
  inputs(form, 'may_enter').forEach((one) => { one.checked = one.value === who; });
  inputs(form, 'without').forEach((one) => { one.checked = without.indexOf(one.value) >= 0; });
  inputs(form, 'surely').forEach((one) => { one.checked = surely; });
}

/**
 * What a stored text or an address says of who enters; nothing where it says nothing that is known.
 * @param {any} given
 * @returns {Entering}
 */
export function enteringOf(given) {
  const { who, without, surely } = Object(given);
  return {
    who: typeof who === 'string' ? who : '',
    without: (Array.isArray(without) ? without : []).filter((one) => typeof one === 'string'),
    surely: surely === true,
  };
}

/**
 * What is chosen, as the service says it: "户外劳动者，没有卡".
 * @param {HTMLFormElement} form
 */
export function enteringText(form) {
  const said = chosen(form, 'may_enter').concat(chosen(form, 'without'));
  const words = (said.length ? said : chosen(form, 'surely'))
    .map((one) => ((one.closest('label') || one).textContent || '').trim());
  if (language() === 'zh') return words.join('，');
  const all = words.join(', ');
  return all.slice(0, 1) + all.slice(1).toLowerCase();
}

/**
 * The chip says what is chosen.
 * @param {HTMLFormElement} form
 */
export function tellEntering(form) {
  const box = /** @type {HTMLElement} */ (form.querySelector('#enter'));
  const words = /** @type {HTMLElement} */ (box.querySelector('.enter-words'));
  const isOn = isAsked(readEntering(form));
  box.classList.toggle('on', isOn);
  words.textContent = (isOn ? words.dataset.on || '' : words.dataset.off || '').replace('{what}', enteringText(form));
}

/**
 * @param {HTMLFormElement} form
 * @param {() => void} clear takes the condition away
 */
export function makeEnter(form, clear) {
  const box = /** @type {HTMLDetailsElement} */ (form.querySelector('#enter'));
  const close = () => {
    if (!box.open) return;
    box.open = false;
    const chip = box.querySelector('summary');
    if (chip) chip.focus();
  };
  box.addEventListener('click', (event) => {
    const button = closest(event, 'button');
    if (!button) return;
    if ('off' in button.dataset) clear();
    close();
  });
  box.addEventListener('keydown', (event) => { if (event.key === 'Escape') close(); });
}
