// Rows are read as they are sent, and what places change is counted as by hand.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { countOf, longestLineM, reachByLine, readGround, readReach, sharesOf } from '../../../../static/js/planner/siting/counting.js';
import { lineM } from '../../../../static/js/planner/siting/line.js';

/**
 * A head and arrays as the service sends them: each from a multiple of eight bytes.
 * @param {object} head
 * @param {ArrayBufferView[]} arrays
 */
function sent(head, ...arrays) {
  const told = new TextEncoder().encode(JSON.stringify(head));
  const length = told.length + (8 - ((told.length + 4) % 8)) % 8;
  const size = arrays.reduce((sum, one) => sum + Math.ceil(one.byteLength / 8) * 8, 4 + length);
  const bytes = new Uint8Array(size).fill(32);
  new DataView(bytes.buffer).setUint32(0, length, true);
  bytes.set(told, 4);
  let from = 4 + length;
  arrays.forEach((one) => {
    bytes.set(new Uint8Array(one.buffer, one.byteOffset, one.byteLength), from);
    from += Math.ceil(one.byteLength / 8) * 8;
  });
  return bytes.buffer;
}

const HEAD = {
  rows: 5, weight: 31, covered: 4, metres: 390, seconds: null, detour_factor: 1.3, speed_m_per_s: 1.2,
  districts: [{ code: 'a', name_zh: '甲', name_en: null, weight: 15, covered: 4 }, { code: 'b', name_zh: '乙', name_en: 'B', weight: 0, covered: 0 }],
};
// On a meridian, some 111 m between two; the third is covered already, and nobody opens for the fifth.
const LAT = [36, 36.001, 36.002, 36.003, 36.001];

function ground(head = HEAD) {
  return readGround(sent(
    head, new Float64Array(5).fill(120), Float64Array.from(LAT), Float64Array.from([1, 2, 4, 8, 16]),
    Float32Array.from([Infinity, Infinity, 100, Infinity, Infinity]), Int16Array.from([0, 0, 0, 0, -1]), Uint8Array.from([2, 2, 3, 2, 0]),
  ));
}

test('rows in reach are those within the standard by line, closed', () => {
  const rows = ground();
  assert.deepEqual(Array.from(rows.order), [0, 1, 4, 2, 3]);
  assert.equal(longestLineM(rows.head), 300);
  assert.deepEqual(Array.from(reachByLine(rows, 120, 36).rows), [0, 1, 4, 2]);
  const edge = lineM(120, 36, 120, 36.003) * 1.3;
  assert.deepEqual(Array.from(reachByLine(ground({ ...HEAD, metres: edge }), 120, 36).rows), [0, 1, 4, 2, 3]);
  assert.deepEqual(Array.from(reachByLine(ground({ ...HEAD, metres: edge - 1e-5 }), 120, 36).rows), [0, 1, 4, 2]);
  // In seconds the test is made in seconds.
  const inTime = ground(Object.assign({}, HEAD, { metres: null, seconds: edge / 1.2 }));
  assert.deepEqual(Array.from(reachByLine(inTime, 120, 36).rows), [0, 1, 4, 2, 3]);
  assert.throws(() => reachByLine(ground(Object.assign({}, HEAD, { detour_factor: null })), 120, 36), TypeError);
});

test('places count one after the other, and each row is in the catchment of the nearest', () => {
  const rows = ground();
  const places = /** @type {[number, number][]} */ ([[120, 36], [120, 36.003]]);
  const count = countOf(rows, places.map(([lon, lat]) => reachByLine(rows, lon, lat)));
  // The first reaches 1 + 2, and the covered one; the second adds 8 alone.
  assert.deepEqual(count.adds, [3, 8]);
  assert.equal(count.added, 11);
  assert.deepEqual(Array.from(count.districts), [11, 0]);
  // The covered row's own station is nearer than either place; the closed row is in no catchment.
  assert.deepEqual(Array.from(count.owner), [0, 0, -1, 1, -1]);
  assert.deepEqual(Array.from(count.fresh), [1, 1, 0, 1, 0]);
  const [first, second] = sharesOf(rows, count);
  assert.deepEqual([first.before_share, first.after_share, first.added], [4 / 15, 1, 11]);
  assert.deepEqual([second.before_share, second.after_share], [null, null]);
});

test('what the service has in reach is read by place', () => {
  const found = readReach(sent({ counts: [2, 0, 1] }, Uint32Array.from([3, 1, 4]), Float32Array.from([5, 0, 7])));
  assert.deepEqual(found.map(({ rows, walks }) => [Array.from(rows), Array.from(walks)]), [[[3, 1], [5, 0]], [[], []], [[4], [7]]]);
});
