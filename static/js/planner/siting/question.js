// What the siting form asks, as the API's body, and the other way round. No page is touched here.

import { commonQuestion, momentQuestion } from '../question.js';

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
 * @property {number} [capacity]
 * @property {number} [backup_share]
 * @property {Record<string, Quota>} [quotas]
 * @property {string} [datum]
 */

/** @typedef {{ min?: number, max?: number }} Quota */

/** @typedef {import('../question.js').Question & SitingMembers & Record<string, unknown>} SitingQuestion */

/** @typedef {Record<string, string[]>} Districts the districts of each area by its code; '' is everywhere */

// Fields of a question that have no place in the form are kept as they came and asked again.
const SHOWN = new Set([
  'model', 'p', 'standard_m', 'standard_seconds', 'region', 'demand', 'candidates', 'spacing_m', 'drawn', 'fixed',
  'forbidden', 'forbidden_areas', 'families', 'at', 'share', 'min_spacing_m', 'time_limit_seconds', 'datum',
  'alternatives', 'differ', 'budget', 'backup_share', 'capacity',
]);

/**
 * Which parts of the form a model has a use for.
 * @param {string} model
 */
export function partsOf(model) {
  const plain = model === 'mclp';
  return { p: model !== 'lscp', share: model === 'lscp', plain, rules: plain || model === 'equity' };
}

/**
 * The form as a question, without the places on the map.
 * @param {import('../question.js').Fields} fields
 * @param {SitingQuestion} kept what is asked beyond the form
 * @param {Districts} districts
 * @returns {SitingQuestion}
 */
export function questionOf(fields, kept, districts) {
  const parts = partsOf(fields.model);
  /** @type {SitingQuestion} */
  const body = {
    ...kept,
    ...commonQuestion(fields),
    ...momentQuestion(fields),
    model: fields.model,
    candidates: fields.candidates,
    spacing_m: Number(fields.spacing),
    time_limit_seconds: Number(fields.seconds),
  };
  if (parts.p) body.p = Number(fields.p);
  if (parts.share) body.share = Number(fields.share) / 100;
  if (fields.min_spacing) body.min_spacing_m = Number(fields.min_spacing);
  if (parts.rules) {
    const quota = quotaOf(fields);
    if (quota) body.quotas = Object.fromEntries((districts[fields.region] || []).map((code) => [code, quota]));
    if (fields.budget) body.budget = Number(fields.budget);
  }
  if (parts.plain) {
    if (fields.capacity) body.capacity = Number(fields.capacity);
    if (Number(fields.backup)) body.backup_share = Number(fields.backup) / 100;
    if (Number(fields.alternatives)) {
      body.alternatives = Number(fields.alternatives);
      body.differ = Number(fields.differ);
    }
  }
  return body;
}

/**
 * @param {import('../question.js').Fields} fields
 * @returns {Quota | null}
 */
function quotaOf(fields) {
  /** @type {Quota} */
  const quota = {};
  if (fields.least) quota.min = Number(fields.least);
  if (fields.most_each) quota.max = Number(fields.most_each);
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
 * A number in another unit, without the crumbs of the conversion.
 * @param {number} value
 */
function converted(value) {
  return String(Number(value.toFixed(6)));
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
 * @returns {{ fields: Record<string, string>, families: string[] | null, kept: SitingQuestion }}
 */
export function fieldsOf(given, districts) {
  const quota = commonQuota(given, districts);
  /** @type {Record<string, string>} */
  const fields = {
    model: given.model || 'mclp',
    unit: given.standard_m ? 'm' : 'min',
    amount: given.standard_m ? shown(given.standard_m) : converted((given.standard_seconds || 0) / 60),
    region: given.region || '',
    candidates: given.candidates || 'generated',
    min_spacing: shown(given.min_spacing_m),
    when: given.at ? 'at' : 'any',
    alternatives: shown(given.alternatives || 0),
    budget: shown(given.budget),
    capacity: shown(given.capacity),
    backup: converted((given.backup_share || 0) * 100),
    least: shown(quota && quota.min),
    most_each: shown(quota && quota.max),
  };
  if (given.p) fields.p = shown(given.p);
  if (given.share !== undefined && given.share !== null) fields.share = converted(given.share * 100);
  if (given.demand) fields.demand = given.demand;
  if (given.spacing_m) fields.spacing = shown(given.spacing_m);
  if (given.time_limit_seconds) fields.seconds = shown(given.time_limit_seconds);
  if (given.at) fields.at = given.at;
  if (given.differ) fields.differ = shown(given.differ);
  const kept = Object.fromEntries(Object.entries(given).filter(([name]) => !SHOWN.has(name) && !(quota && name === 'quotas')));
  return { fields, families: given.families || null, kept };
}
