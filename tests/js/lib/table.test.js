// The order of a table's rows.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';

import { compare } from '../../../static/js/lib/table.js';

before(() => { Object.assign(globalThis, { document: { documentElement: { lang: 'zh-CN' } } }); });

test('numbers sort as numbers, names by the language', () => {
  assert.deepEqual([10, 9, 1].sort((a, b) => compare(a, b)), [1, 9, 10]);
  assert.deepEqual(['崂山区', '市北区', '城阳区'].sort((a, b) => compare(a, b)), ['城阳区', '崂山区', '市北区']);
});

test('the unknown stands last, upwards and downwards', () => {
  const values = [3, null, 1, null, 2];
  assert.deepEqual([...values].sort((a, b) => compare(a, b)), [1, 2, 3, null, null]);
  assert.deepEqual([...values].sort((a, b) => compare(a, b, true)), [3, 2, 1, null, null]);
});
