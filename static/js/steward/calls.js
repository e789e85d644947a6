// Calls answered from the keyboard: 1 to 4 choose what came of it, 0 passes over.

import { byId } from '../lib/page.js';
import { showWeek } from './week.js';

showWeek(byId('opening_hours', HTMLInputElement), byId('week'));

/** @type {NodeListOf<HTMLInputElement>} */
const outcomes = document.querySelectorAll('input[name="outcome"]');

document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  // Where something is written a figure is a figure.
  if (event.target instanceof HTMLElement && event.target.matches('input:not([type="radio"]), select, textarea')) return;
  if (event.key === '0') byId('pass').click();
  const chosen = outcomes[Number(event.key) - 1];
  if (!chosen) return;
  event.preventDefault();
  chosen.checked = true;
  chosen.focus();
});
