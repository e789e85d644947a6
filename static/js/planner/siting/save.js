// Keeps what the form asks as a scenario under a name; every save is a version of its own.

import { byId, filled } from '../../lib/page.js';
import { post } from '../../lib/request.js';

/**
 * A scenario, as the service tells it.
 * @typedef {{ id: number, name: string, version: number, newest: number, address: string }} Scenario
 */

/**
 * @param {string} address of all scenarios
 * @param {Scenario | null} known that the page was opened with
 * @param {{ offline: string, saved: string }} texts
 * @param {() => object} question what is asked now
 * @param {() => number | null} run that is shown
 * @param {(id: number) => void} saved
 */
export function makeSaving(address, known, texts, question, run, saved) {
  const form = byId('scenario-form', HTMLFormElement);
  const told = byId('scenario-told');
  const name = byId('scenario-name', HTMLInputElement);
  const copy = byId('scenario-copy');
  let scenario = known;

  function show() {
    copy.hidden = !scenario;
    if (!scenario) return;
    const link = byId('scenario-link', HTMLAnchorElement);
    link.hidden = false;
    link.href = scenario.address;
  }

  /**
   * @param {Event} event
   * @param {boolean} asNew
   */
  async function save(event, asNew) {
    event.preventDefault();
    if (!form.reportValidity()) return;
    const body = { name: name.value, question: question(), run: run() };
    const { answer, error } = scenario && !asNew
      ? await post(`${address}/${scenario.id}`, { ...body, version: scenario.newest }, texts)
      : await post(address, body, texts);
    if (error !== null) told.textContent = error;
    else {
      scenario = answer;
      told.textContent = filled(texts.saved, { version: answer.version });
      saved(answer.id);
      show();
    }
    told.hidden = false;
  }

  form.addEventListener('submit', (event) => save(event, false));
  copy.addEventListener('click', (event) => save(event, true));
  if (scenario) name.value = scenario.name;
  show();
}
