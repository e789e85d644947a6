// The siting form on the page: read as a question, filled with one.

import { byId, readJson } from '../../lib/page.js';
import { isHonoured } from '../asked.js';
import { putFields, readFields } from '../question.js';
import { fieldsOf, questionOf } from './question.js';

// What limits candidates: the server refuses it where sites may stand anywhere.
const NEEDING_CANDIDATES = new Set([
  'budget', 'min_spacing_m', 'capacity', 'backup_share', 'alternatives', 'differ', 'within_share', 'spacing_m',
]);

// The models that sites anywhere are proven for.
const PROVEN_ANYWHERE = new Set(['mclp', 'lscp']);

/**
 * @param {HTMLFormElement} form
 * @param {import('./question.js').Districts} districts
 * @param {string | undefined} datum of the positions on the map
 */
export function makeForm(form, districts, datum) {
  /** @type {import('./question.js').SitingQuestion} */
  let kept = {};
  /** @type {{ controls: import('../asked.js').Asked[], quotas: string[] }} */
  const { controls: asked, quotas: quotaModels } = readJson('asked');

  /** Show what the model that is chosen has a use for. */
  function fit() {
    const fields = readFields(form);
    const anywhere = fitAnywhere(fields.model);
    asked.forEach((one) => {
      const place = form.querySelector(`[data-field="${one.name}"]`);
      const control = form.elements.namedItem(one.name);
      const idle = !isHonoured(one, fields.model) || (anywhere && NEEDING_CANDIDATES.has(one.name))
        || (one.needs === 'at' && fields.when !== 'at')
        || (one.name === 'p' && Boolean(fields.phases)); // the years say how many
      if (place instanceof HTMLElement) place.hidden = idle;
      // What is out of sight is not asked, and cannot keep the form from being sent.
      if (control instanceof HTMLInputElement || control instanceof HTMLSelectElement) control.disabled = idle;
    });
    const rules = byId('rules-field', HTMLFieldSetElement);
    rules.hidden = anywhere || !quotaModels.includes(fields.model);
    rules.disabled = rules.hidden;
    byId('moment').hidden = fields.when !== 'at';
    const names = Object.keys(kept);
    byId('kept').hidden = !names.length;
    byId('kept-names').textContent = names.join(', ');
  }

  /**
   * Places anywhere are for covering alone: another model chooses among candidates.
   * @param {string} model
   * @returns {boolean} whether the sites may stand anywhere
   */
  function fitAnywhere(model) {
    const choice = byId('candidates', HTMLSelectElement);
    const option = choice.querySelector('option[value="anywhere"]');
    if (option instanceof HTMLOptionElement) {
      option.disabled = !PROVEN_ANYWHERE.has(model);
      if (option.disabled && choice.value === 'anywhere') choice.value = 'generated';
    }
    const anywhere = choice.value === 'anywhere';
    byId('anywhere-note').hidden = !anywhere;
    return anywhere;
  }

  /** What the form asks, without the places on the map. */
  function question() {
    return { ...questionOf(readFields(form), kept, districts, asked, quotaModels), datum };
  }

  /**
   * Fill the form with a question.
   * @param {import('./question.js').SitingQuestion} given
   */
  function fill(given) {
    const shown = fieldsOf(given, districts, asked);
    putFields(form, shown.fields, shown.families);
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
