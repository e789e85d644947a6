import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ANYBODY } from '../../../static/js/worker/enter.js';
import { conditionsIn, parseConditions } from '../../../static/js/worker/conditions.js';

test('only conditions that were written by us are taken from the device', () => {
  const kept = { open: false, what: 'station', amenities: ['toilet', 3] };
  assert.deepEqual(parseConditions(JSON.stringify(kept)), { ...kept, unknown: false, amenities: ['toilet'], entering: ANYBODY });
  const entering = { who: 'worker', without: ['card', 7], surely: true };
  assert.deepEqual(Object(parseConditions(JSON.stringify({ ...kept, entering }))).entering, { who: 'worker', without: ['card'], surely: true });
  assert.deepEqual(Object(parseConditions(JSON.stringify({ ...kept, entering: { who: 1, without: 'card', surely: 'yes' } }))).entering, ANYBODY);
  [null, '', '{', '[]', 'null', '{"open":1,"what":"","amenities":[]}', '{"open":true,"what":"","amenities":{}}'].forEach((text) => {
    assert.equal(parseConditions(text), null);
  });
});

test('an address is read as the service reads it', () => {
  const read = (/** @type {string} */ address) => conditionsIn(new URLSearchParams(address));
  assert.equal(read('lang=en&q=toilet'), null);
  assert.deepEqual(read('place=370203&amenity=toilet,microwave&amenity=wifi'), { open: false, unknown: false, what: '', amenities: ['toilet', 'microwave', 'wifi'], entering: ANYBODY });
  assert.deepEqual(read('asked=1&open=1&what=station:care_post'), { open: true, unknown: false, what: 'station:care_post', amenities: [], entering: ANYBODY });
  assert.equal(Object(read('asked=1&open=1&unknown=1')).unknown, true);
  assert.deepEqual(read('open=0'), { open: true, unknown: false, what: '', amenities: [], entering: ANYBODY });
  assert.deepEqual(read('surely=1'), { open: true, unknown: false, what: '', amenities: [], entering: { ...ANYBODY, surely: true } });
  assert.deepEqual(read('may_enter=worker&without=card,app&surely=1'), { open: true, unknown: false, what: '', amenities: [], entering: { who: 'worker', without: ['card', 'app'], surely: true } });
});
