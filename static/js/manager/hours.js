// A week by the hour: the slider, the strip and the map show the same hour; nothing is asked anew.

import { eachRegion, makeMap } from '../lib/map.js';
import { byId, closest, readJson } from '../lib/page.js';

const STEP_MS = 600;
const HOURS = 168;

const box = byId('map');
const slider = byId('hour', HTMLInputElement);
const told = byId('told');
const play = byId('play', HTMLButtonElement);
const week = byId('week', HTMLTableElement);
const below = byId('below', HTMLTableElement);
/** @type {{ regions: Record<string, { classes: string, low: (number | null)[], high: (number | null)[] }>, words: string[] }} */
const { regions, words } = readJson('played');
/** @type {Map<string, import('../lib/map.js').RegionShape>} */
const shapes = new Map();
const made = makeMap(box, { interactive: true });

/**
 * @param {string} code
 * @param {number} hour
 */
function className(code, hour) {
  const digit = regions[code] ? regions[code].classes[hour] : '0';
  return digit === '0' ? 'class-none' : `class-${digit}`;
}

/** @param {number | null} share in parts of a thousand */
function percent(share) {
  return share === null ? '—' : `${(share / 10).toFixed(1)}%`;
}

/**
 * @param {string} code
 * @param {number} hour
 */
function band(code, hour) {
  const { low, high } = regions[code];
  if (low[hour] === high[hour]) return percent(low[hour]);
  return `${percent(low[hour]).replace('%', '')}–${percent(high[hour])}`;
}

function draw() {
  const hour = Number(slider.value);
  told.textContent = words[hour];
  slider.setAttribute('aria-valuetext', words[hour]);
  shapes.forEach((shape, code) => shape.setStyle({
    color: 'var(--map-line)', weight: 1.2, fill: true,
    fillColor: `var(--${className(code, hour)})`, fillOpacity: box.dataset.bases ? 0.65 : 0.9,
  }));
  Array.from(below.tBodies[0].rows).forEach((row) => {
    const code = row.dataset.code || '';
    const [swatch, text] = Array.from(row.cells[1].children);
    swatch.className = `swatch ${className(code, hour)}`;
    text.textContent = band(code, hour);
  });
  week.querySelectorAll('td').forEach((cell) => cell.classList.toggle('chosen', cell.dataset.hour === slider.value));
  box.dataset.hour = slider.value;
}

/** @type {number | undefined} */
let timer;

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
    draw();
  }, STEP_MS);
});

slider.addEventListener('input', () => {
  pause();
  draw();
});

week.addEventListener('click', (event) => {
  const cell = closest(event, 'td');
  if (!cell || !cell.dataset.hour) return;
  pause();
  slider.value = cell.dataset.hour;
  draw();
});

made.regions.then((layer) => {
  if (layer) eachRegion(layer, (shape) => shapes.set(shape.feature.properties.code, shape));
  draw();
  box.dataset.coloured = 'true';
});
draw();
