// What is kept on the phone, and which option a key leads to.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { MOST_RECENT, MOST_SAVED, isSaved, parse, remembered, toggled } from '../../../static/js/worker/kept.js';
import { optionAfter } from '../../../static/js/worker/options.js';

/** @param {string} value */
const place = (value, name = value) => ({ kind: 'facility', value, name, href: `/stations/${value}` });
/** @type {import('../../../static/js/worker/kept.js').Kept} */
const nothing = { saved: [], recent: [] };

test('what is stored is read back, and whatever is no place is left out', () => {
  const kept = { saved: [place('A')], recent: [place('B')] };
  assert.deepEqual(parse(JSON.stringify(kept)), kept);
  for (const text of [null, '', '{', '7', '[]', '{"saved": 3, "recent": {}}']) assert.deepEqual(parse(text), nothing, String(text));
  const bad = [null, 'A', { ...place('A'), name: 3 }, { ...place('A'), href: '//elsewhere.example/' }, { ...place('A'), href: 'javascript:alert(1)' }, { ...place('A'), href: '/\\elsewhere.example' }];
  assert.deepEqual(parse(JSON.stringify({ saved: bad, recent: [...bad, place('B')] })), { saved: [], recent: [place('B')] });
});

test('a star saves and a second press takes it back, whatever the name was', () => {
  const once = toggled(nothing, place('A'));
  assert.equal(isSaved(once, place('A', 'another name')), true);
  assert.equal(isSaved(once, { ...place('A'), kind: 'region' }), false);
  assert.deepEqual(toggled(once, place('A', 'another name')), nothing);
});

test('the newest is first, each once, and the oldest makes room', () => {
  const codes = Array.from({ length: MOST_SAVED + 5 }, (_, number) => `N${number}`);
  const kept = codes.reduce((one, code) => remembered(toggled(one, place(code)), place(code)), nothing);
  assert.equal(kept.saved.length, MOST_SAVED);
  assert.equal(kept.recent.length, MOST_RECENT);
  assert.equal(kept.recent[0].value, codes[codes.length - 1]);
  const again = remembered(kept, place(kept.recent[3].value));
  assert.equal(again.recent.length, MOST_RECENT);
  assert.equal(again.recent[0].value, kept.recent[3].value);
});

test('arrows go through the options and back to the field; other keys are the field’s', () => {
  assert.deepEqual([-1, 0, 1].map((active) => optionAfter(active, 2, 'ArrowDown')), [0, 1, -1]);
  assert.deepEqual([-1, 0, 1].map((active) => optionAfter(active, 2, 'ArrowUp')), [1, -1, 0]);
  assert.equal(optionAfter(-1, 0, 'ArrowDown'), null);
  for (const key of ['Enter', 'Home', 'a']) assert.equal(optionAfter(0, 2, key), null);
});
