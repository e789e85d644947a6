// The siting form on the page: read as a question, filled with one.

import { byId, readJson } from '../../lib/page.js';
import { isHonoured } from '../asked.js';
import { putFields, readFields, ticksOf } from '../question.js';
import { fieldsOf, questionOf } from './question.js';

// What limits candidates: the server refuses it where sites may stand anywhere.
const NEEDING_CANDIDATES = new Set([
  'min_spacing_m', 'capacity', 'existing_seats', 'sizes', 'backup_share', 'alternatives', 'differ', 'within_share', 'spacing_m',
]);

// What a question has only where sites are chosen among candidates.
const ONLY_AMONG = new Set([...NEEDING_CANDIDATES, 'quotas', 'host_quotas', 'phases']);

// What sizes of station say already, or are not asked with.
const IDLE_WITH_SIZES = new Set(['site_cost', 'capacity', 'backup_share', 'alternatives', 'differ', 'within_share']);

// The models that sites anywhere are proven for.
const PROVEN_ANYWHERE = new Set(['mclp', 'lscp', 'p_center']);

/**
 * @param {HTMLFormElement} form
 * @param {import('./question.js').Districts} districts
 * @param {import('./question.js').Hosts} hosts
 */
export function makeForm(form, districts, hosts) {
  /** @type {import('./question.js').SitingQuestion} */
  let kept = {};
  let limited = false; // to generated candidates, though places anywhere had been chosen
  /** @type {{ controls: import('../asked.js').Asked[], quotas: string[] }} */
  const { controls: asked, quotas: quotaModels } = readJson('asked');

  const sizesModels = asked.filter((one) => one.name === 'sizes').flatMap((one) => one.models);

  /** Show what the model that is chosen has a use for. */
  function fit() {
    const fields = readFields(form);
    const priced = Boolean(fields.budget) && !byId('budget', HTMLInputElement).disabled;
    const anywhere = fitAnywhere(fields.model, priced);
    const sized = priced && Boolean(byId('size', HTMLInputElement).value) && sizesModels.includes(fields.model);
    const seated = sized || Boolean(byId('capacity', HTMLInputElement).value);
    const period = byId('period', HTMLSelectElement).value; // even while it is out of sight
    const several = (fields.when === 'at' && period !== 'moment') || kept.moments !== undefined;
    drawDistricts(fields.region);
    drawHosts(fields.candidates);
    asked.forEach((one) => {
      const place = form.querySelector(`[data-field="${one.name}"]`);
      const control = form.elements.namedItem(one.name);
      const idle = !isHonoured(one, fields.model) || (anywhere && NEEDING_CANDIDATES.has(one.name))
        || (one.needs === 'at' && fields.when !== 'at') || (one.needs === 'budget' && !priced)
        || (one.name === 'hour_weights' && !several)
        || (one.name === 'p' && Boolean(fields.phases)) // the years say how many
        || (one.name === 'existing_seats' && !seated)
        || (sized && IDLE_WITH_SIZES.has(one.name));
      if (place instanceof HTMLElement) place.hidden = idle;
      // What is out of sight is not asked, and cannot keep the form from being sent.
      if (place instanceof HTMLFieldSetElement) place.disabled = idle;
      else if (control instanceof HTMLInputElement || control instanceof HTMLSelectElement) control.disabled = idle;
    });
    // The demand that is asked for is not one more beside it.
    const others = ticksOf(form, 'also_demand');
    others.forEach((box) => {
      box.disabled = box.value === fields.demand;
      /** @type {HTMLElement} */ (box.closest('label')).hidden = box.disabled;
    });
    /** @type {HTMLElement} */ (form.querySelector('[data-field="also_demand"] [data-none]')).hidden = !others.every((box) => box.disabled);
    // Candidates of a set may have costs of their own.
    byId('site-cost', HTMLInputElement).required = !sized && byId('candidates', HTMLSelectElement).value.startsWith('generated');
    byId('budget-note').hidden = !priced;
    const rules = byId('rules-field', HTMLFieldSetElement);
    rules.hidden = anywhere || !quotaModels.includes(fields.model);
    rules.disabled = rules.hidden;
    byId('moment').hidden = fields.when !== 'at';
    const names = Object.keys(kept);
    byId('kept').hidden = !names.length;
    byId('kept-names').textContent = names.join(', ');
  }

  /**
   * Places anywhere are for covering alone: another model, or a budget, chooses among candidates.
   * @param {string} model
   * @param {boolean} priced
   * @returns {boolean} whether the sites may stand anywhere
   */
  function fitAnywhere(model, priced) {
    const choice = byId('candidates', HTMLSelectElement);
    const option = choice.querySelector('option[value="anywhere"]');
    if (option instanceof HTMLOptionElement) {
      option.disabled = !PROVEN_ANYWHERE.has(model) || priced;
      if (option.disabled && choice.value === 'anywhere') {
        choice.value = 'generated';
        limited = true;
      } else if (limited && !option.disabled && !Object.keys(question()).some((name) => ONLY_AMONG.has(name))) {
        if (choice.value === 'generated') choice.value = 'anywhere';
        limited = false;
      }
    }
    const anywhere = choice.value === 'anywhere';
    byId('anywhere-note').hidden = !anywhere;
    return anywhere;
  }

  /**
   * A row for each district of an area, where it has several: how many stations at least, and at most.
   * @param {string} area
   */
  function drawDistricts(area) {
    const codes = districts[area] || [];
    const names = new Map(Array.from(byId('region', HTMLSelectElement).options, (one) => [one.value, one.text]));
    drawRows('rules', area, codes.length < 2 ? [] : codes, '', (code) => names.get(code) || code);
  }

  /**
   * A row for each type of host of a candidate set, where it says any.
   * @param {string} set
   */
  function drawHosts(set) {
    drawRows('hosts', set, hosts[set] || [], 'host-', (kind) => kind);
  }

  /**
   * @param {'rules' | 'hosts'} part of the page
   * @param {string} of what the rows are drawn for; they stay as they are while that stays
   * @param {string[]} codes
   * @param {string} prefix of the fields' names
   * @param {(code: string) => string} nameOf
   */
  function drawRows(part, of, codes, prefix, nameOf) {
    const each = byId(`${part}-each`);
    if (each.dataset.of === of) return;
    each.dataset.of = of;
    each.replaceChildren(...codes.map((code) => {
      const row = document.createElement('div');
      row.className = 'each';
      const name = document.createElement('span');
      name.textContent = nameOf(code);
      row.append(name, ...['least', 'most'].map((which) => {
        const input = document.createElement('input');
        const words = each.dataset[which] || '';
        Object.assign(input, { type: 'number', name: `${prefix}${which}:${code}`, min: '0', max: '5000', step: '1', placeholder: words });
        input.setAttribute('aria-label', `${name.textContent} ${words}`);
        return input;
      }));
      return row;
    }));
    byId(`${part}-apart`).hidden = !codes.length;
  }

  /** What the form asks, without the places on the map. */
  function question() {
    return questionOf(readFields(form), kept, districts, asked, quotaModels, hosts);
  }

  /**
   * Fill the form with a question.
   * @param {import('./question.js').SitingQuestion} given
   */
  function fill(given) {
    const shown = fieldsOf(given, districts, asked, hosts);
    // Drawn anew, so that nothing of another question stays in them.
    ['rules-each', 'hosts-each'].forEach((id) => { byId(id).dataset.of = '-'; });
    drawDistricts(given.region || '');
    drawHosts(given.candidates || '');
    putFields(form, shown.fields, shown.families);
    kept = shown.kept;
    limited = false;
    fit();
  }

  byId('budget').addEventListener('input', fit);
  byId('size').addEventListener('input', fit);
  byId('capacity').addEventListener('input', fit);
  byId('candidates').addEventListener('change', () => { limited = false; });
  byId('kept-drop').addEventListener('click', () => {
    kept = {};
    fit();
    form.dispatchEvent(new Event('change'));
  });
  return { fit, question, fill };
}
