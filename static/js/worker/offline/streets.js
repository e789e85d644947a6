// The streets of the map, kept on this device for a day without a network: only where somebody asks for it.
// The worker (sw.js) answers the map's requests out of what is kept here. One version is kept; another one
// is offered in its place.

import { byId, filled } from '../../lib/page.js';
import { download } from '../../lib/request.js';
import { made } from './cards.js';

const holder = byId('offline-streets');
const said = /** @type {HTMLElement} */ (holder.querySelector('[data-said]'));
const buttons = /** @type {HTMLElement} */ (holder.querySelector('[data-buttons]'));
const { root = '/' } = byId('offline').dataset;
const { streets = '' } = byId('map').dataset;
const CACHE = `geoapp-streets ${root}`;
const whole = Number(holder.dataset.bytes);

/** @param {number} bytes */
function megabytes(bytes) {
  return Math.max(0.1, bytes / 1e6).toFixed(1);
}

/** What is kept: whether it is of the version that the page draws, and how large; null for nothing whole. */
async function kept() {
  if (!(await caches.has(CACHE))) return null;
  const cache = await caches.open(CACHE);
  const [request] = await cache.keys();
  const found = request && (await cache.match(request, { ignoreVary: true }));
  if (!found) return null;
  const bytes = (await found.blob()).size;
  const isNewest = new URL(request.url).search === new URL(streets, window.location.href).search;
  if (!isNewest || bytes === whole) return { bytes, isNewest };
  await caches.delete(CACHE);
  return null;
}

/**
 * @param {string | undefined} words
 * @param {...[string | undefined, () => void]} choices what can be pressed, and what it does
 */
function tell(words, ...choices) {
  const had = buttons.contains(document.activeElement);
  said.textContent = words || '';
  buttons.textContent = '';
  choices.forEach(([text, act]) => {
    const button = made('button', { class: 'button', type: 'button' }, text || '');
    button.addEventListener('click', act);
    buttons.appendChild(button);
  });
  const first = buttons.querySelector('button');
  if (had && first) first.focus(); // the one that was pressed is gone
}

/** @param {() => void} changed what is to be done when something else is kept */
async function show(changed) {
  const texts = holder.dataset;
  const found = await kept();
  const mb = megabytes(found && found.isNewest ? found.bytes : whole);
  const remove = async () => {
    await caches.delete(CACHE);
    show(changed);
  };
  const get = () => keep(changed);
  if (!found) tell(texts.offer, [filled(texts.keep || '', { mb }), get]);
  else if (found.isNewest) tell(filled(texts.kept || '', { mb }), [texts.remove, remove]);
  else tell(texts.newer, [filled(texts.renew || '', { mb }), get], [texts.remove, remove]);
  holder.dataset.state = found ? 'there' : 'none';
  holder.hidden = false;
}

/** @param {() => void} changed */
async function keep(changed) {
  const texts = holder.dataset;
  const stop = new AbortController();
  const all = megabytes(whole);
  const progress = (/** @type {number} */ bytes) => {
    said.textContent = filled(texts.fetching || '', { now: megabytes(bytes), all });
  };
  tell(filled(texts.fetching || '', { now: '0.0', all }), [texts.stop, () => stop.abort()]);
  const blob = await download(streets, stop.signal, progress);
  const isStopped = stop.signal.aborted;
  if (blob && !isStopped) {
    try {
      const next = new Response(blob, { headers: { 'Content-Type': 'application/vnd.pmtiles', 'Content-Length': String(blob.size) } });
      const cache = await caches.open(CACHE);
      await cache.put(streets, next);
      const others = (await cache.keys()).filter((one) => one.url !== new URL(streets, window.location.href).href);
      await Promise.all(others.map((one) => cache.delete(one, { ignoreVary: true })));
      await show(changed);
      changed();
      return;
    } catch {
      await show(changed);
      said.textContent = texts.full || '';
      return;
    }
  }
  await show(changed);
  if (!isStopped) said.textContent = texts.failed || '';
}

/**
 * Offer to keep the streets, where the map has some.
 * @param {() => void} changed what is to be done when something else is kept
 */
export function offerStreets(changed) {
  if (streets && whole) show(changed).catch(() => undefined); // where nothing can be kept, nothing is offered
}
