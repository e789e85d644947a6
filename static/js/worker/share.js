// A station's address to copy and its page to share, where going there is offered.

import { copyText } from '../lib/copy.js';
import { closest, filled } from '../lib/page.js';

/** @param {HTMLElement} button */
async function give(button) {
  const { copy: text, share: url, title } = button.dataset;
  const holder = /** @type {HTMLElement} */ (button.closest('.share'));
  const said = /** @type {HTMLElement} */ (holder.querySelector('[role=status]'));
  said.textContent = '';
  if (url && navigator.share) {
    try {
      await navigator.share({ title, url });
      return;
    } catch (error) {
      if (/** @type {Error} */ (error).name === 'AbortError') return; // thought better of it
    }
  }
  const wanted = text || url || '';
  const done = await copyText(wanted);
  button.focus();
  said.textContent = filled((done ? holder.dataset.copied : holder.dataset.failed) || '', { text: wanted });
}

function show() {
  document.querySelectorAll('.share[hidden]').forEach((one) => { /** @type {HTMLElement} */ (one).hidden = false; });
}

document.addEventListener('click', (event) => {
  const button = closest(event, '.share button');
  if (button) give(button);
});
const results = document.getElementById('results');
if (results) new MutationObserver(show).observe(results, { childList: true });
show();
