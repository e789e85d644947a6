import assert from 'node:assert/strict';
import { test } from 'node:test';

import { parseConditions } from '../../../static/js/worker/conditions.js';

test('only conditions that were written by us are taken from the device', () => {
  const kept = { open: false, what: 'station', amenities: ['toilet', 3] };
  assert.deepEqual(parseConditions(JSON.stringify(kept)), { ...kept, amenities: ['toilet'] });
  [null, '', '{', '[]', 'null', '{"open":1,"what":"","amenities":[]}', '{"open":true,"what":"","amenities":{}}'].forEach((text) => {
    assert.equal(parseConditions(text), null);
  });
});
