// What somebody has begun in the list, carried over into an answer that takes its place.

const WORKED = 'a, button, summary, input, select';

/**
 * @param {HTMLElement} results
 * @returns {HTMLElement[]}
 */
function cardsOf(results) {
  return Array.from(results.querySelectorAll('.found'));
}

/**
 * Put another answer into the list. What was unfolded stays so and what had the focus keeps it, as far as the
 * same station is there; else the focus goes to what came for it.
 * @param {HTMLElement} results
 * @param {() => void} put
 */
export function replaceAnswer(results, put) {
  const before = cardsOf(results);
  const unfolded = before.map((card) => ({
    code: card.dataset.code, places: Array.from(card.querySelectorAll('details')).map((one) => one.open),
  })).filter(({ places }) => places.some(Boolean));
  const active = document.activeElement;
  const held = active instanceof HTMLElement && active !== results && results.contains(active) ? active : null;
  const holder = held && before.find((card) => card.contains(held));
  const place = held && holder ? Array.from(holder.querySelectorAll(WORKED)).indexOf(held) : -1;
  put();
  const after = cardsOf(results);
  const same = (/** @type {string | undefined} */ code) => after.find((card) => card.dataset.code === code);
  unfolded.forEach(({ code, places }) => {
    const card = same(code);
    if (card) card.querySelectorAll('details').forEach((one, index) => { one.open = Boolean(places[index]); });
  });
  if (!held) return;
  const card = holder && same(holder.dataset.code);
  const there = card && card.querySelectorAll(WORKED)[place];
  const isSame = there instanceof HTMLElement && there.tagName === held.tagName;
  const more = 'more' in held.dataset && after[before.length] && after[before.length].querySelector('.found-pick');
  const next = isSame ? there : more;
  if (!(next instanceof HTMLElement)) {
    results.tabIndex = -1;
    results.addEventListener('blur', () => results.removeAttribute('tabindex'), { once: true });
  }
  (next instanceof HTMLElement ? next : results).focus({ preventScroll: true });
}
