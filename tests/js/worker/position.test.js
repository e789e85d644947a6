// Why a phone does not say where it is.

import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';

import { findPosition, trueReason } from '../../../static/js/worker/position.js';

const CHROME = 'Mozilla/5.0 (Linux; Android 9) AppleWebKit/537.36 Chrome/70.0 Mobile Safari/537.36';

/** @type {{ got: any[], failed: string[] }} */
let seen = { got: [], failed: [] };

afterEach(() => { seen = { got: [], failed: [] }; });

/**
 * @param {boolean} isSecureContext
 * @param {any} geolocation
 */
function ask(isSecureContext, geolocation) {
  Object.defineProperty(globalThis, 'window', { value: { isSecureContext }, configurable: true });
  Object.defineProperty(globalThis, 'navigator', { value: { userAgent: CHROME, geolocation }, configurable: true });
  findPosition((one) => seen.got.push(one), (reason) => seen.failed.push(reason));
}

test('within another app it is that app, except where no browser could', () => {
  assert.equal(trueReason('refused', CHROME), 'refused');
  assert.equal(trueReason('refused', `${CHROME} MicroMessenger/8.0`), 'wechat');
  assert.equal(trueReason('silent', `${CHROME} Meituan/12`), 'app');
  assert.equal(trueReason('silent', CHROME.replace('Android 9', 'Android 9; wv')), 'app');
  assert.equal(trueReason('insecure', `${CHROME} MicroMessenger/8.0`), 'insecure');
});

test('an address that is not secure and a browser that cannot are told apart', () => {
  ask(false, {});
  ask(true, undefined);
  assert.deepEqual(seen.failed, ['insecure', 'missing']);
});

test('silence has an end, and a late position is taken all the same', (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  /** @type {any} */
  let answer;
  ask(true, { getCurrentPosition: (/** @type {any} */ got) => { answer = got; } });
  context.mock.timers.tick(7999);
  assert.deepEqual(seen.failed, []);
  context.mock.timers.tick(1);
  assert.deepEqual(seen.failed, ['silent']);
  answer('here');
  assert.deepEqual(seen.got, ['here']);
});

test('a refusal is not followed by silence', (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  ask(true, { getCurrentPosition: (/** @type {any} */ _, /** @type {any} */ failed) => failed({ code: 1, PERMISSION_DENIED: 1, TIMEOUT: 3 }) });
  context.mock.timers.tick(20000);
  assert.deepEqual(seen.failed, ['refused']);
});
