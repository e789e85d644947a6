// What is painted in the colours of the night changes them for those of the day.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';

import { colourChange } from '../../../static/js/lib/by_day.js';

/** @typedef {import('../../../static/js/lib/by_day.js').Ink} Ink */

const [day, night] = readFileSync(new URL('../../../static/css/tokens.css', import.meta.url), 'utf8').split('prefers-color-scheme: dark');

/** @param {string} sheet @param {string} name @returns {Ink} */
function ink(sheet, name) {
  const found = new RegExp(`${name}: #(..)(..)(..);`).exec(sheet);
  assert.ok(found, name);
  return /** @type {Ink} */ (found.slice(1).map((level) => parseInt(level, 16)));
}

const NAMES = ['--map-building', '--map-green', '--map-land', '--map-line', '--map-name', '--map-sea', '--street', '--street-edge'];
const change = colourChange(NAMES.map((name) => ink(night, name)), NAMES.map((name) => ink(day, name)));

/** @param {Ink} levels @param {number} [opacity] */
function changed(levels, opacity = 255) {
  const bytes = new Uint8Array([...levels, opacity]);
  change(new Uint32Array(bytes.buffer));
  return Array.from(bytes);
}

/** @param {string} sheet @param {string} one @param {string} other @param {number} share of the other */
function mixture(sheet, one, other, share) {
  const [from, to] = [ink(sheet, one), ink(sheet, other)];
  return /** @type {Ink} */ (from.map((level, place) => Math.round(level + share * (to[place] - level))));
}

test('each colour becomes that of the day, with its opacity', () => {
  NAMES.forEach((name) => assert.deepEqual(changed(ink(night, name), 90), [...ink(day, name), 90], name));
});

test('what is clear stays so', () => {
  assert.deepEqual(changed([0, 0, 0], 0), [0, 0, 0, 0]);
});

test('where two meet, what is between them is so by day too', () => {
  [['--map-land', '--map-name'], ['--street-edge', '--street'], ['--map-sea', '--street-edge']].forEach(([one, other]) => {
    for (let share = 0; share <= 1; share += 0.1) {
      const [found, wanted] = [changed(mixture(night, one, other, share)), mixture(day, one, other, share)];
      wanted.forEach((level, place) => assert.ok(Math.abs(level - found[place]) <= 40, `${one} ${other} ${share}: ${found} ${wanted}`));
    }
  });
});
