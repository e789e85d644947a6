// The rows of stops: where a new one goes, and who gives way to one's own position.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { filledIn, letterOf, withFirst, withNext } from '../../../../static/js/worker/along/stops.js';

test('stops have letters, and empty rows are none', () => {
  assert.deepEqual([0, 1, 9].map(letterOf), ['A', 'B', 'J']);
  assert.deepEqual(filledIn(['', '五四广场', '  ']), ['五四广场']);
});

test('a new stop goes into the first empty row, else to the end, and where all are taken nowhere', () => {
  assert.deepEqual(withNext(['a', '', ''], 'x', 4), ['a', 'x', '']);
  assert.deepEqual(withNext(['a', 'b'], 'x', 3), ['a', 'b', 'x']);
  assert.equal(withNext(['a', 'b', 'c'], 'x', 3), null);
});

test('one’s own position begins the way: an older one gives way, other stops move on', () => {
  const here = '我的位置 (120.35000,36.07000)';
  assert.deepEqual(withFirst(['', 'b'], here, 3), [here, 'b']);
  assert.deepEqual(withFirst(['我的位置 (120.30000,36.00000)', 'b'], here, 3), [here, 'b']);
  assert.deepEqual(withFirst(['a', ''], here, 3), [here, 'a']);
  assert.deepEqual(withFirst(['a', 'b'], here, 3), [here, 'a', 'b']);
  assert.deepEqual(withFirst(['a', 'b', 'c'], here, 3), [here, 'b', 'c']);
});
