// What a worker found is sent where it was pressed, and the list stays; without scripts a page answers.

import { post } from '../lib/request.js';

const ANSWER_LIMIT_MS = 10000;

/**
 * @param {HTMLFormElement} form
 * @param {HTMLButtonElement} button what was found
 */
async function send(form, button) {
  const said = /** @type {HTMLElement} */ (form.querySelector('[role=status]'));
  const key = /** @type {HTMLInputElement} */ (form.elements.namedItem('key'));
  const { api, code, thanks, failed } = form.dataset;
  const { error } = await post(
    api || '',
    { key: `${key.value}.${button.value}`, code, kind: button.value },
    // What has arrived all the same is told by its key when it is sent again.
    { offline: failed || '', limit_ms: ANSWER_LIMIT_MS },
  );
  said.textContent = error || thanks || '';
}

/**
 * Send the reports of all forms within an element in the background.
 * @param {HTMLElement} holder
 */
export function tellInPlace(holder) {
  holder.addEventListener('submit', (event) => {
    const form = event.target;
    // Browsers that do not say which button was pressed send the form as it is.
    const button = event.submitter;
    if (!(form instanceof HTMLFormElement) || !form.classList.contains('tell')) return;
    if (!(button instanceof HTMLButtonElement)) return;
    event.preventDefault();
    send(form, button);
  });
}
