import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

import { nameable, named, offered, simplified, soughtThere, wishesIn, withoutQuestion } from '../../../../static/js/worker/offline/nearest.js';

test('a question is understood on the phone as by the service', async () => {
  const file = new URL('../../../../data/vocabulary/question_words.json', import.meta.url);
  const given = JSON.parse(await readFile(file, 'utf8'));
  const longest = (/** @type {string[]} */ words) => words.map((one) => one.toLowerCase()).sort((a, b) => b.length - a.length);
  const around = { before: longest(given.before), after: longest(given.after), between: longest(given.between), beside: longest(given.beside) };
  /** @type {[string, string | null][]} */
  const cases = [
    ['哪里能充电', '充电'], ['厕所在哪？', '厕所'], ['Where is the toilet?', 'toilet'], ['附近能热饭的', '热饭'],
    ['充电', null], ['哪里', null], ['', null],
  ];
  cases.forEach(([words, meant]) => assert.equal(withoutQuestion(around, words), meant, words));
  const wish = (/** @type {string} */ code, /** @type {string} */ zh, /** @type {string} */ en, /** @type {string[]} */ ...names) => ({ code, zh, en, names });
  const things = [
    wish('charge', '手机充电', 'Phone charging', '充电'), wish('heat', '微波炉', 'Microwave', '热饭'), wish('toilet', '厕所', 'Toilet'), wish('bike', '电动车充电', 'E-bike charging'),
  ];
  for (const [words, codes] of Object.entries({
    充电热饭: ['charge', 'heat'], 'microwave and toilet': ['heat', 'toilet'], '厕所、又能充电': ['toilet', 'charge'], '微波炉 热饭': [], 电动车充电: [], 充电没有: [], '': [],
  })) assert.deepEqual(wishesIn(around, things, words), codes, words);
  // What is wanted in a place: the same questions as the service's test has.
  const cases_ = JSON.parse(await readFile(new URL('sought_there.json', import.meta.url), 'utf8'));
  for (const [words, wanted] of Object.entries(cases_.sought)) {
    assert.deepEqual(soughtThere(around, things, cases_.places, words, cases_.initials), wanted && { place: wanted[0], codes: wanted.slice(1) }, words);
  }
});

test('traditional characters that may mean what is kept are read as simplified ones', () => {
  const kept = /** @type {import('../../../../static/js/worker/offline/nearest.js').Kept} */ (/** @type {unknown} */ ({ traditional: ['廁區', '厕区'] }));
  assert.equal(simplified(kept, '市南區廁所 wc'), '市南区厕所 wc');
  assert.equal(simplified({ ...kept, traditional: undefined }, '廁所'), '廁所');
});

test('letters that name an amenity are no initials of stations', () => {
  const toilet = { code: 'toilet', zh: '厕所', en: 'Toilet', names: ['wc'] };
  const stations = [{ code: 'S-1', name: '流动服务车' }, { code: 'S-2', name: '西门 WC 旁驿站' }];
  assert.deepEqual(nameable(stations, [toilet], 'WC').map((one) => one.code), ['S-2']);
  assert.deepEqual(nameable(stations, [toilet], 'fwc'), stations);
});

test('what is kept is found by its sound, too', () => {
  const advice = { code: 'legal_advice', zh: '法律咨询', en: 'Legal advice', names: ['法律援助'], spoken: ['falvzixun', 'falvyuanzhu'] };
  const toilet = { code: 'toilet', zh: '厕所', en: 'Toilet', names: ['wc'], spoken: ['cesuo'] };
  assert.deepEqual(named([toilet, advice], 'falvyuanzhu', 3), [advice]);
  assert.deepEqual(named([toilet, advice], 'Falv Yuanzhu', 3), [advice]);
  assert.deepEqual(named([toilet, advice], '法律援助', 3), [advice]);
});

test('kinds and amenities are found by their initials, as by the service', async () => {
  const { things, found } = JSON.parse(await readFile(new URL('initials.json', import.meta.url), 'utf8'));
  for (const [words, codes] of Object.entries(found)) {
    assert.deepEqual(named(offered(things, words), words, 9).map((/** @type {{ code: string }} */ one) => one.code).sort(), codes, words);
  }
});
