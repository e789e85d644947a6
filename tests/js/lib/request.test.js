// Asking the service in the background: the token, the bodies, and what is said when it goes wrong.

import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';

import { get, post, problemText } from '../../../static/js/lib/request.js';

const TEXTS = { offline: '连不上服务' };
const PROBLEM = { title: 'Refused', detail: 'p is too small', detail_zh: 'p 太小' };

/** @type {{ address: string, request: RequestInit }[]} */
let sent = [];
/** @type {() => Response | Promise<Response>} */
let reply = () => Response.json({});
const page = { documentElement: { lang: 'zh-CN' }, token: /** @type {string | null} */ ('a token') };

beforeEach(() => {
  sent = [];
  page.documentElement.lang = 'zh-CN';
  page.token = 'a token';
  Object.assign(globalThis, {
    document: {
      documentElement: page.documentElement,
      querySelector: () => (page.token === null ? null : { getAttribute: () => page.token }),
    },
    fetch: async (/** @type {string} */ address, /** @type {RequestInit} */ request) => {
      sent.push({ address, request });
      return reply();
    },
  });
});

afterEach(() => { Reflect.deleteProperty(globalThis, 'document'); });

/** @param {unknown} body */
function problem(body) {
  return new Response(JSON.stringify(body), { status: 422, headers: { 'Content-Type': 'application/problem+json' } });
}

test('an object goes as JSON, with the token', async () => {
  reply = () => Response.json({ id: 7 }, { status: 202 });
  assert.deepEqual(await post('/runs', { p: 3 }, TEXTS), { answer: { id: 7 }, error: null });
  assert.deepEqual(sent, [{
    address: '/runs',
    request: {
      method: 'POST', body: '{"p":3}',
      headers: { Accept: 'application/json', 'Content-Type': 'application/json', 'X-CSRFToken': 'a token' },
    },
  }]);
});

test('a text goes as it is, under its own type', async () => {
  await post('/areas', '{"type":"Point"}', TEXTS, 'application/geo+json');
  const { body, headers } = sent[0].request;
  assert.equal(body, '{"type":"Point"}');
  assert.equal(Reflect.get(Object(headers), 'Content-Type'), 'application/geo+json');
});

test('a form keeps the type that the browser gives it', async () => {
  const form = new FormData();
  reply = () => new Response('<ol></ol>', { headers: { 'Content-Type': 'text/html; charset=utf-8' } });
  assert.deepEqual(await post('/results', form), { answer: '<ol></ol>', error: null });
  assert.deepEqual(sent[0].request, { method: 'POST', body: form, headers: { Accept: 'application/json', 'X-CSRFToken': 'a token' } });
});

test('without a body there is no type, and without an account no token', async () => {
  page.token = null;
  await post('/cancel', undefined, TEXTS);
  assert.deepEqual(sent[0].request, { method: 'POST', headers: { Accept: 'application/json' } });
});

test('a refusal is told in the language of the page', async () => {
  reply = () => problem(PROBLEM);
  assert.deepEqual(await post('/runs', {}, TEXTS), { answer: null, error: 'p 太小' });
  page.documentElement.lang = 'en';
  assert.deepEqual(await post('/runs', {}, TEXTS), { answer: null, error: 'p is too small' });
});

test('what is no problem document is told as a service that cannot be reached', async () => {
  for (const answer of [
    () => new Response('<h1>Bad gateway</h1>', { status: 502, headers: { 'Content-Type': 'text/html' } }),
    () => new Response('\n<HTML><head><title>WiFi</title>', { status: 200, headers: { 'Content-Type': 'text/html' } }),
    () => new Response('{', { status: 200, headers: { 'Content-Type': 'application/json' } }),
    () => Promise.reject(new TypeError('Failed to fetch')),
  ]) {
    reply = answer;
    assert.deepEqual(await get('/runs/1', TEXTS), { answer: null, error: TEXTS.offline });
  }
});

test('a service that fails is not told as a lost connection, where the page has a word for it', async () => {
  const texts = { ...TEXTS, failed: '服务出了错' };
  reply = () => new Response('<h1>500</h1>', { status: 500, headers: { 'Content-Type': 'text/html' } });
  assert.deepEqual(await post('/finder/results', {}, texts), { answer: null, error: texts.failed });
  reply = () => Promise.reject(new TypeError('Failed to fetch'));
  assert.deepEqual(await post('/finder/results', {}, texts), { answer: null, error: texts.offline });
});

test('the words of a problem, the other language where one is missing, else those of the page', () => {
  assert.equal(problemText({ detail: 'no' }, 'zh', 'else'), 'no');
  assert.equal(problemText({ title: 'no' }, 'en', 'else'), 'else');
  assert.equal(problemText(null, 'zh', 'else'), 'else');
});
