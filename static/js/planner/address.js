// A question in the page's address, so that each step of it can be gone back to, sent and kept. No page is touched here.

/**
 * What each field of a question holds, by its name.
 * @typedef {Record<string, string>} Kinds
 */

const NUMBERS = new Set(['whole', 'number']);
const LISTS = new Set(['codes', 'families', 'moments']);
const STRUCTURES = new Set(['quotas', 'sites', 'areas']);

// What every mode of the workspace asks (geoapp/web/pages/workspace.py has the same).
const CARRIED = ['region', 'demand', 'standard_m', 'standard_seconds', 'at', 'families'];

/**
 * A question as the parameters of an address.
 * @param {Record<string, unknown>} question
 * @param {Kinds} kinds
 */
export function toAddress(question, kinds) {
  const parameters = new URLSearchParams();
  Object.keys(question).filter((name) => name in kinds).forEach((name) => {
    const value = question[name];
    if (value === undefined || value === null) return;
    if (Array.isArray(value) && LISTS.has(kinds[name])) value.forEach((one) => parameters.append(name, String(one)));
    else parameters.set(name, typeof value === 'object' ? JSON.stringify(value) : String(value));
  });
  return parameters;
}

/**
 * The question that an address holds, without what cannot be read; null where it holds none.
 * @param {URLSearchParams} parameters
 * @param {Kinds} kinds
 * @returns {Record<string, unknown> | null}
 */
export function fromAddress(parameters, kinds) {
  /** @type {Record<string, unknown>} */
  const question = {};
  Object.keys(kinds).filter((name) => parameters.has(name)).forEach((name) => {
    const text = parameters.get(name) || '';
    if (LISTS.has(kinds[name])) question[name] = parameters.getAll(name);
    else if (NUMBERS.has(kinds[name])) {
      if (text && Number.isFinite(Number(text))) question[name] = Number(text);
    } else if (STRUCTURES.has(kinds[name])) {
      try {
        question[name] = JSON.parse(text);
      } catch {
        // an address that was cut
      }
    } else question[name] = text;
  });
  return Object.keys(question).length ? question : null;
}

/**
 * What another mode of the workspace is asked, too.
 * @param {Record<string, unknown>} question
 * @returns {Record<string, unknown>}
 */
export function carried(question) {
  return Object.fromEntries(CARRIED.filter((name) => name in question).map((name) => [name, question[name]]));
}
