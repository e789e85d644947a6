// Follows a run without reloading: progress, cancelling, and the result when it has ended.

import { byId, complain, language } from './page.js';
import { get, post } from './request.js';

/**
 * A run, as the API tells it.
 * @typedef {object} Run
 * @property {number} id
 * @property {'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled'} status
 * @property {number} progress_share
 * @property {{ zh: string, en: string }} step
 * @property {boolean} cancel_requested
 */

const POLL_MS = 700;

/** @param {string | undefined} status */
function isUnderWay(status) {
  return status === 'queued' || status === 'running';
}

/**
 * The page has #follow, #follow-step, #cancel, #runs and #result; `main` names the addresses.
 * `began(id)` is called when a run is followed, and `shown(id)` when its result has been put into #result.
 * @param {HTMLElement} main
 * @param {{ offline: string, cancelling: string }} texts
 * @param {(id: number) => void} began
 * @param {(id: string) => void | Promise<void>} shown
 */
export function makeFollower(main, texts, began, shown) {
  const follow = byId('follow');
  const said = byId('follow-step');
  const cancel = byId('cancel', HTMLButtonElement);
  const result = byId('result');
  const addresses = { runs: main.dataset.runs || '', fragment: main.dataset.fragment || '' };
  /** @type {number | null} */
  let following = null;

  /** @param {Run} run */
  function showProgress(run) {
    const percent = Math.round(run.progress_share * 100);
    const bar = follow.querySelector('[role="progressbar"]');
    const line = bar && bar.firstElementChild;
    follow.hidden = false;
    if (bar) bar.setAttribute('aria-valuenow', String(percent));
    if (line instanceof HTMLElement) line.style.width = `${Math.max(percent, 2)}%`;
    const doing = run.cancel_requested ? texts.cancelling : run.step[language()];
    const words = run.status === 'running' ? `${doing} · ${percent}%` : doing;
    if (said.textContent !== words) said.textContent = words;
    cancel.disabled = run.cancel_requested;
  }

  /** @param {Run} run */
  function followRun(run) {
    following = run.id;
    main.dataset.run = String(run.id);
    began(run.id);
    step(run);
  }

  /** @param {Run} run */
  async function step(run) {
    if (following !== run.id) return;
    main.dataset.status = run.status;
    if (!isUnderWay(run.status)) {
      following = null;
      follow.hidden = true;
      await showResult(String(run.id));
      return;
    }
    showProgress(run);
    window.setTimeout(async () => {
      const { answer } = await get(`${addresses.runs}/${run.id}`);
      if (!answer) said.textContent = texts.offline;
      step(answer || run);
    }, POLL_MS);
  }

  /** @param {string} id */
  async function showResult(id) {
    const { answer } = await get(addresses.fragment.replace('/0', `/${id}`));
    if (!answer) {
      complain(texts.offline);
      return;
    }
    result.innerHTML = answer;
    const fresh = byId('fresh-runs', HTMLTemplateElement);
    const runs = byId('runs');
    runs.textContent = '';
    runs.appendChild(fresh.content);
    fresh.remove();
    await shown(id);
    result.dataset.shown = id;
    const title = document.getElementById('figures-title');
    if (title) title.focus();
  }

  cancel.addEventListener('click', async () => {
    cancel.disabled = true;
    const { error } = await post(`${addresses.runs}/${main.dataset.run}/cancel`, undefined, texts);
    if (error) cancel.disabled = false;
  });

  /**
   * Start a run with this question, or say why it was refused.
   * @param {object} body
   */
  async function start(body) {
    const button = byId('start', HTMLButtonElement);
    button.disabled = true;
    const { answer, error } = await post(addresses.runs, body, texts);
    button.disabled = false;
    if (error !== null) complain(error);
    else followRun(answer);
  }

  /** Show the run that the page was opened with, or go on following it. */
  async function resume() {
    const id = main.dataset.run;
    if (!id) return;
    if (isUnderWay(main.dataset.status)) {
      const { answer, error } = await get(`${addresses.runs}/${id}`, texts);
      if (error !== null) complain(error);
      else followRun(answer);
    } else {
      await shown(id);
      result.dataset.shown = id;
    }
  }

  return { start, resume };
}
