// Where the name of a region stands, and what it says.

import assert from 'node:assert/strict';
import { test } from 'node:test';

// The map's modules hand some things to each other by the page.
Object.assign(globalThis, { self: globalThis, window: globalThis });
const { spread, together } = await import('../../../static/js/lib/map.js');
const { freest, holds, namePlace, regionName, ringArea } = await import('../../../static/js/lib/names.js');

/**
 * @param {number} west
 * @param {number} south
 * @param {number} east
 * @param {number} north
 */
function box(west, south, east, north) {
  return [[west, south], [east, south], [east, north], [west, north], [west, south]];
}

test('a ring encloses the same area whichever way it runs', () => {
  assert.equal(ringArea(box(0, 0, 2, 3)), 6);
  assert.equal(ringArea(box(0, 0, 2, 3).reverse()), 6);
});

test('a name stands in the middle of a plain region', () => {
  assert.deepEqual(namePlace({ type: 'Polygon', coordinates: [box(120, 36, 122, 37)] }), [121, 36.5]);
});

test('a name stands on the largest part, whichever comes first', () => {
  const parts = [[box(0, 0, 1, 1)], [box(10, 0, 14, 4)], [box(20, 0, 22, 2)]];
  assert.deepEqual(namePlace({ type: 'MultiPolygon', coordinates: parts }), [12, 2]);
  assert.deepEqual(namePlace({ type: 'MultiPolygon', coordinates: parts.reverse() }), [12, 2]);
});

test('a name stands on land where the middle of the bounds is water', () => {
  // A bay open to the north: on the middle line there is land from 0 to 1 and from 3 to 6.
  const bay = [[0, 0], [6, 0], [6, 4], [3, 4], [3, 1], [1, 1], [1, 4], [0, 4], [0, 0]];
  assert.deepEqual(namePlace({ type: 'Polygon', coordinates: [bay] }), [4.5, 2]);
  // A lake in the middle, nearer to the east.
  assert.deepEqual(namePlace({ type: 'Polygon', coordinates: [box(0, 0, 10, 4), box(6, 1, 9, 3)] }), [3, 2]);
});

test('a region holds its land and not its lake', () => {
  const lake = { type: /** @type {'Polygon'} */ ('Polygon'), coordinates: [box(0, 0, 10, 4), box(6, 1, 9, 3)] };
  assert.equal(holds(lake, 3, 2), true);
  assert.equal(holds(lake, 7, 2), false);
  assert.equal(holds(lake, 11, 2), false);
});

test('a name stands where it meets the least: no marker if it can, then the fewest dots, and near its place', () => {
  const own = { left: 100, right: 140, top: 100, bottom: 116 };
  const dot = (/** @type {number} */ x, /** @type {number} */ y) => ({ left: x - 2, right: x + 2, top: y - 2, bottom: y + 2 });
  const any = () => true;
  assert.deepEqual(freest(own, [], [], any), { x: 0, y: 0 });
  assert.deepEqual(freest(own, [], [dot(300, 108)], any), { x: 0, y: 0 });
  // A dot at its right end: a line above or below is the nearest that is free, and of the two the one that is.
  assert.deepEqual(freest(own, [], [dot(138, 108), dot(120, 120)], any), { x: 0, y: -16 });
  // A marker below all that can be reached, and two dots above: the dots.
  const below = { left: 0, right: 300, top: 80, bottom: 300 };
  const above = freest(own, [below], [dot(101, 20), dot(139, 20)], any);
  assert.ok(above && above.y <= -40);
  // Where no place is free it stays where it meets no more than elsewhere; where none is allowed it is not there.
  const all = { left: 0, right: 300, top: 0, bottom: 300 };
  assert.deepEqual(freest(own, [all], [], any), { x: 0, y: 0 });
  assert.equal(freest(own, [], [], () => false), null);
});

test('a region without an English name keeps its Chinese one, without what stands in brackets', () => {
  const district = { code: '370203', name_zh: '市北区（含海域）', name_en: 'Shibei (with sea)' };
  assert.equal(regionName(district, 'zh'), '市北区');
  assert.equal(regionName(district, 'en'), 'Shibei');
  assert.equal(regionName({ ...district, name_en: null }, 'en'), '市北区');
});

// A map on which a unit of longitude is a pixel.
const flat = /** @type {L.Map} */ (/** @type {unknown} */ ({
  project: (/** @type {L.LatLng} */ { lng, lat }) => ({
    lng, lat, distanceTo: (/** @type {L.LatLng} */ other) => Math.hypot(lng - other.lng, lat - other.lat),
  }),
}));
const spot = (/** @type {number} */ lng) => /** @type {L.LatLng} */ ({ lng, lat: 0 });

test('markers of one spot stand apart, each with room for a finger; others stay', () => {
  for (const number of [2, 3, 10]) {
    const offsets = spread(flat, [spot(500), ...Array.from({ length: number }, () => spot(7))]);
    assert.deepEqual(offsets[0], [0, 0]);
    const apart = offsets.slice(1);
    apart.forEach(([x, y], index) => apart.slice(index + 1).forEach(([right, down]) => {
      assert.ok(Math.hypot(x - right, y - down) >= 43, `${number}: ${x},${y} meets ${right},${down}`);
    }));
  }
});

test('a few wrong positions are left out of what a map shows at first', () => {
  /** @type {[number, number][]} */
  const town = Array.from({ length: 20 }, (_one, n) => [120.3 + (n % 5) / 50, 36 + n / 200]);
  assert.deepEqual(together(town), town);
  assert.deepEqual(together([...town, [0, 0], [36.1, 120.4]]), town);
  assert.deepEqual(together([[120, 36], [120, 36], [0, 0]]), [[120, 36], [120, 36]]);
  // A part of a city on its own is no mistake.
  assert.equal(together([...town, [120.9, 36.4]]).length, 21);
});
