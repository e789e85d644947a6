// A full address is read on the phone as by the service: tests/core/test_question_words.py holds the same cases.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { placeFirst, withoutAbove } from '../../../../static/js/worker/offline/address.js';

const given = JSON.parse(readFileSync(new URL('above.json', import.meta.url), 'utf8'));
const { provinces } = JSON.parse(readFileSync(new URL('../../../../data/vocabulary/question_words.json', import.meta.url), 'utf8'));
/** @type {Map<string, string[]>} */
const names = new Map(Object.entries(given.places));

test('a full address is left without the regions above a place', () => {
  Object.entries(given.inner).forEach(([words, wanted]) => assert.equal(withoutAbove(words, names, given.parents, provinces), wanted, words));
});

test('of an address of which nothing else is known the place is told', () => {
  assert.equal(placeFirst('市南区香港中路 10 号', names), '370202');
  assert.equal(placeFirst('台东大街 1 号', names), '370203:台东');
  assert.equal(placeFirst('shinan road', names), null);
});
