// A length that may be off is told on the phone as by the service: tests/core/test_units.py holds the same cases.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { aboutText } from '../../../../static/js/worker/offline/cards.js';

/** @type {[number, number, string, string][]} */
const CASES = JSON.parse(readFileSync(new URL('about.json', import.meta.url), 'utf8'));

test('no length is told finer than it is known', () => {
  CASES.forEach(([metres, off_m, zh, en]) => assert.deepEqual(aboutText(metres, off_m), { zh, en }));
});
