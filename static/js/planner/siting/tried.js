// What the placed stations would change, told while they are moved about.

import { formatCounted, formatShare } from '../../lib/figures.js';
import { byId, nameOf } from '../../lib/page.js';
import { post } from '../../lib/request.js';

const SLOW_MS = 400;

/**
 * @typedef {object} Change what the service answers
 * @property {string} text what changes, in words
 * @property {number[]} adds what each place adds
 * @property {{ name_zh: string, name_en?: string | null, before_share: number, after_share: number }[]} districts
 */

/**
 * `question()` is what is asked now, or null where nothing is placed.
 * @param {string} address
 * @param {{ offline: string, measuring: string, adds: string, worker: string, workers: string }} texts
 * @param {() => object | null} question
 */
export function makeTrying(address, texts, question) {
  const told = byId('tried');
  const districts = byId('tried-districts');
  let asking = false;
  let asked = false;

  /** @param {Change} answer */
  function show(answer) {
    told.textContent = answer.text;
    document.querySelectorAll('#must li span').forEach((words, number) => {
      if (number < answer.adds.length) words.setAttribute('data-adds', `${texts.adds} ${formatCounted(answer.adds[number], texts.worker, texts.workers)}`);
    });
    districts.replaceChildren(...answer.districts.map((one) => {
      const row = document.createElement('li');
      row.textContent = `${nameOf(one)}: ${formatShare(one.before_share)} → ${formatShare(one.after_share)}`;
      return row;
    }));
  }

  async function askOnce() {
    const body = question();
    if (!body) {
      told.hidden = true;
      districts.replaceChildren();
      return;
    }
    const slow = window.setTimeout(() => { told.hidden = false; told.textContent = texts.measuring; }, SLOW_MS);
    const { answer, error } = await post(address, body, texts);
    window.clearTimeout(slow);
    if (error !== null) told.textContent = error;
    else show(answer);
    told.hidden = false;
  }

  /** Ask: one question at a time, the last one always answered. */
  return async function tryPlaces() {
    asked = true;
    if (asking) return;
    asking = true;
    while (asked) {
      asked = false;
      await askOnce();
    }
    asking = false;
  };
}
