import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

import { withoutQuestion } from '../../../../static/js/worker/offline/nearest.js';

test('a question is understood on the phone as by the service', async () => {
  const file = new URL('../../../../data/vocabulary/question_words.json', import.meta.url);
  const given = JSON.parse(await readFile(file, 'utf8'));
  const longest = (/** @type {string[]} */ words) => words.map((one) => one.toLowerCase()).sort((a, b) => b.length - a.length);
  const around = { before: longest(given.before), after: longest(given.after) };
  /** @type {[string, string | null][]} */
  const cases = [
    ['哪里能充电', '充电'], ['厕所在哪？', '厕所'], ['Where is the toilet?', 'toilet'], ['附近能热饭的', '热饭'],
    ['充电', null], ['哪里', null], ['', null],
  ];
  cases.forEach(([words, meant]) => assert.equal(withoutQuestion(around, words), meant, words));
});
