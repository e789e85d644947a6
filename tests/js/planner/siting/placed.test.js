// Places on the map as members of a question, and the other way round.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { liesIn, membersOf, numberIn, placedOf, triedOf } from '../../../../static/js/planner/siting/placed.js';

const SQUARE = /** @type {GeoJSON.Polygon} */ ({ type: 'Polygon', coordinates: [[[0, 0], [1, 0], [1, 1], [0, 0]]] });
const ASKED = {
  drawn: [
    { code: 'M1', lon: 120.1, lat: 36.1, name: '码头', cost: 8 },
    { code: 'offer', lon: 120.2, lat: 36.2 },
  ],
  fixed: ['M1', 'set-7'],
  forbidden: ['set-3'],
  forbidden_areas: [SQUARE],
};

test('a question opens and is asked again as it was, names and costs included', () => {
  const placed = placedOf(ASKED);
  assert.deepEqual(placed.musts.map((one) => one.code), ['M1']);
  assert.deepEqual(placed.optional.map((one) => one.code), ['offer']);
  assert.deepEqual(placed.fixed, ['set-7']);
  assert.deepEqual(membersOf(placed), ASKED);
});

test('where nothing is placed, nothing is said of places', () => {
  assert.deepEqual(membersOf(placedOf({})), {});
});

test('positions go to the centimetre', () => {
  const placed = { ...placedOf({}), musts: [{ code: 'M1', lon: 120.123456789, lat: 36.00000004 }] };
  assert.deepEqual(membersOf(placed).drawn, [{ code: 'M1', lon: 120.1234568, lat: 36 }]);
});

test('what is tried are those that must be open', () => {
  assert.deepEqual(triedOf({ ...ASKED, p: 3 }), { ...ASKED, p: 3, drawn: [ASKED.drawn[0]] });
  assert.deepEqual(triedOf({ drawn: ASKED.drawn }), { drawn: [] });
});

test('codes that the page gave go on from the greatest number', () => {
  assert.deepEqual(['M1', 'M12', 'set-7', 'xM3', 'M'].map(numberIn), [1, 12, 0, 0, 0]);
});

test('a place lies in an area, in none of its holes, and in any part of several', () => {
  const ring = [[0, 0], [4, 0], [4, 4], [0, 4], [0, 0]];
  const hole = [[1, 1], [1, 2], [2, 2], [2, 1], [1, 1]];
  const area = /** @type {GeoJSON.Polygon} */ ({ type: 'Polygon', coordinates: [ring, hole] });
  assert.deepEqual([[3, 3], [1.5, 1.5], [5, 3], [-1, 2]].map(([x, y]) => liesIn(x, y, area)), [true, false, false, false]);
  const two = /** @type {GeoJSON.MultiPolygon} */ ({ type: 'MultiPolygon', coordinates: [[ring, hole], [[[6, 6], [7, 6], [7, 7], [6, 6]]]] });
  assert.deepEqual([[6.9, 6.1], [6.1, 6.9], [3, 3]].map(([x, y]) => liesIn(x, y, two)), [true, false, true]);
  assert.equal(liesIn(0, 0, { type: 'Point', coordinates: [0, 0] }), false);
});
