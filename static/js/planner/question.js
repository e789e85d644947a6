// What the planner's forms have in common: their fields as text, and the members of a question that
// follow from them.

import { converted } from './asked.js';

/**
 * The fields of a form by name, as text; of boxes to tick, all that are ticked (as text, a line for each).
 * @typedef {Record<string, string> & { ticked: { family: string[], hour: string[] } }} Fields
 */

/**
 * A question of the planner, as the API takes it; the members that its three kinds share.
 * @typedef {object} Question
 * @property {number} [standard_m]
 * @property {number} [standard_seconds]
 * @property {string[]} [families]
 * @property {string} [region]
 * @property {string} [demand]
 * @property {string} [at]
 */

/**
 * @param {HTMLFormElement} form
 * @returns {Fields}
 */
export function readFields(form) {
  const data = new FormData(form);
  const all = (/** @type {string} */ name) => data.getAll(name).map(String);
  /** @type {Record<string, string>} */
  const fields = {};
  data.forEach((value, name) => { fields[name] = name in fields ? `${fields[name]}\n${value}` : String(value); });
  return Object.assign(fields, { ticked: { family: all('family'), hour: all('hour') } });
}

/**
 * Standard, area, demand and families.
 * @param {Fields} fields
 * @returns {Question}
 */
export function commonQuestion(fields) {
  const amount = Number(fields.amount);
  /** @type {Question} */
  const body = { families: fields.ticked.family };
  if (fields.unit === 'm') body.standard_m = amount;
  else body.standard_seconds = Number((amount * 60).toFixed(3)); // 6.666667 minutes were 400 seconds
  if (fields.region) body.region = fields.region;
  if (fields.demand) body.demand = fields.demand;
  return body;
}

/**
 * The moment at which facilities must be open, where one is named.
 * @param {Fields} fields
 * @returns {Question}
 */
export function momentQuestion(fields) {
  return fields.when === 'at' ? { at: fields.at } : {};
}

/**
 * The fields of the form that every kind of question has, as a question sets them: text by name.
 * @param {Question} given
 * @returns {Record<string, string>}
 */
export function commonFields(given) {
  /** @type {Record<string, string>} */
  const fields = {
    unit: given.standard_seconds ? 'min' : 'm',
    amount: given.standard_seconds ? converted(given.standard_seconds / 60) : String(given.standard_m || ''),
    region: given.region || '',
  };
  if (given.demand) fields.demand = given.demand;
  return fields;
}

/**
 * The fields of a moment, as a question sets them.
 * @param {Question} given
 * @returns {Record<string, string>}
 */
export function momentFields(given) {
  return given.at ? { when: 'at', at: given.at } : { when: 'any' };
}

/**
 * Tick what a field names, a line for each, where it is boxes to tick.
 * @param {HTMLFormElement} form
 * @param {string} name
 * @param {string} value
 * @returns {boolean} whether it is
 */
function putTicks(form, name, value) {
  const offer = form.querySelector(`template[data-tick="${name}"]`);
  if (!(offer instanceof HTMLTemplateElement)) return false;
  const wanted = value ? value.split('\n') : [];
  const boxes = ticksOf(form, name);
  boxes.forEach((box) => { box.checked = wanted.includes(box.value); });
  // What is no longer offered is offered again.
  wanted.filter((one) => !boxes.some((box) => box.value === one)).forEach((one) => {
    const label = /** @type {HTMLElement} */ (/** @type {DocumentFragment} */ (offer.content.cloneNode(true)).firstElementChild);
    const box = /** @type {HTMLInputElement} */ (label.querySelector('input'));
    Object.assign(box, { value: one, checked: true });
    /** @type {HTMLElement} */ (label.querySelector('span')).textContent = one;
    offer.before(label);
  });
  return true;
}

/**
 * The boxes to tick of a field.
 * @param {HTMLFormElement} form
 * @param {string} name
 */
export function ticksOf(form, name) {
  return Array.from(form.querySelectorAll(`input[type="checkbox"][name="${name}"]`), (one) => /** @type {HTMLInputElement} */ (one));
}

/**
 * Show values in a form, and which families are ticked.
 * @param {HTMLFormElement} form
 * @param {Record<string, string>} values text by name of the field
 * @param {string[] | null | undefined} families none: all
 */
export function putFields(form, values, families) {
  Object.entries(values).forEach(([name, value]) => {
    if (putTicks(form, name, value)) return;
    const field = form.elements.namedItem(name);
    // What is no longer offered is offered again, so that nothing is silently replaced.
    if (field instanceof HTMLSelectElement && !Array.from(field.options).some((one) => one.value === value)) {
      field.add(new Option(value, value));
    }
    if (field instanceof HTMLSelectElement || field instanceof HTMLInputElement || field instanceof RadioNodeList) field.value = value;
    else throw new TypeError(`The form has no field ${name}`);
  });
  form.querySelectorAll('[name="family"]').forEach((one) => {
    const box = /** @type {HTMLInputElement} */ (one);
    box.checked = !families || families.includes(box.value);
  });
}

/**
 * What is still missing in a question, in the words of the page; null where it can be asked.
 * @param {Question} body
 * @param {{ no_family: string, no_moment: string }} texts
 * @returns {string | null}
 */
export function missing(body, texts) {
  if (!body.families || !body.families.length) return texts.no_family;
  if ('at' in body && !body.at) return texts.no_moment;
  return null;
}
