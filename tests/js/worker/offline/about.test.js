// A length that may be off is told on the phone as by the service: tests/core/test_units.py holds the same cases.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { aboutText, windText } from '../../../../static/js/worker/offline/cards.js';
import { isWalk } from '../../../../static/js/worker/offline/nearest.js';

/** @type {[number, number, string, string][]} */
const CASES = JSON.parse(readFileSync(new URL('about.json', import.meta.url), 'utf8'));

test('no length is told finer than it is known', () => {
  CASES.forEach(([metres, off_m, zh, en]) => assert.deepEqual(aboutText(metres, off_m), { zh, en }));
});

test('where to turn is told by the compass', () => {
  const here = { lon: 120.35, lat: 36.07 };
  /** @type {[number, number, string][]} */
  const cases = [[0, 1, '往北'], [1, 0.81, '往东北'], [1, 0, '往东'], [0.1, -1, '往南'], [-1, -0.1, '往西'], [-1, 0.81, '往西北'], [-0.05, 1, '往北']];
  cases.forEach(([east, north, zh]) => assert.equal(windText(here, { lon: here.lon + east / 100, lat: here.lat + north / 100 }).zh, zh));
});

test('too far is what is too far wherever one is', () => {
  const kept = /** @type {import('../../../../static/js/worker/offline/nearest.js').Kept} */ (/** @type {unknown} */ ({ detour_factor: 1.3, speed_m_per_s: 1.25, walk_limit_minutes: 60 }));
  assert.equal(isWalk(kept, 4500), true);
  assert.equal(isWalk(kept, 35000), false);
  assert.equal(isWalk(kept, 35000, 20), false);
  assert.equal(isWalk(kept, 35000, 80000), true);
});
