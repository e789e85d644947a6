// Lines are those of the service: tests/analysis/geometry/test_lines_of_pages.py holds the same file against its geodesics.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { inSpace, lineM, metresOfChord } from '../../../../static/js/planner/siting/line.js';

/** @type {{ from: [number, number], to: [number, number], metres: number }[]} */
const LINES = JSON.parse(readFileSync(new URL('lines.json', import.meta.url), 'utf8'));

test('a line is the geodesic of the service', () => {
  assert.ok(LINES.length > 30);
  for (const { from, to, metres } of LINES) {
    const found = lineM(...from, ...to);
    assert.ok(Math.abs(found - metres) < 1e-6, `${from} ${to}: ${found} ${metres}`);
    assert.ok(Math.abs(lineM(...to, ...from) - metres) < 1e-6);
  }
});

test('a chord bounds its line from both sides, closely where people walk', () => {
  for (const { from, to, metres } of LINES) {
    const [one, other] = [inSpace(...from), inSpace(...to)];
    const [least, most] = metresOfChord(Math.hypot(one[0] - other[0], one[1] - other[1], one[2] - other[2]));
    assert.ok(least <= metres && metres <= most, `${from} ${to}: ${least} ${metres} ${most}`);
    if (metres < 2000) assert.ok(most - least < 1e-4);
  }
});
