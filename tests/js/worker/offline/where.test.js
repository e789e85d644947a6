// What is odd about a position is said on the phone as by the service: tests/operations/facilities/test_where.py holds the same cases.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { whereText } from '../../../../static/js/worker/offline/where.js';

/** @type {{ area: [number, number][][], cases: [number, number, string | null][] }} */
const { area, cases } = JSON.parse(readFileSync(new URL('where.json', import.meta.url), 'utf8'));
/** @type {[number, number][][]} */
const china = [[[73, 3], [136, 3], [136, 54], [73, 54], [73, 3]]];

test('a position elsewhere is said to be, and one the wrong way round as well', () => {
  const kept = /** @type {import('../../../../static/js/worker/offline/nearest.js').Kept} */ (/** @type {unknown} */ ({ area, china }));
  Object.defineProperty(globalThis, 'document', { value: { documentElement: { lang: 'zh-CN' } }, configurable: true });
  cases.forEach(([lon, lat, said]) => assert.equal(whereText(kept, { lon, lat }), said));
});
