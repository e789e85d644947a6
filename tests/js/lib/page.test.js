// Names and texts of a page.

import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';

import { filled, language, nameOf, spokenIn } from '../../../static/js/lib/page.js';

const html = { lang: 'zh-CN' };

beforeEach(() => {
  html.lang = 'zh-CN';
  Object.assign(globalThis, { document: { documentElement: html } });
});

test('a name in the language of the page, in Chinese where there is no other', () => {
  const both = { name_zh: '市北区', name_en: 'Shibei' };
  assert.equal(nameOf(both), '市北区');
  html.lang = 'en';
  assert.equal(language(), 'en');
  assert.equal(nameOf(both), 'Shibei');
  assert.equal(nameOf({ name_zh: '市北区', name_en: null }), '市北区');
});

test('Chinese in an English page is read aloud as Chinese', () => {
  assert.equal(spokenIn('市北区'), '');
  html.lang = 'en';
  assert.equal(spokenIn('市北区'), 'zh-CN');
  assert.equal(spokenIn('Shibei'), '');
});

test('values stand where their names stood, also those that look like a pattern', () => {
  assert.equal(filled('{n} / {n} · {name}', { n: 3, name: '$& $1' }), '3 / 3 · $& $1');
  assert.equal(filled('{other}', { n: 3 }), '{other}');
});
