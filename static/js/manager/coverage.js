// Coverage by district: the choropleth, its table, and the text to share.

import { colour, makeMap } from '../lib/map.js';
import { makeSortable } from '../lib/table.js';

const box = document.getElementById('map');
const table = document.getElementById('districts');
const { classes, notes } = JSON.parse(document.getElementById('classes').textContent);
const shapes = new Map();
const made = makeMap(box, { interactive: true, note: (properties) => notes[properties.code] });

function style(code, chosen) {
  return {
    color: chosen ? colour('--ink') : colour('--map-line'), weight: chosen ? 3 : 1.2,
    fillColor: colour(`--${classes[code] || 'class-none'}`), fillOpacity: box.dataset.base ? 0.65 : 0.9, fill: true,
  };
}

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
  layer.eachLayer((shape) => {
    const { code } = shape.feature.properties;
    shapes.set(code, shape);
    shape.setStyle(style(code, false));
    shape.on('click', () => choose(code, 'map'));
  });
  box.dataset.coloured = 'true';
});

makeSortable(table);
table.tBodies[0].addEventListener('click', (event) => choose(event.target.closest('tr').dataset.code, 'table'));

document.getElementById('copy').addEventListener('click', async (event) => {
  const button = event.currentTarget;
  const text = document.getElementById('share-text').innerText;
  try {
    await navigator.clipboard.writeText(text);
    button.lastElementChild.textContent = button.dataset.done;
  } catch (error) {
    // Without the clipboard (plain http) the text is marked, ready for the keyboard.
    window.getSelection().selectAllChildren(document.getElementById('share-text'));
  }
});
