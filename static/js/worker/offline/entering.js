// Whether somebody may enter a station, by the service's rule (geoapp/core/entering.py) and its cases.

/**
 * What somebody says of themselves: who they are ('' does not ask for whom a station is), what they are without, and whether
 * only what is known to let them in counts.
 * @typedef {{ who: string, without: string[], surely: boolean }} Entering
 */

/** @type {Record<string, string[]>} For whom it is, and whom that admits: a member is a worker, a worker is anyone. */
const ADMITS = { anyone: ['anyone', 'worker', 'member'], workers: ['worker', 'member'], members: ['member'] };

/**
 * Who counts as asking: where one may surely enter who does not say who they are, anyone may.
 * @param {Pick<Entering, 'who' | 'surely'>} entering
 */
export function askerOf({ who, surely }) {
  return who || (surely ? 'anyone' : '');
}

/** @param {Entering} entering whether anything is asked; if not, every station counts */
export function isAsked(entering) {
  return Boolean(askerOf(entering)) || entering.without.length > 0;
}

/**
 * @param {Entering} entering
 * @param {string | undefined} access
 * @param {string | undefined} entry
 * @returns {boolean | null} null where it is not known
 */
export function admits(entering, access, entry) {
  const { without } = entering;
  const who = askerOf(entering);
  const isFor = !who || (access ? (ADMITS[access] || []).indexOf(who) >= 0 : null);
  const opens = !without.length || (entry ? without.indexOf(entry) < 0 : null);
  if (isFor === false || opens === false) return false;
  return isFor === null || opens === null ? null : true;
}

/**
 * @param {Entering} entering
 * @param {string | undefined} access
 * @param {string | undefined} entry
 */
export function accepts(entering, access, entry) {
  if (!isAsked(entering)) return true;
  const may = admits(entering, access, entry);
  return entering.surely ? may === true : may !== false;
}
