// The phone measures as the service does: tests/analysis/test_offline_distances.py holds the same cases.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { area_m, geodesic_m } from '../../../../static/js/worker/offline/geodesic.js';

/** @type {[number, number, number, number, number][]} */
const CASES = JSON.parse(readFileSync(new URL('distances.json', import.meta.url), 'utf8'));

test('distances are the geodesics of the service', () => {
  CASES.forEach(([lon1, lat1, lon2, lat2, wanted]) => {
    const found = geodesic_m(lon1, lat1, lon2, lat2);
    assert.ok(Math.abs(found - wanted) < 1e-4, `${lon1},${lat1} to ${lon2},${lat2}: ${found}, not ${wanted}`);
  });
});

test('near the antipode a distance is beyond all walks', () => {
  assert.ok(geodesic_m(120, 36, -60.1, -36.1) > 1e7);
});

test('an area is as far as its nearest point, and 0 inside', () => {
  /** @type {[number, number][]} */
  const square = [[120, 36], [120.01, 36], [120.01, 36.01], [120, 36.01], [120, 36]];
  assert.equal(area_m(120.005, 36.005, [square]), 0);
  const aside = area_m(120.02, 36.005, [square]);
  assert.ok(Math.abs(aside - geodesic_m(120.02, 36.005, 120.01, 36.005)) < 0.01);
});
