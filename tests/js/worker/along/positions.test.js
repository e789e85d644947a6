// A stop's position is read as by the service: the same cases are its own test's (tests/operations/along/test_stops.py).

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { positionIn } from '../../../../static/js/worker/along/positions.js';

/** @type {{ cases: [string, [string, number, number] | false | null][] }} */
const { cases } = JSON.parse(readFileSync(new URL('positions.json', import.meta.url), 'utf8'));

test('positions are told from words as by the service', () => {
  cases.forEach(([words, wanted]) => {
    const found = positionIn(words);
    if (wanted === null) assert.equal(found, null, words);
    else if (wanted === false) assert.equal(found && found.place, null, words);
    else assert.deepEqual(found, { name: wanted[0], place: { lon: wanted[1], lat: wanted[2] } }, words);
  });
});
