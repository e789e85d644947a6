// What the page of actions asks, as the API's body.

import { commonQuestion } from '../question.js';

const COSTS = ['extend_cost', 'build_cost', 'upgrade_cost', 'move_cost', 'close_saving'];

/**
 * @param {import('../question.js').Fields} fields
 * @returns {import('../question.js').Question & Record<string, unknown> & { moments: string[] }}
 */
export function questionOf(fields) {
  /** @type {Record<string, number>} */
  const given = {};
  COSTS.forEach((name) => { if (fields[name]) given[name] = Number(fields[name]); });
  if (fields.min_spacing) given.min_spacing_m = Number(fields.min_spacing);
  if (fields.most) given.most_actions = Number(fields.most);
  return {
    ...commonQuestion(fields),
    ...given,
    budget: Number(fields.budget),
    moments: fields.day ? fields.ticked.hour.map((hour) => `${fields.day}T${hour}`) : [],
    // Until midnight is the end of this day, not its beginning.
    hours: `Mo-Su ${fields.from}-${fields.until === '00:00' ? '24:00' : fields.until}`,
    candidates: fields.candidates,
    time_limit_seconds: Number(fields.seconds),
  };
}

/**
 * Whether any action is offered at all.
 * @param {object} body
 */
export function hasCosts(body) {
  return COSTS.some((name) => name in body);
}
