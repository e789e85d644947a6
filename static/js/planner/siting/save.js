// Keeps what the form asks as a scenario under a name; every save is a version of its own.

import { token } from '../../lib/follow.js';

/**
 * `known` is the scenario that the page was opened with, or null; `question()` what is asked now,
 * `run()` the run that is shown.
 */
export function makeSaving(main, known, texts, language, question, run) {
  const form = document.getElementById('scenario-form');
  const told = document.getElementById('scenario-told');
  const name = form.elements.scenario_name;
  const copy = document.getElementById('scenario-copy');
  let scenario = known;

  function show() {
    copy.hidden = !scenario;
    if (!scenario) return;
    document.getElementById('scenario-link').hidden = false;
    document.getElementById('scenario-link').href = scenario.address;
  }

  async function save(event, asNew) {
    event.preventDefault();
    if (!form.reportValidity()) return;
    const body = { name: name.value, question: question(), run: run() };
    let address = main.dataset.scenarios;
    if (scenario && !asNew) {
      address = `${address}/${scenario.id}`;
      body.version = scenario.newest;
    }
    try {
      const response = await fetch(address, {
        method: 'POST', headers: { Accept: 'application/json', 'Content-Type': 'application/json', 'X-CSRFToken': token() }, body: JSON.stringify(body),
      });
      const answer = await response.json();
      if (response.ok) {
        scenario = answer;
        told.textContent = texts.saved.replace('{version}', answer.version);
        history.replaceState(null, '', `?scenario=${answer.id}`);
        show();
      } else {
        told.textContent = (language === 'zh' && answer.detail_zh) || answer.detail;
      }
    } catch (error) {
      told.textContent = texts.offline;
    }
    told.hidden = false;
  }

  form.addEventListener('submit', (event) => save(event, false));
  copy.addEventListener('click', (event) => save(event, true));
  if (scenario) name.value = scenario.name;
  show();
}
