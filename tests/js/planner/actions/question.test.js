// What the page of actions asks, and what a question of the planner still lacks.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { fieldsOf, hasCosts, questionOf as questionWith } from '../../../../static/js/planner/actions/question.js';
import { missing } from '../../../../static/js/planner/question.js';

const NAMES = ['budget', 'extend_cost', 'build_cost', 'upgrade_cost', 'move_cost', 'close_saving', 'min_spacing_m', 'most_actions'];
const ASKED = [...NAMES, 'time_limit_seconds'].map((name) => ({ name, number: true, scale: 1, models: [], needs: null, usual: '' }));

/** @param {ReturnType<typeof form>} fields */
function questionOf(fields) {
  return questionWith(fields, ASKED);
}

const TEXTS = { no_family: 'family', no_moment: 'moment' };

/**
 * @param {Record<string, string>} [some]
 * @param {string[]} [hours]
 */
function form(some = {}, hours = ['08:00', '21:00']) {
  const fields = /** @type {Record<string, string>} */ ({
    budget: '60', extend_cost: '2', build_cost: '8', upgrade_cost: '', move_cost: '', close_saving: '', from: '06:00',
    until: '22:00', day: '2026-11-28', amount: '500', unit: 'm', region: '', demand: 'd', candidates: 'generated',
    min_spacing_m: '', most_actions: '', time_limit_seconds: '20', ...some,
  });
  return Object.assign(fields, { ticked: { family: ['station'], hour: hours } });
}

test('the plain form', () => {
  assert.deepEqual(questionOf(form()), {
    budget: 60, extend_cost: 2, build_cost: 8, standard_m: 500, demand: 'd', families: ['station'], candidates: 'generated',
    moments: ['2026-11-28T08:00', '2026-11-28T21:00'], hours: 'Mo-Su 06:00-22:00', time_limit_seconds: 20,
  });
});

test('until midnight is the end of the day', () => {
  assert.equal(questionOf(form({ until: '00:00' })).hours, 'Mo-Su 06:00-24:00');
});

test('an action that costs nothing is offered, an empty cost offers none', () => {
  const none = { extend_cost: '', build_cost: '' };
  assert.equal(hasCosts(questionOf(form(none))), false);
  assert.equal(hasCosts(questionOf(form({ ...none, close_saving: '0' }))), true);
});

test('without a day or an hour there is no moment', () => {
  assert.deepEqual(questionOf(form({ day: '' })).moments, []);
  assert.deepEqual(questionOf(form({}, [])).moments, []);
});

test('what a question still lacks', () => {
  assert.equal(missing({ families: [] }, TEXTS), 'family');
  assert.equal(missing({ families: ['station'], at: '' }, TEXTS), 'moment');
  assert.equal(missing({ families: ['station'] }, TEXTS), null);
});

test('a question of actions opens in the form as it was asked', () => {
  const given = { standard_m: 300, budget: 12, candidates: 'generated', hours: 'Mo-Su 05:30-24:00', moments: ['2026-11-24T12:00', '2026-11-24T22:00'] };
  const { fields, ticked } = fieldsOf(given, []);
  assert.deepEqual([fields.amount, fields.day, fields.from, fields.until, ticked], ['300', '2026-11-24', '05:30', '00:00', ['12:00', '22:00']]);
  // Other modes have one moment, or none.
  assert.deepEqual(fieldsOf({ standard_m: 300, at: '2026-11-24T21:00' }, []).ticked, ['21:00']);
  assert.deepEqual(fieldsOf({ standard_seconds: 480 }, []).ticked, []);
});
