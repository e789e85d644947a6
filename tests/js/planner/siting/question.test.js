// What the siting form asks: field by field, for each model, and there and back.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { isHonoured } from '../../../../static/js/planner/asked.js';
import { fieldsOf as fieldsWith, questionOf as questionWith } from '../../../../static/js/planner/siting/question.js';

const DISTRICTS = { '': ['A', 'B'], '3702': ['A'] };
const FAMILIES = ['station', 'base'];
const COVERED = ['mclp', 'equity'];

/**
 * @param {string} name
 * @param {{ scale?: number, models?: string[], needs?: string, usual?: string | null, number?: boolean, listed?: boolean }} [more]
 */
function control(name, more = {}) {
  return { name, number: true, scale: 1, models: [], needs: null, usual: '', ...more };
}

// As the page tells them; the page's own test holds them to the table.
const ASKED = [
  control('model', { number: false, usual: 'mclp' }),
  control('p', { models: [...COVERED, 'p_median', 'p_center'], usual: null }),
  control('also_demand', { number: false, listed: true, models: ['robust'] }),
  control('phases', { number: false, models: ['mclp'], usual: '' }),
  control('share', { scale: 100, models: ['lscp'], usual: '100' }),
  control('spacing_m'),
  control('min_spacing_m', { models: [...COVERED, 'lscp'] }),
  control('budget', { models: COVERED }),
  control('sizes', { number: false, models: ['mclp'], needs: 'budget', usual: '' }),
  control('hour_weights', { number: false, models: [...COVERED, 'lscp'], usual: '' }),
  control('backup_share', { scale: 100, models: ['mclp'], usual: '0' }),
  control('capacity', { models: ['mclp'] }),
  control('alternatives', { models: ['mclp'], usual: '0' }),
  control('differ', { models: ['mclp'], needs: 'alternatives', usual: '2' }),
  control('period', { number: false, models: [...COVERED, 'lscp'], needs: 'at', usual: 'moment' }),
  control('time_limit_seconds', { usual: '60' }),
];

/**
 * @param {ReturnType<typeof form>} fields
 * @param {import('../../../../static/js/planner/siting/question.js').SitingQuestion} kept
 * @param {Record<string, string[]>} districts
 */
function questionOf(fields, kept, districts) {
  return questionWith(fields, kept, districts, ASKED, COVERED);
}

/**
 * @param {import('../../../../static/js/planner/siting/question.js').SitingQuestion} given
 * @param {Record<string, string[]>} districts
 */
function fieldsOf(given, districts) {
  return fieldsWith(given, districts, ASKED);
}

/**
 * The form as the page brings it, with some fields filled in.
 * @param {Record<string, string>} [some]
 */
function form(some = {}) {
  const fields = /** @type {Record<string, string>} */ ({
    model: 'mclp', p: '10', share: '95', amount: '500', unit: 'm', region: '', demand: 'd', candidates: 'generated',
    spacing_m: '', min_spacing_m: '', time_limit_seconds: '30', when: 'any', at: '2026-11-28T21:00', least: '', most_each: '',
    budget: '', backup_share: '0', capacity: '', alternatives: '0', differ: '2', ...some,
  });
  return Object.assign(fields, { ticked: { family: FAMILIES, hour: [] } });
}

test('the plain form asks no more than it shows', () => {
  assert.deepEqual(questionOf(form(), {}, DISTRICTS), {
    model: 'mclp', p: 10, standard_m: 500, demand: 'd', candidates: 'generated',
    time_limit_seconds: 30, families: FAMILIES,
  });
});

test('a day or a week is asked where a moment is, and comes back', () => {
  assert.ok(!('period' in questionOf(form({ period: 'week' }), {}, DISTRICTS)));
  const body = questionOf(form({ period: 'week', when: 'at' }), {}, DISTRICTS);
  assert.deepEqual([body.at, body.period], ['2026-11-28T21:00', 'week']);
  assert.equal(fieldsOf(body, DISTRICTS).fields.period, 'week');
});

test('weights of hours are asked where there are several moments, and come back', () => {
  const hour_weights = '07:00-19:00=3';
  assert.ok(!('hour_weights' in questionOf(form({ hour_weights, when: 'at' }), {}, DISTRICTS)));
  const body = questionOf(form({ hour_weights, period: 'day', when: 'at' }), {}, DISTRICTS);
  assert.equal(body.hour_weights, hour_weights);
  assert.equal(fieldsOf(body, DISTRICTS).fields.hour_weights, hour_weights);
  const listed = questionOf(form({ hour_weights }), { moments: ['2026-11-24T10:00'] }, DISTRICTS);
  assert.equal(listed.hour_weights, hour_weights);
});

test('years say how many stations there are', () => {
  const body = questionOf(form({ phases: '2027=3, 2028=4' }), {}, DISTRICTS);
  assert.deepEqual([body.phases, 'p' in body], ['2027=3, 2028=4', false]);
  assert.equal(fieldsOf(body, DISTRICTS).fields.phases, '2027=3, 2028=4');
});

test('quotas by type of host are asked of a set that says them, and come back', () => {
  const hosts = { halls: ['bank', 'hall'] };
  const filled = form({ candidates: 'halls', 'host-most:bank': '3', 'host-least:hall': '1' });
  const body = questionWith(filled, {}, DISTRICTS, ASKED, COVERED, hosts);
  assert.deepEqual(body.host_quotas, { bank: { max: 3 }, hall: { min: 1 } });
  const shown = fieldsWith(body, DISTRICTS, ASKED, hosts);
  assert.deepEqual([shown.fields['host-most:bank'], shown.fields['host-least:hall']], ['3', '1']);
  assert.ok(!('host_quotas' in shown.kept));
  // Of a set whose types are not known they are kept as they came.
  assert.deepEqual(fieldsWith(body, DISTRICTS, ASKED).kept.host_quotas, body.host_quotas);
  assert.ok(!('host_quotas' in questionWith(form({ candidates: 'generated', 'host-most:bank': '3' }), {}, DISTRICTS, ASKED, COVERED, hosts)));
});

test('sizes of station are asked within a budget, and come back', () => {
  assert.ok(!('sizes' in questionOf(form({ sizes: 'small=20:8' }), {}, DISTRICTS)));
  const body = questionOf(form({ sizes: 'small=20:8, large=60:20', budget: '80' }), {}, DISTRICTS);
  assert.deepEqual([body.sizes, body.budget], ['small=20:8, large=60:20', 80]);
  assert.equal(fieldsOf(body, DISTRICTS).fields.sizes, body.sizes);
});

test('a standard in minutes goes as seconds', () => {
  const body = questionOf(form({ unit: 'min', amount: '7.5' }), {}, DISTRICTS);
  assert.equal(body.standard_seconds, 450);
  assert.ok(!('standard_m' in body));
});

test('the fewest stations are asked by a share and without a number', () => {
  const body = questionOf(form({ model: 'lscp' }), {}, DISTRICTS);
  assert.equal(body.share, 0.95);
  assert.ok(!('p' in body));
});

test('a field counts only for a model that has a use for it', () => {
  const filled = { least: '1', most_each: '3', budget: '0', backup_share: '50', capacity: '40', alternatives: '2', differ: '3' };
  const plain = questionOf(form(filled), {}, DISTRICTS);
  assert.deepEqual(plain.quotas, { A: { min: 1, max: 3 }, B: { min: 1, max: 3 } });
  assert.deepEqual([plain.budget, plain.backup_share, plain.capacity, plain.alternatives, plain.differ], [0, 0.5, 40, 2, 3]);
  const equity = questionOf(form({ ...filled, model: 'equity', region: '3702' }), {}, DISTRICTS);
  assert.deepEqual(equity.quotas, { A: { min: 1, max: 3 } });
  assert.equal(equity.budget, 0);
  for (const name of ['backup_share', 'capacity', 'alternatives', 'differ']) assert.ok(!(name in equity), name);
  for (const model of ['lscp', 'p_median', 'p_center']) {
    const body = questionOf(form({ ...filled, model }), {}, DISTRICTS);
    for (const name of ['quotas', 'budget', 'backup_share', 'capacity', 'alternatives']) assert.ok(!(name in body), `${model} ${name}`);
    assert.deepEqual(ASKED.filter((one) => ['budget', 'capacity'].includes(one.name) && isHonoured(one, model)), []);
  }
});

test('a moment is asked only where one is chosen, and an empty one is seen', () => {
  assert.ok(!('at' in questionOf(form(), {}, DISTRICTS)));
  assert.equal(questionOf(form({ when: 'at' }), {}, DISTRICTS).at, '2026-11-28T21:00');
  assert.equal(questionOf(form({ when: 'at', at: '' }), {}, DISTRICTS).at, '');
});

test('a question opens in the form and is asked again as it was', () => {
  const asked = {
    model: 'mclp', p: 4, standard_seconds: 400, region: '3702', demand: 'd', candidates: 'set-1', spacing_m: 250.5,
    min_spacing_m: 120, time_limit_seconds: 45, families: ['station'], at: '2026-11-28T21:00', alternatives: 3, differ: 4,
    budget: 0, capacity: 25, backup_share: 0.07, quotas: { A: { min: 1 } },
    target_gap: 0.01, host_quotas: { school: { max: 2 } },
  };
  const { fields, families, kept } = fieldsOf(asked, DISTRICTS);
  assert.deepEqual(kept, { target_gap: 0.01, host_quotas: { school: { max: 2 } } });
  assert.deepEqual(families, ['station']);
  const again = Object.assign(form(fields), { ticked: { family: families || [], hour: [] } });
  assert.deepEqual(questionOf(again, kept, DISTRICTS), asked);
});

test('quotas that differ between districts have fields of their own; those of other regions are kept', () => {
  /** @type {Record<string, { min: number }>[]} */
  const unequal = [{ A: { min: 1 }, B: { min: 2 } }, { A: { min: 1 } }, { elsewhere: { min: 1 } }];
  for (const quotas of unequal) {
    const { fields, kept } = fieldsOf({ standard_m: 300, quotas }, DISTRICTS);
    assert.deepEqual([fields.least, fields.most_each], ['', '']);
    assert.equal('quotas' in kept, 'elsewhere' in quotas);
    assert.deepEqual(questionOf(form(fields), kept, DISTRICTS).quotas, quotas);
  }
  // What is said of one district goes before what is said of all.
  const said = form({ least: '1', 'most:B': '2' });
  assert.deepEqual(questionOf(said, {}, DISTRICTS).quotas, { A: { min: 1 }, B: { max: 2 } });
});

test('a share is shown without the crumbs of its conversion', () => {
  assert.equal(fieldsOf({ standard_m: 300, share: 0.58, backup_share: 0.07 }, DISTRICTS).fields.share, '58');
  assert.equal(fieldsOf({ standard_seconds: 100 }, DISTRICTS).fields.amount, '1.666667');
});

test('what other plans must be is asked only where any are sought', () => {
  assert.ok(!('differ' in questionOf(form({ differ: '5' }), {}, DISTRICTS)));
  assert.equal(questionOf(form({ alternatives: '1', differ: '5' }), {}, DISTRICTS).differ, 5);
});

test('what a question leaves open is shown as the usual, or as the form offers it', () => {
  const { fields, families } = fieldsOf({ standard_m: 300 }, DISTRICTS);
  for (const name of ['p', 'demand', 'at']) assert.ok(!(name in fields), name);
  assert.deepEqual([fields.share, fields.spacing_m, fields.time_limit_seconds, fields.differ], ['100', '', '60', '2']);
  assert.equal(families, null);
  assert.deepEqual([fields.model, fields.candidates, fields.region, fields.when], ['mclp', 'generated', '', 'any']);
});

test('of codes all that are ticked are asked, and shown so again', () => {
  const fields = form({ model: 'robust', also_demand: 'summer\nwinter 1\n2030' });
  const question = questionOf(fields, {}, DISTRICTS);
  assert.deepEqual(question.also_demand, ['summer', 'winter 1', '2030']);
  assert.equal(fieldsOf(question, DISTRICTS).fields.also_demand, 'summer\nwinter 1\n2030');
  assert.equal(questionOf(form({ model: 'mclp', also_demand: 'summer' }), {}, DISTRICTS).also_demand, undefined);
});
