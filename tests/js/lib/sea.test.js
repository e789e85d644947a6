import assert from 'node:assert/strict';
import test from 'node:test';

import { seaAddress } from '../../../static/js/lib/sea.js';

test('pages that show the same outlines ask under one address', () => {
  const edges = { getWest: () => 119.5123, getSouth: () => 35.58, getEast: () => 121.01, getNorth: () => 37.2 };
  assert.equal(seaAddress('/tiles/sea.geojson', /** @type {L.LatLngBounds} */ (/** @type {unknown} */ (edges))), '/tiles/sea.geojson?bbox=119.5,35.5,121.1,37.2');
});
