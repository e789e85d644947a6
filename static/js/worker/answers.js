// The answer to what is asked: the service's, or where nobody answers that of what is kept on this device.

import { readConditions } from './conditions.js';
import { language } from '../lib/page.js';
import { post } from '../lib/request.js';
import { offline } from './offline/link.js';

const ANSWER_LIMIT_MS = 10000;
const FIRST_K = 6;
const MOST_ACCURACY_M = 2e7;

/**
 * From where is asked, the asker's own position as far as it counts, whether that is from where, and how many are wanted
 * ('' as many as at first).
 * @typedef {{ origin: { lon: number, lat: number, datum: string } | { place: string },
 *   own: { lon: number, lat: number, accuracy_m: number } | null, isOwn: boolean, count: string }} Question
 */

/**
 * `put` writes it into an element.
 * @typedef {{ put: (holder: HTMLElement) => void, isKept: boolean }} Answer
 */

/** @param {Node} made @returns {Answer} */
function keptAnswer(made) {
  return { put: (holder) => { holder.textContent = ''; holder.appendChild(made); }, isKept: true };
}

/**
 * @param {HTMLFormElement} form the conditions
 * @param {HTMLElement} texts has the words for a service that does not answer
 */
export function makeAnswers(form, texts) {
  /** @param {Question} question */
  function bodyOf({ origin, own, isOwn, count }) {
    const body = new FormData(form);
    body.delete('place');
    Object.entries(origin).forEach(([name, value]) => body.set(name, String(value)));
    if (own) {
      const { lon, lat, accuracy_m } = own;
      // A region's stations are listed by how far they are from here.
      if (!isOwn) { body.set('own_lon', String(lon)); body.set('own_lat', String(lat)); }
      body.set(isOwn ? 'accuracy' : 'own_accuracy', String(Math.min(accuracy_m, MOST_ACCURACY_M)));
    }
    if (count) body.set('k', count);
    return body;
  }

  function by() {
    return String(new FormData(form).get('by') || 'walk');
  }

  return {
    /**
     * @param {Question} question
     * @returns {Promise<{ found: Answer, error: null } | { found: null, error: string }>}
     */
    async ask(question) {
      const { offline: unreached = '', broken, late } = texts.dataset;
      const { answer, error } = await post(`${form.dataset.results}?lang=${language()}`, bodyOf(question), {
        offline: unreached, failed: broken, late, limit_ms: ANSWER_LIMIT_MS,
      });
      if (error === null) return { found: { put: (holder) => { holder.innerHTML = answer; }, isKept: false }, error };
      // Only where nobody answered: what the service says of a question stands.
      const api = [unreached, broken, late].indexOf(error) >= 0 ? await offline() : null;
      const { origin, own, count } = question;
      const made = api && (await api.answer({ origin, own, k: Number(count) || FIRST_K, by: by(), conditions: readConditions(form) }));
      return made ? { found: keptAnswer(made), error: null } : { found: null, error };
    },
    /**
     * @param {string} code of a station
     * @param {{ lon: number, lat: number } | null} from
     * @returns {Promise<Answer | null>} null where it is not kept
     */
    async kept(code, from) {
      const api = await offline();
      const made = api && (await api.station(code, from, by()));
      return made ? keptAnswer(made) : null;
    },
    /** @param {boolean} isKept whether what is shown is of this device alone, which is said then */
    async tell(isKept) {
      const api = await offline();
      if (api) await api.told(isKept);
    },
  };
}
