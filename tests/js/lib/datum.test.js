// What is drawn over a map in another datum lies where the service has it in that datum.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { isMoved, makeRule } from '../../../static/js/lib/datum.js';

/** @typedef {[number, number]} Pair */
/** @type {{ wgs84: Pair, gcj02: Pair, bd09: Pair, place: string }[]} */
const PLACES = JSON.parse(readFileSync(new URL('datum.json', import.meta.url), 'utf8'));
/** @type {{ rings: Pair[][] }} */
const { rings } = JSON.parse(readFileSync(new URL('../../../static/maps/china_outline.json', import.meta.url), 'utf8'));

/**
 * @param {Pair} found
 * @param {Pair} wanted
 * @param {string} place
 */
function same(found, wanted, place) {
  found.forEach((value, axis) => assert.ok(Math.abs(value - wanted[axis]) < 1e-9, `${place}: ${found} ${wanted}`));
}

test('places are moved as the service moves them, and back', () => {
  assert.deepEqual(['gcj02', 'bd09', 'wgs84', 'cgcs2000'].map(isMoved), [true, true, false, false]);
  for (const datum of /** @type {('gcj02' | 'bd09')[]} */ (['gcj02', 'bd09'])) {
    const rule = makeRule(datum, rings);
    for (const one of PLACES) {
      same(rule.from(...one.wgs84), one[datum], one.place);
      same(rule.to(...one[datum]), one.wgs84, one.place);
    }
  }
});
