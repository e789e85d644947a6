// Figures read the same in a page's script as in what the service wrote.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { formatCount, formatCounted, formatShare } from '../../../static/js/lib/figures.js';

/** @type {{ count: [number | null, string][], share: [number | null, string][] }} */
const CASES = JSON.parse(readFileSync(new URL('figures.json', import.meta.url), 'utf8'));

test('counts and shares are those of the service', () => {
  for (const [value, shown] of CASES.count) assert.equal(formatCount(value), shown, String(value));
  for (const [value, shown] of CASES.share) assert.equal(formatShare(value), shown, String(value));
});

test('what is no number is unknown', () => {
  assert.equal(formatCount(NaN), '—');
  assert.equal(formatShare(0 / 0), '—');
});

test('one is said in the singular', () => {
  assert.equal(formatCounted(1, 'worker', 'workers'), '1 worker');
  assert.equal(formatCounted(0, 'worker', 'workers'), '0 workers');
  assert.equal(formatCounted(1234, 'worker', 'workers'), '1,234 workers');
});
