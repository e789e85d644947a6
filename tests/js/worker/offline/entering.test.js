// Who may enter is decided as by the service: the same cases are its own test's (tests/core/test_entering.py).

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { accepts, admits, isAsked } from '../../../../static/js/worker/offline/entering.js';

/** @typedef {[string | null, string[], string | null, string | null, boolean | null]} Case */
/** @type {{ cases: Case[] }} */
const { cases } = JSON.parse(readFileSync(new URL('entering.json', import.meta.url), 'utf8'));

test('who may enter is the service\'s answer', () => {
  assert.ok(cases.length > 80);
  cases.forEach(([who, without, access, entry, may]) => {
    const asked = { who: who || '', without, surely: false };
    const told = JSON.stringify([who, without, access, entry]);
    assert.equal(admits(asked, access || undefined, entry || undefined), may, told);
    assert.equal(accepts(asked, access || undefined, entry || undefined), !isAsked(asked) || may !== false, told);
    // Where one may surely enter who does not say who they are, anyone may.
    const opens = !without.length || (entry !== null && without.indexOf(entry) < 0);
    const sure = who ? may === true : access === 'anyone' && opens;
    assert.equal(accepts({ ...asked, surely: true }, access || undefined, entry || undefined), sure, told);
  });
});
