import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import vm from 'node:vm';

const ROOT = 'https://stations.test/';
const text = await readFile(new URL('../../static/js/sw.js', import.meta.url), 'utf8');

/**
 * What the worker hears, all of whose timers have run out.
 * @param {() => Promise<Response>} network
 * @param {number} [left] how many reports stay when they are sent
 */
function worker(network, left = 0) {
  /** @type {Record<string, (event: any) => void>} */
  const on = {};
  const self = {
    GEOAPP: {
      version: '1', root: '/', offline: '/offline', suggest: '/suggest', along: '/along', files: { '/finder.js': 'IH/qiIpzLhVaB1G9+lOM3xFuIYoHnPNSRhvFxBP9PmQ=', '/map.js': 'of something else' }, ground: [], stations: '/stations', outbox: '/outbox.js', reports: '/reports',
      tiles: '/tiles/base.pmtiles', drawing: '/drawing.js',
    },
    location: new URL(ROOT),
    clients: { matchAll: async () => [] },
    importScripts: () => {},
    geoappOutbox: () => ({ sendAll: async () => left }),
    addEventListener: (/** @type {string} */ name, /** @type {(event: any) => void} */ heard) => { on[name] = heard; },
  };
  const caches = {
    match: async (/** @type {string} */ key, /** @type {CacheQueryOptions} */ { ignoreSearch = false }) => (
      key === '/tiles/base.pmtiles?v=1' || ignoreSearch ? new Response('0123456789') : undefined),
    open: async () => ({ match: async (/** @type {string} */ key) => (key === 'language' ? undefined : new Response(`kept ${key}`)), delete: async () => true }),
  };
  const setTimeout = (/** @type {() => void} */ late) => { queueMicrotask(late); return 1; };
  vm.runInNewContext(text, { self, caches, fetch: network, setTimeout, clearTimeout: () => {}, URL, Response, Headers, crypto, btoa });
  return on;
}

/**
 * What it answers for a page.
 * @param {string} path
 * @param {() => Promise<Response>} network
 * @returns {Promise<string>}
 */
async function answered(path, network) {
  const on = worker(network);
  /** @type {Promise<Response>} */
  const asked = new Promise((resolve) => {
    on.fetch({ request: { method: 'GET', mode: 'navigate', url: new URL(path, ROOT).href }, respondWith: resolve });
  });
  return (await asked).text();
}

test('the finder is there when the service is gone, behind a gateway or without a word', async () => {
  assert.equal(await answered('/?place=1', async () => new Response('gateway', { status: 502 })), 'kept /?kept=zh');
  assert.equal(await answered('/', () => new Promise(() => {})), 'kept /?kept=zh');
  assert.equal(await answered('/', () => Promise.reject(new TypeError('no network'))), 'kept /?kept=zh');
});

test('a place is suggested, and a way asked for, without a network', async () => {
  assert.equal(await answered('/suggest', () => Promise.reject(new TypeError('no network'))), 'kept /suggest?kept=zh');
  assert.equal(await answered('/along?stop=a&stop=b', () => Promise.reject(new TypeError('no network'))), 'kept /along?kept=zh');
});

test('while reports are left, the browser is told to try again', async () => {
  for (const left of [0, 2]) {
    /** @type {Promise<void> | undefined} */
    let done;
    worker(() => Promise.reject(new TypeError('no network')), left).sync({ tag: 'geoapp-reports', waitUntil: (/** @type {Promise<void>} */ one) => { done = one; } });
    if (left) await assert.rejects(Promise.resolve(done), /2 wait/);
    else await done;
  }
});

test('what the service says of another page stands', async () => {
  assert.equal(await answered('/plan', async () => new Response('gateway', { status: 502 })), 'gateway');
  assert.equal(await answered('/plan', () => Promise.reject(new TypeError('no network'))), 'kept /offline?kept=zh');
});

test('parts of kept streets are answered without a network; another version only where there is none', async () => {
  /** @type {[string, string | null, number, string, string | null][]} */
  const cases = [
    ['1', 'bytes=2-4', 206, '234', 'bytes 2-4/10'], ['1', 'bytes=8-99', 206, '89', 'bytes 8-9/10'], ['1', 'bytes=7-', 206, '789', 'bytes 7-9/10'],
    ['1', null, 200, '0123456789', null], ['1', 'bytes=10-12', 416, '', 'bytes */10'], ['2', 'bytes=0-0', 206, '0', 'bytes 0-0/10'],
  ];
  /**
   * @param {string} version
   * @param {string | null} range
   * @param {() => Promise<Response>} network
   * @returns {Promise<Response>}
   */
  const asked = (version, range, network) => new Promise((resolve) => {
    const headers = new Headers(range ? { Range: range } : {});
    worker(network).fetch({ request: { method: 'GET', mode: 'cors', url: `${ROOT}tiles/base.pmtiles?v=${version}`, headers }, respondWith: resolve });
  });
  for (const [version, range, status, body, content] of cases) {
    const answer = await asked(version, range, () => Promise.reject(new TypeError('no network')));
    assert.deepEqual([answer.status, await answer.text(), answer.headers.get('Content-Range')], [status, body, content], `${version} ${range}`);
  }
  assert.equal(await (await asked('2', null, async () => new Response('newer'))).text(), 'newer');
});

test('a file that is kept is answered where it is that of the release, and comes from the network where it is broken', async () => {
  for (const [path, said] of [['finder.js', 'kept /finder.js'], ['map.js', 'fetched']]) {
    /** @type {Promise<Response>} */
    const asked = new Promise((resolve) => {
      worker(async () => new Response('fetched')).fetch({ request: { method: 'GET', mode: 'cors', url: `${ROOT}${path}` }, respondWith: resolve });
    });
    assert.equal(await (await asked).text(), said);
  }
});
