// A week by the hour: the slider, the strip and the map show the same hour; nothing is asked anew.

import { at, eachRegion, frameOn, makeMap, numbered, spokenHtml } from '../lib/map.js';
import { byId, readJson } from '../lib/page.js';
import { band, hourSlider } from '../lib/week.js';

const box = byId('map');
const below = byId('below', HTMLTableElement);
/** @type {{ regions: Record<string, import('../lib/week.js').RegionHours>, words: string[] }} */
const { regions, words } = readJson('played');
/** @type {Map<string, import('../lib/map.js').RegionShape>} */
const shapes = new Map();
const made = makeMap(box, { interactive: true, fit: () => false });

/**
 * @param {string} code
 * @param {number} hour
 */
function className(code, hour) {
  const digit = regions[code] ? regions[code].classes[hour] : '0';
  return digit === '0' ? 'class-none' : `class-${digit}`;
}

/** @param {number} hour */
function draw(hour) {
  shapes.forEach((shape, code) => shape.setStyle({
    color: 'var(--map-line)', weight: 1.2, fill: true,
    fillColor: `var(--${className(code, hour)})`, fillOpacity: box.dataset.bases ? 0.65 : 0.9,
  }));
  Array.from(below.tBodies[0].rows).forEach((row) => {
    const code = row.dataset.code || '';
    const [swatch, text] = Array.from(row.cells[1].children);
    swatch.className = `swatch ${className(code, hour)}`;
    text.textContent = band(regions[code], hour);
  });
  box.dataset.hour = String(hour);
}

const show = hourSlider({
  slider: byId('hour', HTMLInputElement),
  play: byId('play', HTMLButtonElement),
  told: byId('told'),
  cells: byId('week', HTMLTableElement).querySelectorAll('td[data-hour]'),
  words,
  draw,
});

// The stations that would help most in the late hours; each leads to its page, as in the table.
document.querySelectorAll('tr[data-order]').forEach((one) => {
  if (!(one instanceof HTMLElement)) return;
  const { order = '', lon, lat, name = '', said = '', href } = one.dataset;
  const named = href ? `<a href="${encodeURI(href)}">${spokenHtml(name)}</a>` : spokenHtml(name);
  L.marker(at(Number(lon), Number(lat)), { icon: numbered(order), title: `${order} · ${name}` })
    .bindPopup(`${named}<br>${spokenHtml(said)}`).addTo(made.map);
});

made.regions.then((layer) => {
  if (layer) {
    eachRegion(layer, (shape) => shapes.set(shape.feature.properties.code, shape));
    frameOn(made.map, layer, shapes, Object.keys(regions));
  }
  show();
  box.dataset.coloured = 'true';
});
show();
