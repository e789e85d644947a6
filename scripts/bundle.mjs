// Write the pages' scripts small and in few files: what a page loads of `static/js`, bundled by Rollup and
// shortened by Terser, with the list of what each needs besides itself.
//
// Usage: node scripts/bundle.mjs PACKAGES STATIC TARGET SCRIPT...
// PACKAGES is a node_modules folder that has both, TARGET a new folder, a SCRIPT one that pages name, below STATIC.
// Prints the files that each script imports, as JSON.

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import process from 'node:process';

const [packages, statics, target, ...named] = process.argv.slice(2);
// Run by themselves, too: as a worker, or by its importScripts.
const CLASSIC = ['js/outbox.js', 'js/lib/street_painter.js', 'js/lib/street_rules.js'];
const entries = named.filter((name) => !CLASSIC.includes(name));
const load = createRequire(path.join(path.resolve(packages), 'here.js'));
const { rollup } = load('rollup');
const { minify } = load('terser');
// What these pages load at once; what several of them share is in one file for each group of them.
const FIRST = [
  ['finder', 'js/worker/finder.js'],
  ['along', 'js/worker/along/along.js'],
  ['station', 'js/worker/station.js', 'js/worker/star.js', 'js/worker/share.js'],
];
// As old as the oldest browser that the finder works in.
const shorten = (code, isModule) => minify(code, { module: isModule, ecma: 2018, format: { comments: false } });

/**
 * @param {string} id
 * @param {(id: string) => { importedIds: readonly string[] } | null} informed
 * @param {Set<string>} seen
 */
function reached(id, informed, seen = new Set()) {
  if (!seen.has(id)) {
    seen.add(id);
    (informed(id)?.importedIds || []).forEach((other) => reached(other, informed, seen));
  }
  return seen;
}

const at = (name) => path.resolve(statics, name);

/**
 * @param {string[]} names the scripts of some pages, which share nothing with those of others
 * @param {string} folder where what they share is
 */
async function bundled(names, folder) {
  const input = Object.fromEntries(names.map((name) => [name.replace(/\.js$/, ''), at(name)]));
  const bundle = await rollup({ input, onwarn(warning) { throw new Error(warning.message); } });
  /** @type {Map<string, Set<string>> | null} */
  let first = null;
  const { output } = await bundle.generate({
    format: 'es',
    entryFileNames: '[name].js',
    chunkFileNames: `${folder}/[name].js`,
    manualChunks(id, { getModuleInfo }) {
      first ||= new Map(FIRST.map(([page, ...others]) => [page, new Set(others.flatMap((name) => [...reached(at(name), getModuleInfo)]))]));
      if (Object.values(input).includes(id)) return null;
      const pages = [...first].filter(([, all]) => all.has(id)).map(([page]) => page);
      return pages.length > 1 ? pages.join('-') : null;
    },
  });
  return output;
}

const isOfWorkers = (name) => name.startsWith('js/worker/');
const output = [
  ...await bundled(entries.filter(isOfWorkers), 'shared'),
  ...await bundled(entries.filter((name) => !isOfWorkers(name)), 'desk'),
];

const write = async (name, code) => {
  const file = path.join(target, name);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, code);
};
const files = new Map(output.map((chunk) => [chunk.fileName, chunk]));
const needs = (name, seen = new Set()) => {
  files.get(name).imports.filter((other) => !seen.has(other)).forEach((other) => {
    seen.add(other);
    needs(other, seen);
  });
  return seen;
};
await Promise.all(output.map(async ({ fileName, code }) => write(fileName, (await shorten(code, true)).code)));
await Promise.all(CLASSIC.map(async (name) => write(name, (await shorten(await readFile(at(name), 'utf8'), false)).code)));
const scripts = Object.fromEntries([
  ...entries.map((name) => [name, [...needs(name)].sort()]),
  ...CLASSIC.map((name) => [name, []]),
]);
process.stdout.write(JSON.stringify(scripts));
