// The week that follows from hours as they are typed.

import { get } from '../lib/request.js';

/**
 * How the hours are understood, a moment after the last key.
 * @param {HTMLInputElement} field
 * @param {HTMLElement} place
 */
export function showWeek(field, place) {
  let asked = 0;
  const told = /** @type {HTMLElement} */ (place.querySelector('p'));
  const list = /** @type {HTMLElement} */ (place.querySelector('dl'));
  const show = async () => {
    asked += 1;
    const mine = asked;
    if (!field.value.trim()) {
      place.hidden = true;
      return;
    }
    const { answer } = await get(`${field.dataset.week}?words=${encodeURIComponent(field.value)}`);
    if (!answer || mine !== asked) return;
    told.textContent = answer.understood ? answer.expression : place.dataset.unread || '';
    list.textContent = '';
    if (answer.understood) {
      answer.days.forEach((/** @type {{ day: string, hours: string }} */ one) => {
        const row = document.createElement('div');
        [['dt', one.day], ['dd', one.hours]].forEach(([tag, text]) => {
          const part = document.createElement(tag);
          part.textContent = text;
          row.appendChild(part);
        });
        list.appendChild(row);
      });
    }
    place.hidden = false;
    place.dataset.shown = field.value;
  };
  let waiting = 0;
  field.addEventListener('input', () => {
    window.clearTimeout(waiting);
    waiting = window.setTimeout(show, 250);
  });
  show();
}
