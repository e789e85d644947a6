// What is wrong with a field, in the page's own words.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { wrongWith } from '../../../static/js/lib/checks.js';

const TEXTS = {
  missing: 'missing', number: 'number', whole: 'whole', least: 'from {least}', most: 'to {most}', between: '{least} to {most}', longest: '{longest} letters', other: 'other',
};

/**
 * @param {keyof ValidityState | null} wrong
 * @param {object} [more]
 */
function said(wrong, more = {}) {
  return wrongWith({ validity: wrong ? { [wrong]: true } : {}, ...more }, TEXTS);
}

test('each thing that can be wrong has its words', () => {
  assert.equal(said(null), '');
  assert.equal(said('valueMissing'), 'missing');
  assert.equal(said('badInput'), 'number');
  assert.equal(said('rangeUnderflow', { min: '1' }), 'from 1');
  assert.equal(said('rangeOverflow', { max: '9' }), 'to 9');
  assert.equal(said('rangeOverflow', { min: '1', max: '9' }), '1 to 9');
  assert.equal(said('stepMismatch', { step: '1' }), 'whole');
  assert.equal(said('stepMismatch', { step: '0.5' }), 'other');
  assert.equal(said('tooLong', { maxLength: 40 }), '40 letters');
  assert.equal(said('typeMismatch'), 'other');
});

test('what is no number at all is not told to be missing', () => {
  assert.equal(wrongWith({ validity: { badInput: true, valueMissing: true } }, TEXTS), 'number');
});
