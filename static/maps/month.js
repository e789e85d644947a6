// A month's report that is opened as a file: the line between two days, and the week by the hour.
// All of it stands in the page already; without this script both days show half, and the table the hours.

import { band, hourSlider } from '../js/lib/week.js';

document.querySelectorAll('.control').forEach((one) => one.removeAttribute('hidden'));

const swipe = document.getElementById('swipe');
const line = document.getElementById('line');
if (swipe instanceof HTMLElement && line instanceof HTMLInputElement) {
  line.addEventListener('input', () => swipe.style.setProperty('--part', `${line.value}%`));
}

/** @param {HTMLElement} week what is told of the week */
function playWeek(week) {
  const slider = document.getElementById('hour');
  const told = document.getElementById('told');
  const play = document.getElementById('play');
  const hours = document.getElementById('hours');
  if (!told || !hours || !(slider instanceof HTMLInputElement) || !(play instanceof HTMLButtonElement)) return;
  /** @type {{ regions: Record<string, import('../js/lib/week.js').RegionHours>, words: string[], colours: string[] }} */
  const { regions, words, colours } = JSON.parse(week.textContent || '');
  hours.hidden = false;

  /** @param {number} hour */
  function draw(hour) {
    /** @param {Element} one */
    const colour = (one) => colours[Number(regions[one.getAttribute('data-code') || ''].classes[hour])];
    document.querySelectorAll('path[data-code]').forEach((one) => one.setAttribute('fill', colour(one)));
    document.querySelectorAll('#below tr[data-code]').forEach((row) => {
      const [swatch, text] = Array.from(row.querySelectorAll('span'));
      swatch.style.background = colour(row);
      text.textContent = band(regions[row.getAttribute('data-code') || ''], hour);
    });
  }

  hourSlider({ slider, play, told, cells: document.querySelectorAll('td[data-hour]'), words, draw })();
}

const week = document.getElementById('week');
if (week) playWeek(week);
