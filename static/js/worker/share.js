// A station's address to copy and its page to share, where going there is offered.

import { closest, filled } from '../lib/page.js';

/**
 * @param {string} text
 * @returns {boolean} whether an old browser, or one on an insecure origin, has copied it
 */
function copyByHand(text) {
  const holder = document.createElement('textarea');
  holder.value = text;
  holder.setAttribute('readonly', '');
  holder.style.position = 'fixed';
  document.body.appendChild(holder);
  holder.select();
  const done = document.execCommand('copy');
  document.body.removeChild(holder);
  return done;
}

/** @param {string} text */
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyByHand(text);
  }
}

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
  const done = await copy(wanted);
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
