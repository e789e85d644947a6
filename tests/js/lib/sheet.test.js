// The heights of the finder's sheet.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { sizeAfter } from '../../../static/js/lib/sheet.js';

test('a drag moves the sheet by one height, and no further than there are', () => {
  assert.equal(sizeAfter('low', 200), 'half');
  assert.equal(sizeAfter('half', 31), 'full');
  assert.equal(sizeAfter('full', 200), 'full');
  assert.equal(sizeAfter('full', -31), 'half');
  assert.equal(sizeAfter('low', -200), 'low');
});

test('a short drag moves nothing', () => {
  assert.equal(sizeAfter('half', 30), 'half');
  assert.equal(sizeAfter('half', -30), 'half');
});
