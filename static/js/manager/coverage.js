// Coverage by district: the choropleth, its table, and the text to share.

import { copyText } from '../lib/copy.js';
import { eachRegion, frameOn, makeMap } from '../lib/map.js';
import { byId, closest, readJson } from '../lib/page.js';
import { makeSortable } from '../lib/table.js';

const box = byId('map');
const table = byId('districts', HTMLTableElement);
const { classes, notes, focus } = readJson('classes');
/** @type {Map<string, import('../lib/map.js').RegionShape>} */
const shapes = new Map();
const made = makeMap(box, { interactive: true, fit: () => !focus.length, note: (properties) => notes[properties.code] });

/**
 * Colours by their names, so that they follow when the screen turns dark and when it is printed.
 * @param {string} code
 * @param {boolean} chosen
 */
function style(code, chosen) {
  return {
    color: chosen ? 'var(--ink)' : 'var(--map-line)', weight: chosen ? 3 : 1.2,
    fillColor: `var(--${classes[code] || 'class-none'})`, fillOpacity: box.dataset.bases ? 0.65 : 0.9, fill: true,
  };
}

/**
 * @param {string} code
 * @param {'map' | 'table'} from
 */
function choose(code, from) {
  shapes.forEach((shape, key) => {
    shape.setStyle(style(key, key === code));
    if (key === code) shape.bringToFront();
  });
  Array.from(table.tBodies[0].rows).forEach((row) => {
    row.classList.toggle('chosen', row.dataset.code === code);
    if (row.dataset.code === code && from === 'map') row.scrollIntoView({ block: 'nearest' });
  });
}

made.regions.then((layer) => {
  if (!layer) return;
  eachRegion(layer, (shape) => {
    const { code } = shape.feature.properties;
    shapes.set(code, shape);
    shape.setStyle(style(code, false));
    shape.on('click', () => choose(code, 'map'));
  });
  if (focus.length) frameOn(made.map, layer, shapes, focus);
  box.dataset.coloured = 'true';
});

makeSortable(table);
table.tBodies[0].addEventListener('click', (event) => {
  const row = closest(event, 'tr');
  if (row) choose(row.dataset.code || '', 'table');
});

const copy = byId('copy');
copy.addEventListener('click', async () => {
  const text = byId('share-text');
  if (await copyText(text.innerText)) {
    const words = copy.lastElementChild;
    if (words) words.textContent = copy.dataset.done || '';
  } else {
    // Where nothing can be copied the text is marked, ready for the keyboard.
    const selection = window.getSelection();
    if (selection) selection.selectAllChildren(text);
  }
});
