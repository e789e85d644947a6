// What the siting form asks, as the API's body, and the other way round. No page is touched here.

import { askedMembers, shownFields } from '../asked.js';
import { commonFields, commonQuestion, momentFields, momentQuestion } from '../question.js';

/**
 * @typedef {object} SitingMembers
 * @property {string} [model]
 * @property {number} [p]
 * @property {number} [share]
 * @property {string} [candidates]
 * @property {number} [spacing_m]
 * @property {number} [min_spacing_m]
 * @property {number} [time_limit_seconds]
 * @property {number} [alternatives]
 * @property {number} [differ]
 * @property {number} [budget]
 * @property {string} [hours]
 * @property {number} [capacity]
 * @property {number} [backup_share]
 * @property {Record<string, Quota>} [quotas]
 * @property {Record<string, Quota>} [host_quotas]
 */

/** @typedef {{ min?: number, max?: number }} Quota */

/** @typedef {import('../question.js').Question & SitingMembers & Record<string, unknown>} SitingQuestion */

/** @typedef {Record<string, string[]>} Hosts the types of host of each candidate set by its code */

/** @typedef {Record<string, string[]>} Districts the districts of each area by its code; '' is everywhere */

// What the page asks beside the controls that are drawn from the table. Fields of a question that have
// no place in the form are kept as they came and asked again.
const SHOWN = new Set([
  'standard_m', 'standard_seconds', 'region', 'demand', 'candidates', 'drawn', 'fixed', 'forbidden', 'forbidden_areas',
  'families', 'at',
]);

/**
 * The form as a question, without the places on the map.
 * @param {import('../question.js').Fields} fields
 * @param {SitingQuestion} kept what is asked beyond the form
 * @param {Districts} districts
 * @param {import('../asked.js').Asked[]} asked
 * @param {string[]} quotaModels the models that honour quotas
 * @param {Hosts} [hosts]
 * @returns {SitingQuestion}
 */
export function questionOf(fields, kept, districts, asked, quotaModels, hosts = {}) {
  /** @type {SitingQuestion} */
  const body = {
    ...kept,
    ...commonQuestion(fields),
    ...momentQuestion(fields),
    // Its day or week is asked only where a moment is.
    ...askedMembers(Object.assign({}, fields, { at: fields.when === 'at' ? fields.at : '' }), asked),
    candidates: fields.candidates,
  };
  if (body.phases) delete body.p; // they say how many
  // One moment has none to be weighed against.
  if (!body.period && !body.moments) delete body.hour_weights;
  if (quotaModels.includes(fields.model)) {
    const all = quotaOf(fields.least, fields.most_each);
    /** @type {Record<string, Quota>} */
    const quotas = {};
    (districts[fields.region] || []).forEach((code) => {
      const quota = quotaOf(fields[`least:${code}`], fields[`most:${code}`]) || all;
      if (quota) quotas[code] = quota;
    });
    if (Object.keys(quotas).length) body.quotas = quotas;
    const byHost = (hosts[fields.candidates] || [])
      .map((kind) => /** @type {const} */ ([kind, quotaOf(fields[`host-least:${kind}`], fields[`host-most:${kind}`])]))
      .filter(([, quota]) => quota !== null);
    if (byHost.length) body.host_quotas = /** @type {Record<string, Quota>} */ (Object.fromEntries(byHost));
  }
  return body;
}

/**
 * @param {string | undefined} least
 * @param {string | undefined} most
 * @returns {Quota | null}
 */
function quotaOf(least, most) {
  /** @type {Quota} */
  const quota = {};
  if (least) quota.min = Number(least);
  if (most) quota.max = Number(most);
  return Object.keys(quota).length ? quota : null;
}

/**
 * A number as a field shows it; nothing where there is none.
 * @param {number | null | undefined} value
 */
function shown(value) {
  return value === undefined || value === null ? '' : String(value);
}

/**
 * The quota that all districts of the question's area have; null where they differ or have none.
 * @param {SitingQuestion} given
 * @param {Districts} districts
 * @returns {Quota | null}
 */
function commonQuota(given, districts) {
  const quotas = given.quotas || {};
  const all = districts[given.region || ''] || [];
  const [first] = Object.values(quotas);
  const isCommon = first !== undefined && Object.keys(quotas).length === all.length
    && all.every((code) => JSON.stringify(quotas[code]) === JSON.stringify(first));
  return isCommon ? first : null;
}

/**
 * A question as the form shows it: the fields that it sets by name, the families that are ticked
 * (null: all), and what it asks beyond the form.
 * @param {SitingQuestion} given
 * @param {Districts} districts
 * @param {import('../asked.js').Asked[]} asked
 * @param {Hosts} [hosts]
 * @returns {{ fields: Record<string, string>, families: string[] | null, kept: SitingQuestion }}
 */
export function fieldsOf(given, districts, asked, hosts = {}) {
  const quota = commonQuota(given, districts);
  const all = districts[given.region || ''] || [];
  const quotas = given.quotas || {};
  // Quotas that differ have a row for each district; those of other regions have no field.
  const apart = quota || !Object.keys(quotas).every((code) => all.includes(code)) ? [] : Object.entries(quotas);
  /** @type {Record<string, string>} */
  const fields = {
    ...shownFields(given, asked),
    ...commonFields(given),
    ...momentFields(given),
    candidates: given.candidates || 'generated',
    least: shown(quota && quota.min),
    most_each: shown(quota && quota.max),
  };
  apart.forEach(([code, one]) => {
    fields[`least:${code}`] = shown(one.min);
    fields[`most:${code}`] = shown(one.max);
  });
  const byHost = Object.entries(given.host_quotas || {});
  const hosted = byHost.every(([kind]) => (hosts[given.candidates || ''] || []).includes(kind));
  if (hosted) {
    byHost.forEach(([kind, one]) => {
      fields[`host-least:${kind}`] = shown(one.min);
      fields[`host-most:${kind}`] = shown(one.max);
    });
  }
  const drawn = new Set(asked.map((one) => one.name));
  const kept = Object.fromEntries(Object.entries(given).filter(
    ([name]) => !SHOWN.has(name) && !drawn.has(name) && !((quota || apart.length) && name === 'quotas') && !(hosted && name === 'host_quotas'),
  ));
  return { fields, families: given.families || null, kept };
}
