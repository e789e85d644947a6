// A question in an address: what is put in comes out again, and what was cut does no harm.

import assert from 'node:assert/strict';
import test from 'node:test';

import { carried, fromAddress, toAddress } from '../../../static/js/planner/address.js';

const KINDS = {
  model: 'choice', p: 'whole', standard_m: 'number', region: 'code', families: 'families', at: 'moment', moments: 'moments',
  drawn: 'sites', quotas: 'quotas', forbidden: 'codes',
};
const QUESTION = {
  model: 'mclp', p: 3, standard_m: 500.5, region: '370203', families: ['station', 'home'], at: '2026-11-24T22:00',
  moments: ['2026-11-24T21:00'], drawn: [{ code: 'M1', lon: 120.3, lat: 36 }], quotas: { 370203: { min: 1 } }, forbidden: ['a&b', 'c'],
};

test('a question comes back from its address as it was', () => {
  const text = toAddress({ ...QUESTION, datum: 'wgs84', budget: undefined }, KINDS).toString();
  assert.deepEqual(fromAddress(new URLSearchParams(text), KINDS), QUESTION);
});

test('what cannot be read is left out', () => {
  assert.equal(fromAddress(new URLSearchParams('run=3&lang=en&x=1'), KINDS), null);
  assert.deepEqual(fromAddress(new URLSearchParams('p=ten&drawn=[{"co&region=3702'), KINDS), { region: '3702' });
});

test('another mode is asked what all ask', () => {
  assert.deepEqual(Object.keys(carried(QUESTION)).sort(), ['at', 'families', 'region', 'standard_m']);
});
