// What the placed stations would change: counted here while they are moved about, and by the service where they stay.

import { formatCounted, formatShare } from '../../lib/figures.js';
import { byId, filled, nameOf } from '../../lib/page.js';
import { post } from '../../lib/request.js';
import { longestLineM, sharesOf } from './counting.js';
import { groundQuestion } from './placed.js';
import { lastOf } from './trial.js';

const SLOW_MS = 400;

/**
 * @typedef {object} Change what the service answers
 * @property {string} text what changes, in words
 * @property {number[]} adds what each place adds
 * @property {{ name_zh: string, name_en?: string | null, before_share: number | null, after_share: number | null }[]} districts
 */

/**
 * `question()` is what is asked now, or null where nothing is placed.
 * @param {string} address
 * @param {{ offline: string, measuring: string, adds: string, worker: string, workers: string, tried: string, dragged: string }} texts
 * @param {() => import('./question.js').SitingQuestion | null} question
 * @param {ReturnType<typeof import('./trial.js').makeTrial>} trial
 * @param {ReturnType<typeof import('./catchments.js').makeCatchments>} catchments
 * @returns {(settled: boolean) => void}
 */
export function makeTrying(address, texts, question, trial, catchments) {
  const told = byId('tried');
  const districts = byId('tried-districts');
  let turn = 0;

  /** @param {Change} answer */
  function show(answer) {
    told.textContent = answer.text;
    told.hidden = false;
    document.querySelectorAll('#must li span').forEach((words, number) => {
      if (number < answer.adds.length) words.setAttribute('data-adds', `${texts.adds} ${formatCounted(answer.adds[number], texts.worker, texts.workers)}`);
    });
    districts.replaceChildren(...answer.districts.map((one) => {
      const row = document.createElement('li');
      row.textContent = `${nameOf(one)}: ${formatShare(one.before_share)} → ${formatShare(one.after_share)}`;
      return row;
    }));
  }

  /**
   * Count here, draw the catchments, and tell what changes unless the service has told it already.
   * @param {{ body: import('./question.js').SitingQuestion, mine: number, tell: boolean }} wanted
   */
  async function countHere({ body, mine, tell }) {
    const drawn = /** @type {import('./placed.js').Drawn[]} */ (body.drawn || []);
    const places = drawn.map(({ lon, lat }) => /** @type {[number, number]} */ ([lon, lat]));
    const counted = await trial.count(groundQuestion(body), places);
    if (!counted || mine !== turn) return;
    const { ground, count } = counted;
    catchments.draw(counted, places, longestLineM(ground.head));
    if (!tell) return;
    const shares = sharesOf(ground, count);
    const { weight, covered } = ground.head;
    show({
      text: filled(texts.tried, {
        some: formatCounted(count.added, texts.worker, texts.workers),
        change: `${formatShare(weight ? covered / weight : null)} → ${formatShare(weight ? (covered + count.added) / weight : null)}`,
      }) + texts.dragged,
      adds: count.adds,
      districts: shares.filter((one) => one.added > 0).sort((one, other) => other.added - one.added),
    });
  }

  const counting = lastOf(countHere);

  const confirming = lastOf(async (/** @type {{ body: import('./question.js').SitingQuestion, mine: number }} */ { body, mine }) => {
    const slow = window.setTimeout(() => { told.hidden = false; told.textContent = texts.measuring; }, SLOW_MS);
    const { answer, error } = await post(address, body, texts);
    window.clearTimeout(slow);
    if (mine !== turn) return;
    if (error === null) show(answer);
    else {
      told.hidden = false;
      told.textContent = error;
    }
    counting({ body, mine, tell: false });
  });

  return (settled) => {
    turn += 1;
    const body = question();
    if (!body) {
      told.hidden = true;
      districts.replaceChildren();
      catchments.clear();
    } else if (settled) confirming({ body, mine: turn });
    else counting({ body, mine: turn, tell: true });
  };
}
