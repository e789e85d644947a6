// Saved places and recent ones: kept on this device alone, sent to nobody.

/**
 * A place as the finder's field shows it; `kind` and `value` say which, and `place` where it is looked for.
 * @typedef {{ kind: string, value: string, name: string, href: string, place?: { value: string, name: string } | null }} Place
 */

/** @typedef {{ saved: Place[], recent: Place[] }} Kept */

const KEY = 'geoapp-places';
export const MOST_SAVED = 50;
export const MOST_RECENT = 8;

/**
 * @param {any} one
 * @returns {boolean} whether it is a place, and leads nowhere but into this site
 */
function isPlace(one) {
  const { kind, value, name, href, place } = Object(one);
  const parts = [kind, value, name, href, ...(place ? [place.value, place.name] : [])];
  return parts.every((part) => typeof part === 'string' && part !== '') && /^\/(?![/\\])/.test(href);
}

/**
 * What a stored text holds; whatever is no place is left out.
 * @param {string | null} text
 * @returns {Kept}
 */
export function parse(text) {
  let given = null;
  try {
    given = JSON.parse(text || 'null');
  } catch {
    // written by something else
  }
  const { saved, recent } = Object(given);
  return {
    saved: (Array.isArray(saved) ? saved : []).filter(isPlace).slice(0, MOST_SAVED),
    recent: (Array.isArray(recent) ? recent : []).filter(isPlace).slice(0, MOST_RECENT),
  };
}

/**
 * @param {Place} one
 * @param {Place} other
 * @returns {boolean} whether they are the same, whatever they are called
 */
export function isSame(one, other) {
  const from = (/** @type {Place} */ { place }) => (place ? place.value : '');
  return one.kind === other.kind && one.value === other.value && from(one) === from(other);
}

/**
 * @param {Place[]} places
 * @param {Place} place
 */
function without(places, place) {
  return places.filter((one) => !isSame(one, place));
}

/**
 * @param {Kept} kept
 * @param {Place} place
 */
export function isSaved(kept, place) {
  return without(kept.saved, place).length < kept.saved.length;
}

/**
 * Saved, or saved no more.
 * @param {Kept} kept
 * @param {Place} place
 * @returns {Kept}
 */
export function toggled(kept, place) {
  const others = without(kept.saved, place);
  return { ...kept, saved: isSaved(kept, place) ? others : [place, ...others].slice(0, MOST_SAVED) };
}

/**
 * The newest comes first, each once.
 * @param {Kept} kept
 * @param {Place} place
 * @returns {Kept}
 */
export function remembered(kept, place) {
  return { ...kept, recent: [place, ...without(kept.recent, place)].slice(0, MOST_RECENT) };
}

/** @returns {Kept} */
export function load() {
  try {
    return parse(localStorage.getItem(KEY));
  } catch {
    return { saved: [], recent: [] }; // the browser keeps nothing for us
  }
}

/**
 * @param {Kept | null} kept null forgets all
 * @returns {boolean} whether the browser keeps it
 */
export function store(kept) {
  try {
    if (kept) localStorage.setItem(KEY, JSON.stringify(kept));
    else localStorage.removeItem(KEY);
    return true;
  } catch {
    return false;
  }
}
