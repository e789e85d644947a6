// The siting form on the page: read as a question, filled with one.

import { byId } from '../../lib/page.js';
import { readFields } from '../question.js';
import { fieldsOf, partsOf, questionOf } from './question.js';

/**
 * @param {HTMLFormElement} form
 * @param {import('./question.js').Districts} districts
 * @param {string | undefined} datum of the positions on the map
 */
export function makeForm(form, districts, datum) {
  /** @type {import('./question.js').SitingQuestion} */
  let kept = {};

  /** Show what the model that is chosen has a use for. */
  function fit() {
    const fields = readFields(form);
    const parts = partsOf(fields.model);
    byId('p-field').hidden = !parts.p;
    byId('p', HTMLInputElement).disabled = !parts.p;
    byId('share-field').hidden = !parts.share;
    ['others-field', 'backup-field', 'capacity-field'].forEach((id) => { byId(id).hidden = !parts.plain; });
    byId('rules-field').hidden = !parts.rules;
    byId('moment').hidden = fields.when !== 'at';
    const names = Object.keys(kept);
    byId('kept').hidden = !names.length;
    byId('kept-names').textContent = names.join(', ');
  }

  /** What the form asks, without the places on the map. */
  function question() {
    return { ...questionOf(readFields(form), kept, districts), datum };
  }

  /**
   * @param {string} name
   * @param {string} value
   */
  function put(name, value) {
    const field = form.elements.namedItem(name);
    // What is no longer offered is offered again, so that nothing is silently replaced.
    if (field instanceof HTMLSelectElement && !Array.from(field.options).some((one) => one.value === value)) {
      field.add(new Option(value, value));
    }
    if (field instanceof HTMLSelectElement || field instanceof HTMLInputElement || field instanceof RadioNodeList) field.value = value;
    else throw new TypeError(`The form has no field ${name}`);
  }

  /**
   * Fill the form with a question.
   * @param {import('./question.js').SitingQuestion} given
   */
  function fill(given) {
    const shown = fieldsOf(given, districts);
    Object.entries(shown.fields).forEach(([name, value]) => put(name, value));
    form.querySelectorAll('[name="family"]').forEach((one) => {
      const box = /** @type {HTMLInputElement} */ (one);
      box.checked = !shown.families || shown.families.includes(box.value);
    });
    kept = shown.kept;
    fit();
  }

  byId('kept-drop').addEventListener('click', () => {
    kept = {};
    fit();
    form.dispatchEvent(new Event('change'));
  });
  return { fit, question, fill };
}
