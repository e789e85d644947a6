// Which names of the streets give way to those that a page writes on its map.

import assert from 'node:assert/strict';
import { test } from 'node:test';

// What the page and the thread that paints share is made on both.
Object.assign(globalThis, { self: globalThis });
const RULES = '../../../static/js/lib/street_rules.js';
await import(RULES);
const { givingWay, keepNames } = /** @type {{ geoappStreetRules: StreetRules }} */ (/** @type {unknown} */ (globalThis)).geoappStreetRules;

/** @param {number} minX @param {number} minY */
function box(minX, minY) {
  return { minX, minY, maxX: minX + 40, maxY: minY + 12 };
}

/**
 * Where a name of 40 by 12 pixels is placed beside one at (100, 100) that says 市北区.
 * @param {number} x
 * @param {Record<string, string>} props
 */
function placed(x, props) {
  const symbolizer = givingWay({ place: () => [{ bboxes: [box(x, 100)] }] }, (zoom) => (
    zoom === 14 ? { boxes: [box(100, 100)], texts: ['市北区'] } : { boxes: [], texts: [] }));
  return (/** @type {number} */ zoom) => (symbolizer.place({ zoom }, [], { geomType: 1, props }) || []).length;
}

test('a name of the streets gives way to one of the page, at the zoom where that stands', () => {
  assert.equal(placed(120, { name: '台东' })(14), 0);
  assert.equal(placed(120, { name: '台东' })(15), 1);
  // Three pixels stay between them.
  assert.equal(placed(142, { name: '台东' })(14), 0);
  assert.equal(placed(144, { name: '台东' })(14), 1);
});

test('what the page names already is not named again, in whatever language', () => {
  assert.equal(placed(500, { name: 'Shibei', zh: '市北区' })(14), 0);
  assert.equal(placed(500, { name: '市北区' })(15), 1);
});

test('names are placed anew where one of the page comes to stand among those placed already', () => {
  let times = 0;
  const names = keepNames(() => { times += 1; });
  names.tell(14, { boxes: [box(100, 100)], texts: [] });
  assert.equal(times, 0); // nothing was placed yet
  assert.equal(names.known(14).boxes.length, 1);
  names.tell(14, { boxes: [box(100.5, 100)], texts: [] });
  assert.equal(times, 0);
  names.tell(14, { boxes: [box(100, 100), box(300, 100)], texts: [] });
  assert.equal(times, 1);
  names.tell(14, { boxes: [], texts: [] });
  names.tell(15, { boxes: [box(0, 0)], texts: [] });
  assert.equal(times, 1);
});
