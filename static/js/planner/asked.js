// The controls that the page draws from the table of its question's fields: as members of the
// question, and the other way round. The page says how in its JSON element `asked`.

/**
 * How a control becomes a member of the question.
 * @typedef {object} Asked
 * @property {string} name of the control and of the member
 * @property {boolean} number whether it is one; it is shown `scale` times as great as it is asked
 * @property {boolean} [listed] whether it is codes, each on a line of its own
 * @property {number} scale
 * @property {string[]} models those that honour it; none: all
 * @property {string | null} needs the member without which it is not asked
 * @property {string | null} usual what is shown where the question leaves it out; null: what is there stays
 */

/**
 * Whether a model has a use for a control.
 * @param {Asked} one
 * @param {string} model
 */
export function isHonoured(one, model) {
  return !one.models.length || one.models.includes(model);
}

/**
 * A number in another unit, without the crumbs of the conversion.
 * @param {number} value
 */
export function converted(value) {
  return String(Number(value.toFixed(6)));
}

/**
 * Whether a field says anything: it is filled in, and not with none at all.
 * @param {string | undefined} text
 */
function isSaid(text) {
  return text !== undefined && text !== '' && Number(text) !== 0;
}

/**
 * What the controls ask: no more than what is filled in, is honoured, and is not the usual.
 * @param {import('./question.js').Fields} fields
 * @param {Asked[]} asked
 * @returns {Record<string, number | string | string[]>}
 */
export function askedMembers(fields, asked) {
  /** @type {Record<string, number | string | string[]>} */
  const members = {};
  asked.filter((one) => isHonoured(one, fields.model)).forEach((one) => {
    const text = fields[one.name];
    if (text === undefined || text === '') return;
    if (one.needs !== null && !isSaid(fields[one.needs])) return;
    // What means something only beside another member is asked where it departs from the usual.
    if (!one.number && one.needs !== null && text === one.usual) return;
    if (one.listed) members[one.name] = text.split('\n');
    else if (!one.number) members[one.name] = text;
    else if (text !== one.usual) members[one.name] = Number(text) / one.scale;
  });
  return members;
}

/**
 * A question as the controls show it, by name.
 * @param {Record<string, unknown>} given
 * @param {Asked[]} asked
 * @returns {Record<string, string>}
 */
export function shownFields(given, asked) {
  /** @type {Record<string, string>} */
  const fields = {};
  asked.forEach((one) => {
    const value = given[one.name];
    if (value === undefined || value === null) {
      if (one.usual !== null) fields[one.name] = one.usual;
    } else if (one.listed) fields[one.name] = /** @type {string[]} */ (value).join('\n');
    else fields[one.name] = one.number ? converted(Number(value) * one.scale) : String(value);
  });
  return fields;
}
