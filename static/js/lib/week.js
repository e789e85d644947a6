// A week of 168 hours by a slider: which hour is told, and how it plays. Written into the month's file, too.

const STEP_MS = 600;
const HOURS = 168;

/** @typedef {{ classes: string, low: (number | null)[], high: (number | null)[] }} RegionHours */

/** @param {number | null} share in parts of a thousand */
function percentOf(share) {
  return share === null ? '—' : `${(share / 10).toFixed(1)}%`;
}

/**
 * What is certain and what is possible of a region at an hour.
 *
 * @param {RegionHours} region
 * @param {number} hour
 */
export function band({ low, high }, hour) {
  if (low[hour] === high[hour]) return percentOf(low[hour]);
  return `${percentOf(low[hour]).replace('%', '')}–${percentOf(high[hour])}`;
}

/**
 * Tell a sentence, each band within it on one line.
 *
 * @param {HTMLElement} told
 * @param {string} sentence
 */
function tell(told, sentence) {
  told.textContent = '';
  sentence.split(/(\d[\d.]*–\d[\d.]*%)/).forEach((part, number) => {
    if (number % 2 === 0) {
      told.append(part);
      return;
    }
    const whole = document.createElement('span');
    whole.className = 'whole';
    whole.textContent = part;
    told.append(whole);
  });
}

/**
 * Let the slider, its button and the strip's cells choose the hour that is drawn.
 *
 * @param {object} parts
 * @param {HTMLInputElement} parts.slider
 * @param {HTMLButtonElement} parts.play with `data-play` and `data-pause`, its two names
 * @param {HTMLElement} parts.told says which hour it is
 * @param {NodeListOf<HTMLElement>} parts.cells with `data-hour`
 * @param {string[]} parts.words of each hour
 * @param {(hour: number) => void} parts.draw
 * @returns {() => void} draws the hour chosen anew
 */
export function hourSlider({ slider, play, told, cells, words, draw }) {
  /** @type {number | undefined} */
  let timer;

  function show() {
    const hour = Number(slider.value);
    tell(told, words[hour]);
    slider.setAttribute('aria-valuetext', words[hour]);
    draw(hour);
    cells.forEach((cell) => cell.classList.toggle('chosen', cell.dataset.hour === slider.value));
  }

  function pause() {
    window.clearInterval(timer);
    timer = undefined;
    play.textContent = play.dataset.play || '';
    told.setAttribute('aria-live', 'polite');
  }

  play.addEventListener('click', () => {
    if (timer !== undefined) {
      pause();
      return;
    }
    // A screen reader is not told of every step, only of where it stops.
    told.setAttribute('aria-live', 'off');
    play.textContent = play.dataset.pause || '';
    timer = window.setInterval(() => {
      slider.value = String((Number(slider.value) + 1) % HOURS);
      show();
    }, STEP_MS);
  });
  slider.addEventListener('input', () => {
    pause();
    show();
  });
  cells.forEach((cell) => cell.addEventListener('click', () => {
    pause();
    slider.value = cell.dataset.hour || '0';
    show();
  }));
  return show;
}
