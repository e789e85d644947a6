// Which names of the streets give way to those that a page writes on its map.

import assert from 'node:assert/strict';
import { test } from 'node:test';

// What the page and the thread that paints share is made on both.
Object.assign(globalThis, { self: globalThis });
const RULES = '../../../static/js/lib/street_rules.js';
await import(RULES);
const { givingWay, keepNames } = /** @type {{ geoappStreetRules: StreetRules }} */ (/** @type {unknown} */ (globalThis)).geoappStreetRules;

const WORLD = { minX: -1e9, minY: -1e9, maxX: 1e9, maxY: 1e9 };

/** @param {number} minX @param {number} minY */
function box(minX, minY) {
  return { minX, minY, maxX: minX + 40, maxY: minY + 12 };
}

/**
 * @param {{ minX: number, minY: number, maxX: number, maxY: number }[]} boxes
 * @param {string[]} [texts]
 */
function standing(boxes, texts = []) {
  return { boxes, texts, met: new Set() };
}

/**
 * Where a name of 40 by 12 pixels is placed beside one at (100, 100) that says 市北区.
 * @param {number} x
 * @param {Record<string, string>} props
 * @param {[number, number][]} [steps]
 */
function placed(x, props, steps) {
  const label = { anchor: { x, y: 100 }, bboxes: [box(x, 100)] };
  const symbolizer = givingWay({ place: () => [label] }, (zoom) => standing(zoom === 14 ? [box(100, 100)] : [], zoom === 14 ? ['市北区'] : []), steps);
  return (/** @type {number} */ zoom) => symbolizer.place({ zoom }, [], { geomType: 1, props }) || [];
}

test('a name of the streets gives way to one of the page, at the zoom where that stands', () => {
  assert.equal(placed(120, { name: '台东' })(14).length, 0);
  assert.equal(placed(120, { name: '台东' })(15).length, 1);
  // Three pixels stay between them.
  assert.equal(placed(142, { name: '台东' })(14).length, 0);
  assert.equal(placed(144, { name: '台东' })(14).length, 1);
});

test('what the page names already is not named again, in whatever language', () => {
  assert.equal(placed(500, { name: 'Shibei', zh: '市北区' })(14).length, 0);
  assert.equal(placed(500, { name: '市北区' })(15).length, 1);
});

test('the name of a place stands beside what lies on its own place, where that is free', () => {
  const [found] = placed(120, { name: '台东' }, [[0, 10], [0, 20], [0, 40]])(14);
  assert.deepEqual(found.anchor, { x: 120, y: 120 });
  assert.deepEqual(found.bboxes, [{ minX: 117, minY: 117, maxX: 163, maxY: 135 }]);
  assert.deepEqual(placed(120, { name: '台东' }, [[0, 10], [4, 4]])(14), []);
  assert.deepEqual(placed(300, { name: '台东' }, [[0, 10]])(14)[0].anchor, { x: 300, y: 100 });
});

test('names are placed anew where something comes to stand on one, or goes that one gave way to', () => {
  let times = 0;
  const onNames = box(300, 100);
  const index = { bboxCollides: (/** @type {{ minX: number }} */ { minX }) => minX === onNames.minX };
  const names = keepNames(() => ({ getIndex: (zoom) => (zoom === 14 ? index : undefined) }), () => { times += 1; }, () => {});
  const tell = (/** @type {number} */ zoom, /** @type {object[]} */ boxes, texts = [''], within = WORLD) => {
    names.tell(zoom, { boxes: /** @type {{ minX: number, minY: number, maxX: number, maxY: number }[]} */ (boxes), texts, within });
    return times;
  };
  /** Ask for names as the library does, and tell what stands there. */
  const ask = (/** @type {number} */ zoom) => /** @type {NonNullable<ReturnType<typeof names.known>>} */ (names.known(zoom));
  const stays = box(100, 100);
  assert.equal(tell(14, [stays, onNames]), 0); // nothing was placed yet
  assert.equal(ask(14).boxes.length, 2);
  assert.equal(tell(14, [box(100.5, 100), onNames]), 0);
  assert.equal(tell(14, [box(500, 100), onNames]), 0); // where no name is
  assert.equal(tell(14, [box(500, 100)]), 0); // no name gave way to it
  assert.equal(tell(14, [onNames, box(500, 100)]), 1);
  assert.equal(tell(14, [box(500, 100)]), 1); // none is placed yet again
  const { boxes: [giving], met } = ask(14);
  met.add(giving);
  assert.equal(tell(14, [box(500, 100)], [''], { minX: 400, minY: 0, maxX: 600, maxY: 200 }), 1); // it is not known to be gone
  assert.equal(tell(14, [box(500, 100), stays]), 1);
  assert.equal(tell(14, [stays]), 2);
  ask(14);
  assert.equal(tell(14, [stays], ['台东']), 3); // which may be named elsewhere
  assert.equal(tell(15, [onNames]), 3);
});

test('none is placed while it is not known what stands there, and those that were left are as soon as it is', () => {
  let left = 0;
  const names = keepNames(() => ({ getIndex: () => undefined }), () => assert.fail('none was placed'), () => { left += 1; });
  const nothing = { boxes: [], texts: [], within: WORLD };
  const symbolizer = givingWay({ place: () => [{ anchor: { x: 0, y: 0 }, bboxes: [box(0, 0)] }] }, names.known);
  const count = (/** @type {number} */ zoom) => (symbolizer.place({ zoom }, [], { geomType: 1, props: {} }) || []).length;
  assert.equal(count(14), 0);
  names.tell(14, nothing);
  assert.deepEqual([left, count(14)], [1, 1]);
  names.tell(14, nothing);
  assert.equal(left, 1); // none was
  assert.equal(count(15), 0); // of a zoom that the map comes to
  names.tell(15, nothing);
  assert.deepEqual([left, count(15), count(14)], [2, 1, 0]);
  names.tell(15, null);
  assert.equal(count(15), 0);
});
