// The finder works in Chrome 70; the gate that holds it refuses what came later.

import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';

import { ESLint } from 'eslint';

const eslint = new ESLint({ cwd: fileURLToPath(new URL('../..', import.meta.url)) });

/**
 * @param {string} code
 * @param {string} filePath
 */
async function faults(code, filePath) {
  const [result] = await eslint.lintText(`${code}\n`, { filePath });
  return result.messages.map((one) => one.message);
}

test('syntax and methods that Chrome 70 does not know are refused where the finder would load them', async () => {
  for (const code of ['export const a = window?.name;', 'export const a = window.name ?? 1;', "export const a = 'a'.replaceAll('a', 'b');", 'document.body.replaceChildren();']) {
    assert.equal((await faults(code, 'static/js/worker/finder.js')).length, 1, code);
    assert.equal((await faults(code, 'static/js/lib/map.js')).length, 1, code);
    assert.deepEqual(await faults(code, 'static/js/planner/coverage.js'), [], code);
  }
  assert.equal((await faults('self.a = self?.b;', 'static/js/sw.js')).length, 1);
});

test('what others wrote and the finder loads is read by Chrome 70 as well', async () => {
  const plain = new ESLint({
    cwd: fileURLToPath(new URL('../..', import.meta.url)), ignore: false, overrideConfigFile: true, allowInlineConfig: false,
    overrideConfig: [{ languageOptions: { ecmaVersion: 2019, sourceType: 'script' }, linterOptions: { reportUnusedDisableDirectives: 'off' } }],
  });
  const found = await plain.lintFiles(['leaflet/dist/leaflet.js', 'protomaps-leaflet/dist/protomaps-leaflet.js'].map((name) => `static/vendor/${name}`));
  assert.equal(found.length, 2);
  found.forEach(({ messages }) => assert.deepEqual(messages, []));
  const [newer] = await plain.lintText('self.a = self?.b;', { filePath: 'static/vendor/x.js' });
  assert.equal(newer.messages.length, 1);
});

test('the bundled scripts of the finder are read by Chrome 70 as well', async () => {
  const plain = new ESLint({
    cwd: fileURLToPath(new URL('../..', import.meta.url)), ignore: false, overrideConfigFile: true, allowInlineConfig: false,
    overrideConfig: [{ languageOptions: { ecmaVersion: 2019, sourceType: 'module' } }],
  });
  const found = await plain.lintFiles(['static/made/js/worker/**/*.js', 'static/made/js/lib/*.js', 'static/made/js/*.js', 'static/made/shared/*.js']);
  assert.ok(found.length > 20);
  found.forEach(({ messages, filePath }) => assert.deepEqual(messages, [], filePath));
});

test('there is one way to ask the service', async () => {
  assert.match((await faults("fetch('/');", 'static/js/planner/coverage.js')).join(), /get\(\) and post\(\)/);
  assert.match((await faults("fetch('/');", 'static/js/worker/finder.js')).join(), /get\(\) and post\(\)/);
});

test('roles know what is in lib, and lib knows no role', async () => {
  assert.equal((await faults("import '../planner/walks.js';", 'static/js/worker/finder.js')).length, 1);
  assert.equal((await faults("import '../worker/finder.js';", 'static/js/lib/map.js')).length, 1);
  assert.deepEqual(await faults("import '../lib/map.js';", 'static/js/worker/finder.js'), []);
});
