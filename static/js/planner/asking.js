// Every step of a question is one of the browser's history: going back takes the last step back, and the other
// modes of the workspace are asked the same.

import { byId } from '../lib/page.js';
import { carried, fromAddress, toAddress } from './address.js';

// Longer addresses are not understood everywhere; the browser keeps the whole question beside the address.
const LONGEST = 2000;
// What names an answer that is shown, in place of a question.
const ANSWERS = ['run', 'scenario'];

/** What the address names an answer by; nothing where it holds a question. */
function answerNamed() {
  const parameters = new URLSearchParams(window.location.search);
  return ANSWERS.filter((name) => parameters.has(name)).map((name) => `${name}=${parameters.get(name)}`).join('&');
}

/**
 * `question()` is what the form asks now, `fill(question)` shows one in it; `given` is what the page came with. The
 * form tells of a change by the event `change`, or `asked` where no control of it has changed.
 * @param {HTMLFormElement} form
 * @param {import('./address.js').Kinds} kinds
 * @param {Record<string, unknown> | null} given
 * @param {() => Record<string, unknown>} question
 * @param {(question: Record<string, unknown>) => void} fill
 * @param {string} [origin] the address of the answer whose question this one changes: undone at last, one is back there
 */
export function makeAsking(form, kinds, given, question, fill, origin = '') {
  const tabs = Array.from(document.querySelectorAll('[data-mode]'), (tab) => /** @type {HTMLAnchorElement} */ (tab));
  let last = '';
  let shown = answerNamed();
  let filling = false;
  const undo = byId('undo', HTMLButtonElement);
  // How many steps lie behind this one that are steps of this form.
  let depth = 0;
  /** @type {string} */
  const from = origin || (window.history.state && window.history.state.from) || '';

  /** @param {Record<string, unknown>} wanted */
  function put(wanted) {
    filling = true;
    fill(wanted);
    filling = false;
    follow();
  }

  /** Take up what is asked now, and take it along to the other modes. */
  function follow() {
    const asked = question();
    last = JSON.stringify(asked);
    const query = toAddress(carried(asked), kinds).toString();
    tabs.forEach((tab) => { tab.href = `${tab.dataset.mode}${query ? `?${query}` : ''}`; });
    return asked;
  }

  /** @param {number} steps */
  function stand(steps) {
    depth = steps;
    undo.disabled = steps === 0 && !from;
  }

  /** @param {Record<string, unknown>} asked */
  function addressOf(asked) {
    const parameters = toAddress(asked, kinds);
    // Places drawn by hand are the long part.
    if (parameters.toString().length > LONGEST) ['drawn', 'forbidden_areas', 'forbidden'].forEach((name) => parameters.delete(name));
    return `?${parameters}`;
  }

  /** Make what is asked now a step of the history, if it is another question than before. */
  function record() {
    if (filling || JSON.stringify(question()) === last) return;
    const asked = follow();
    stand(depth + 1);
    window.history.pushState({ question: asked, depth, from }, '', addressOf(asked));
  }

  /**
   * The address names an answer from now on.
   * @param {string} name run or scenario
   * @param {number} id
   * @param {boolean} [step] whether one can go back from it to its question
   */
  function answered(name, id, step = false) {
    const isNew = shown !== `${name}=${id}`;
    shown = `${name}=${id}`;
    if (step && isNew) stand(depth + 1);
    const state = { question: question(), depth, from };
    if (step && isNew) window.history.pushState(state, '', `?${shown}`);
    else window.history.replaceState(state, '', `?${shown}`);
  }

  window.addEventListener('popstate', (event) => {
    if (!event.state) return; // a place on the page
    const wanted = answerNamed();
    if (wanted && wanted !== shown) window.location.reload();
    else {
      stand(event.state.depth);
      put(event.state.question);
    }
  });

  const state = window.history.state;
  const start = question();
  const asked = fromAddress(new URLSearchParams(window.location.search), kinds);
  if (state && state.question && !answerNamed()) put(state.question);
  else if (given) put(given);
  else if (asked) {
    if ('standard_seconds' in asked) delete start.standard_m;
    put({ ...start, ...asked });
  } else follow();
  // A question that the page came with has its own members in the address from now on.
  const here = given && !answerNamed() ? addressOf(question()) : window.location.href;
  stand(state && state.question ? state.depth : 0);
  window.history.replaceState({ question: question(), depth, from }, '', here);
  undo.addEventListener('click', () => {
    if (depth) window.history.back();
    else window.location.assign(from);
  });
  form.addEventListener('change', record);
  form.addEventListener('asked', record);
  return { answered };
}
