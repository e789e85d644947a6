// The worker that serves the finder where no network is. `self.GEOAPP` is written before this text by
// the service: what belongs to this release. All that is kept was asked for without credentials, so
// nothing of whoever is signed in is kept. A new worker waits until the old one's pages are gone.

/**
 * @typedef {ServiceWorkerGlobalScope & { GEOAPP: { version: string, root: string, offline: string, suggest: string, along: string, files: Record<string, string>,
 *   ground: string[], stations: string, outbox: string, reports: string, tiles: string, drawing: string }, geoappOutbox: MakeOutbox }} Scope
 */
const scope = /** @type {Scope} */ (/** @type {unknown} */ (self));
const { version, root, offline, suggest, along, files, ground, stations, outbox, reports, tiles, drawing } = scope.GEOAPP;
scope.importScripts(outbox);
const SHELL = `geoapp-shell ${root} ${version}`;
const DATA = `geoapp-data ${root}`;
// Streets, where somebody asked for them (offline/streets.js).
const STREETS = `geoapp-streets ${root}`;
const LANGUAGES = ['zh', 'en'];
const LIMIT_MS = 10000;
const SYNC = 'geoapp-reports';
// Pages that work without a network, and the one that stands for all others.
const KEPT_PAGES = [root, suggest, along];
const keptIn = (/** @type {string} */ path, /** @type {string} */ language) => `${path}?kept=${language}`;

/**
 * @param {string} address
 * @param {Record<string, string>} [headers]
 */
function ask(address, headers = {}) {
  return fetch(address, { credentials: 'omit', cache: 'no-cache', headers });
}

/**
 * Keep an answer under an address, unless there is none.
 * @param {Cache} cache
 * @param {string} key
 * @param {Promise<Response>} asked
 */
async function keep(cache, key, asked) {
  const answer = await asked;
  if (!answer.ok || answer.redirected) throw new Error(`${key}: ${answer.status}`);
  await cache.put(key, answer);
}

/**
 * A file of this release, unless it is not that: cut off, or the sign-in page of a wireless network in its place.
 * @param {string} name
 * @param {Response} answer
 */
async function sound(name, answer) {
  const body = await answer.arrayBuffer();
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', body));
  if (btoa(String.fromCharCode(...Array.from(digest))) !== files[name]) return null;
  return new Response(body, { headers: { 'Content-Type': answer.headers.get('Content-Type') || '' } });
}

/** @param {string} name */
async function asFile(name) {
  const answer = await fetch(name, { credentials: 'omit' });
  const file = answer.ok && (await sound(name, answer));
  if (!file) throw new Error(`${name}: ${answer.status}`);
  return file;
}

/**
 * A file as it is kept; from the network where it is not, or is broken.
 * @param {Request} request
 * @param {string} name
 */
async function shellFile(request, name) {
  const cache = await caches.open(SHELL);
  const kept = await cache.match(name, { ignoreVary: true });
  const file = kept && (await sound(name, kept));
  if (file) return file;
  if (kept) await cache.delete(name, { ignoreVary: true });
  return fetch(request);
}

/**
 * Whether what is kept is what it should be: a file of this release, or a page to its end.
 * @param {string} key
 * @param {Response} kept
 */
async function isWhole(key, kept) {
  if (key in files) return (await sound(key, kept)) !== null;
  return key === drawing || (await kept.text()).trim().endsWith('</html>');
}

/** Keep what is not kept yet of the finder itself: all at first, later what the browser threw away or what is broken. */
async function keepShell() {
  const cache = await caches.open(SHELL);
  /** @type {[string, () => Promise<Response>][]} */
  const wanted = Object.keys(files).map((name) => [name, () => asFile(name)]);
  if (await caches.has(STREETS)) wanted.push([drawing, () => fetch(drawing, { credentials: 'omit' })]);
  LANGUAGES.forEach((language) => {
    [...KEPT_PAGES, offline].forEach((path) => {
      wanted.push([keptIn(path, language), () => ask(path, { 'Accept-Language': language })]);
    });
  });
  await Promise.all(wanted.map(async ([key, get]) => {
    const kept = await cache.match(key, { ignoreVary: true });
    if (!kept || !(await isWhole(key, kept))) await keep(cache, key, get());
  }));
}

/** Keep the finder's page anew: what it names of the streets may be older than those that are kept. */
async function renewFinder() {
  const answers = await Promise.all(LANGUAGES.map((language) => ask(root, { 'Accept-Language': language })));
  if (!answers.every((one) => one.ok && !one.redirected)) return;
  const cache = await caches.open(SHELL);
  await Promise.all(answers.map((one, at) => cache.put(keptIn(root, LANGUAGES[at]), one)));
}

/**
 * Keep the stations as they are now, and the ground of the map.
 * @param {string} region the code of the one whose stations are kept, empty for all
 * @returns {Promise<'ready' | 'tooMany' | null>} whether they are kept, or are too many for a phone
 */
async function keepStations(region) {
  const cache = await caches.open(DATA);
  const old = await cache.match(stations, { ignoreVary: true });
  const isOfRegion = old !== undefined && (old.headers.get('X-Region') || '') === region;
  const tag = old && isOfRegion && old.headers.get('ETag');
  const asked = region ? `${stations}?region=${encodeURIComponent(region)}` : stations;
  const answer = await ask(asked, tag ? { 'If-None-Match': tag } : {});
  const isSame = answer.status === 304 && old !== undefined;
  if (!answer.ok && !isSame) {
    // What is kept is no longer what is there; where another region was asked for, it is.
    if (isOfRegion && answer.status >= 400 && answer.status < 500 && answer.status !== 429) await cache.delete(stations);
    return answer.status === 422 ? 'tooMany' : null;
  }
  const text = isSame && old ? await old.text() : await answer.text();
  try {
    JSON.parse(text); // what is broken is not kept
  } catch (error) {
    if (!isSame) throw error;
    await cache.delete(stations);
    return keepStations(region);
  }
  const headers = new Headers({ 'Content-Type': 'application/json', 'X-Checked': String(Date.now()), 'X-Region': region });
  const mark = (isSame ? tag : answer.headers.get('ETag')) || '';
  if (mark) headers.set('ETag', mark);
  await cache.put(stations, new Response(text, { headers }));
  await Promise.all(ground.map((address) => keep(cache, address, ask(address)).catch(() => undefined)));
  return 'ready';
}

/**
 * The part of a kept file that is asked for.
 * @param {Request} request
 * @param {Response} kept
 */
async function part(request, kept) {
  const whole = await kept.blob();
  const asked = /^bytes=(\d+)-(\d*)$/.exec(request.headers.get('Range') || '');
  if (!asked) return new Response(whole);
  const first = Number(asked[1]), last = Math.min(asked[2] ? Number(asked[2]) : Infinity, whole.size - 1);
  if (first > last) return new Response(null, { status: 416, headers: { 'Content-Range': `bytes */${whole.size}` } });
  const headers = { 'Content-Range': `bytes ${first}-${last}/${whole.size}`, 'Content-Length': String(last - first + 1) };
  return new Response(whole.slice(first, last + 1), { status: 206, headers });
}

/**
 * Streets: those that are kept, if they are of the version that is asked for or no network is there.
 * @param {Request} request
 * @param {string} path
 */
async function streets(request, path) {
  const same = await caches.match(path, { cacheName: STREETS, ignoreVary: true });
  if (same) return part(request, same);
  try {
    return await fetch(request);
  } catch (error) {
    const other = await caches.match(tiles, { cacheName: STREETS, ignoreVary: true, ignoreSearch: true });
    if (!other) throw error;
    return part(request, other);
  }
}

/** The language in which the finder was last open here. */
async function lastLanguage() {
  const cache = await caches.open(DATA);
  const kept = await cache.match('language');
  const language = kept ? await kept.text() : '';
  return LANGUAGES.includes(language) ? language : 'zh';
}

/**
 * A page where there is no network: itself where it works without one, or the page that leads to the finder.
 * @param {URL} address
 */
async function keptPage(address) {
  const asked = address.searchParams.get('lang') || '';
  const language = LANGUAGES.includes(asked) ? asked : await lastLanguage();
  const key = keptIn(KEPT_PAGES.includes(address.pathname) ? address.pathname : offline, language);
  const cache = await caches.open(SHELL);
  return cache.match(key, { ignoreVary: true });
}

/**
 * A page as the network has it. Where that fails, the kept one; a page that works without a network is
 * also not waited for beyond the limit, nor left to a gateway behind which the service is gone.
 * @param {Request} request
 * @param {URL} address
 */
async function page(request, address) {
  const isKept = KEPT_PAGES.includes(address.pathname);
  const asking = fetch(request);
  /** @type {Promise<Response>[]} */
  const racing = [asking];
  let late = 0;
  if (isKept) racing.push(new Promise((_, reject) => { late = setTimeout(() => reject(new Error('late')), LIMIT_MS); }));
  try {
    const answer = await Promise.race(racing);
    const isGone = isKept && answer.status >= 502 && answer.status <= 504;
    return (isGone && (await keptPage(address))) || answer;
  } catch {
    return (await keptPage(address)) || asking;
  } finally {
    clearTimeout(late);
  }
}

scope.addEventListener('install', (event) => { event.waitUntil(keepShell()); });

scope.addEventListener('activate', (event) => {
  event.waitUntil(caches.keys().then((names) => Promise.all(names
    .filter((name) => name.startsWith(`geoapp-shell ${root} `) && name !== SHELL)
    .map((name) => caches.delete(name)))).then(() => scope.clients.claim()));
});

scope.addEventListener('message', (event) => {
  const { language, region = '', renew = false } = Object(event.data);
  const { source } = event;
  if (!LANGUAGES.includes(language) || !source) return;
  event.waitUntil((async () => {
    /** @type {Awaited<ReturnType<typeof keepStations>>} */
    let state = null;
    try {
      const cache = await caches.open(DATA);
      await cache.put('language', new Response(language));
      if (renew) await renewFinder();
      await keepShell();
      state = await keepStations(String(region));
    } catch {
      // No network now, or no room: the next visit tries again.
    }
    source.postMessage({ state });
  })());
});

/** Send the reports that wait; the browser tries again later where some are left. */
async function sendWaiting() {
  const left = await scope.geoappOutbox(root, reports).sendAll();
  (await scope.clients.matchAll()).forEach((page_) => page_.postMessage({ isSent: true }));
  if (left) throw new Error(`${left} wait`);
}

scope.addEventListener('sync', (event) => {
  const { tag, waitUntil } = /** @type {any} */ (event);
  if (tag === SYNC) waitUntil.call(event, sendWaiting());
});

scope.addEventListener('fetch', (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== 'GET' || address.origin !== scope.location.origin) return;
  const path = address.pathname + address.search;
  if (request.mode === 'navigate') {
    event.respondWith(page(request, address));
  } else if (address.pathname === tiles) {
    event.respondWith(streets(request, path));
  } else if (path in files) {
    event.respondWith(shellFile(request, path));
  } else if (path === drawing) {
    event.respondWith(caches.match(path, { cacheName: SHELL, ignoreVary: true }).then((kept) => kept || fetch(request)));
  } else if (ground.includes(path)) {
    event.respondWith(fetch(request).catch(async (error) => {
      const kept = await caches.match(path, { cacheName: DATA, ignoreVary: true });
      if (!kept) throw error;
      return kept;
    }));
  }
});
