// What the page of actions asks, as the API's body.

import { askedMembers } from '../asked.js';
import { commonQuestion } from '../question.js';

const COSTS = ['extend_cost', 'build_cost', 'upgrade_cost', 'move_cost', 'close_saving'];

/**
 * @param {import('../question.js').Fields} fields
 * @param {import('../asked.js').Asked[]} asked
 * @returns {import('../question.js').Question & Record<string, unknown> & { moments: string[] }}
 */
export function questionOf(fields, asked) {
  return {
    ...commonQuestion(fields),
    ...askedMembers(fields, asked),
    moments: fields.day ? fields.ticked.hour.map((hour) => `${fields.day}T${hour}`) : [],
    // Until midnight is the end of this day, not its beginning.
    hours: `Mo-Su ${fields.from}-${fields.until === '00:00' ? '24:00' : fields.until}`,
    candidates: fields.candidates,
  };
}

/**
 * Whether any action is offered at all.
 * @param {object} body
 */
export function hasCosts(body) {
  return COSTS.some((name) => name in body);
}
