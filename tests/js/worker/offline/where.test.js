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
  // The area that is kept is wider than the true one.
  cases.forEach(([lon, lat, said]) => assert.equal(whereText(kept, { lon, lat }), said && said.replace('离它的边界', '离它的边界至少')));
  const wet = { ...kept, sea: [[[24, 59], [26, 59], [26, 60], [24, 60], [24, 59]]] };
  assert.match(whereText(/** @type {any} */ (wet), { lon: 24.9, lat: 59.5 }) || '', /：它在海上。$/);
  const close = { ...wet, area: [[[24, 59.9], [26, 59.9], [26, 60.3], [24, 60.3], [24, 59.9]]] };
  assert.equal(whereText(/** @type {any} */ (close), { lon: 24.9, lat: 59.95 }), '这个位置不在本服务的区域内，离它的边界至少 300 米：它在海上。');
  assert.match(whereText(/** @type {any} */ (wet), { lon: 24.9, lat: 59.5 }, 800) || '', /：它在海上或境外。$/);
});
