// What tsc does not see: habits, the parts that may know each other, and the oldest browser.

import js from '@eslint/js';

const rules = {
  ...js.configs.recommended.rules,
  'no-undef': 'off', // tsc knows what there is
  'array-callback-return': 'error',
  curly: ['error', 'multi-line'],
  eqeqeq: 'error',
  'no-console': 'error',
  'no-else-return': 'error',
  'no-eval': 'error',
  'no-implied-eval': 'error',
  'no-param-reassign': 'error',
  'no-shadow': 'error',
  'no-var': 'error',
  'object-shorthand': 'error',
  'prefer-const': 'error',
  'prefer-template': 'error',
};

const ONE_WAY = 'Ask by get() and post() of lib/request.js: they bring the token and the text of an error.';

// Came after Chrome 70, the oldest browser that the finder works in; tsc holds the same for the
// language's own library (tests/js/tsconfig.floor.json).
const TOO_NEW = [
  'allSettled', 'arrayBuffer', 'at', 'checkVisibility', 'findLast', 'fromEntries', 'getAnimations', 'matchAll',
  'randomUUID', 'replaceAll', 'replaceChildren', 'requestSubmit', 'showModal', 'showPicker', 'togglePopover',
];
const TOO_NEW_GLOBALS = ['AggregateError', 'BigInt', 'FinalizationRegistry', 'WeakRef', 'globalThis', 'queueMicrotask', 'reportError', 'structuredClone'];

function notFrom(...groups) {
  return ['error', { patterns: [{ group: groups, message: 'Roles share what is in lib; lib knows no role.' }] }];
}

export default [
  { ignores: ['static/vendor/**', 'static/made/**', '.venv/**', 'node_modules/**', 'build/**', 'dist/**'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['static/js/**/*.js'],
    languageOptions: { ecmaVersion: 2022, sourceType: 'module' },
    rules: { ...rules, 'no-restricted-globals': ['error', { name: 'fetch', message: ONE_WAY }] },
  },
  { files: ['static/js/lib/**'], rules: { 'no-restricted-imports': notFrom('../*') } },
  { files: ['static/js/worker/**'], rules: { 'no-restricted-imports': notFrom('**/planner/**', '**/manager/**') } },
  { files: ['static/js/manager/**'], rules: { 'no-restricted-imports': notFrom('**/planner/**', '**/worker/**') } },
  { files: ['static/js/planner/**'], rules: { 'no-restricted-imports': notFrom('**/manager/**', '**/worker/**') } },
  {
    files: ['static/js/worker/**/*.js', 'static/js/lib/**/*.js', 'static/js/outbox.js'],
    languageOptions: { ecmaVersion: 2019 },
    rules: {
      'no-restricted-globals': ['error', { name: 'fetch', message: ONE_WAY }, ...TOO_NEW_GLOBALS],
      'no-restricted-properties': ['error', ...TOO_NEW.map((property) => ({ property, message: 'Chrome 70 does not have it.' }))],
    },
  },
  {
    // The worker keeps answers and asks for them without credentials, which get() and post() do not; what
    // it shares with pages to send reports does the same.
    files: ['static/js/sw.js', 'static/js/outbox.js'],
    languageOptions: { ecmaVersion: 2019 },
    rules: { 'no-restricted-globals': ['error', ...TOO_NEW_GLOBALS] },
  },
  { files: ['static/js/lib/request.js'], rules: { 'no-restricted-globals': ['error', ...TOO_NEW_GLOBALS] } },
  {
    // A part of Folium's documents, which are opened as files too: modules do not load there.
    files: ['static/maps/*.js'],
    languageOptions: { ecmaVersion: 2022, sourceType: 'script' },
    rules,
  },
  // Served as a module, and written into files whole, with what it imports.
  { files: ['static/maps/ground.js', 'static/maps/month.js'], languageOptions: { sourceType: 'module' } },
  {
    files: ['tests/js/**/*.js', 'eslint.config.js'],
    languageOptions: { ecmaVersion: 2022, sourceType: 'module' },
    rules,
  },
];
