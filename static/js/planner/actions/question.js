// What the page of actions asks, as the API's body.

import { askedMembers, shownFields } from '../asked.js';
import { commonFields, commonQuestion } from '../question.js';

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

/**
 * A question as the form shows it: its fields by name, and the hours of its day that are ticked (none: as they are).
 * The one moment that other modes ask of is taken as the day's only one.
 * @param {import('../question.js').Question & Record<string, any>} given
 * @param {import('../asked.js').Asked[]} asked
 * @returns {{ fields: Record<string, string>, ticked: string[] }}
 */
export function fieldsOf(given, asked) {
  /** @type {string[]} */
  const moments = given.moments || (given.at ? [given.at] : []);
  const hours = /^Mo-Su (\d\d:\d\d)-(\d\d:\d\d)$/.exec(given.hours || '');
  /** @type {Record<string, string>} */
  const fields = { ...commonFields(given), ...shownFields(given, asked) };
  if (given.candidates) fields.candidates = given.candidates;
  if (moments.length) fields.day = moments[0].slice(0, 10);
  if (hours) Object.assign(fields, { from: hours[1], until: hours[2] === '24:00' ? '00:00' : hours[2] });
  return { fields, ticked: moments.map((one) => one.slice(11, 16)) };
}
