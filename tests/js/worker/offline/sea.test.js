// How much of a line lies over the sea, on the phone as at the service: tests/operations/nearest/test_sea.py holds the same cases.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { isSea, sea_m } from '../../../../static/js/worker/offline/sea.js';

/** @type {{ sea: [number, number][][], off_m: number[], cases: { name: string, from: [number, number], to: [number, number], sea_m: number, is_sea_off_m: number[] }[] }} */
const { sea, off_m, cases } = JSON.parse(readFileSync(new URL('sea.json', import.meta.url), 'utf8'));

test('a line over the sea is so for as long as the service says', () => {
  const kept = /** @type {import('../../../../static/js/worker/offline/nearest.js').Kept} */ (/** @type {unknown} */ ({ sea }));
  cases.forEach(({ name, from, to, sea_m: wanted, is_sea_off_m: isSeaWhere }) => {
    const over_m = sea_m(kept, { lon: from[0], lat: from[1] }, { lon: to[0], lat: to[1] });
    assert.ok(Math.abs(over_m - wanted) <= 0.1, `${name}: ${over_m}`);
    assert.deepEqual(off_m.filter((one) => isSea(over_m, one)), isSeaWhere, name);
  });
  assert.equal(sea_m(/** @type {any} */ ({}), { lon: 120, lat: 36 }, { lon: 121, lat: 36 }), 0);
});
