// The cards of a list: one at a time is open, and is the one that the map shows.

import { closest } from '../lib/page.js';

/**
 * Bring an element to the list's upper edge. Only the list may scroll; scrollIntoView would move the page under it too.
 * @param {HTMLElement} sheetBody that scrolls
 * @param {HTMLElement} element in it
 */
export function bringUp(sheetBody, element) {
  sheetBody.scrollTop += element.getBoundingClientRect().top - sheetBody.getBoundingClientRect().top - 8;
}

/**
 * Scroll no further than it takes to see an element whole, or its beginning where it is higher than the list.
 * @param {HTMLElement} sheetBody
 * @param {HTMLElement} element
 */
function reveal(sheetBody, element) {
  const list = sheetBody.getBoundingClientRect(), { top, bottom } = element.getBoundingClientRect();
  const down = Math.min(bottom - list.bottom, top - list.top);
  if (top < list.top || down > 0) sheetBody.scrollTop += top < list.top ? top - list.top : down;
}

/** @param {HTMLElement} item */
function moreOf(item) {
  return /** @type {HTMLDetailsElement} */ (item.querySelector('.found-more'));
}

/**
 * @param {HTMLElement} results that holds the cards, now or later
 * @param {HTMLElement} sheetBody
 * @param {(item: HTMLElement | null) => void} pressed where one is opened in the list; null where it is shut
 */
export function makeOpened(results, sheetBody, pressed) {
  /**
   * Open a card and shut the others; what one looks at stays where it is while they shut.
   * @param {HTMLElement | null} item
   */
  function open(item) {
    const before = item ? item.getBoundingClientRect().top : 0;
    results.querySelectorAll('.found').forEach((one) => {
      const isOpen = one === item;
      one.classList.toggle('chosen', isOpen);
      moreOf(/** @type {HTMLElement} */ (one)).open = isOpen;
      /** @type {Element} */ (one.querySelector('.found-pick')).setAttribute('aria-expanded', String(isOpen));
    });
    if (!item) return;
    sheetBody.scrollTop += item.getBoundingClientRect().top - before;
    reveal(sheetBody, item);
  }

  results.addEventListener('click', (event) => {
    const head = closest(event, '.found-head');
    const item = head && closest(event, '.found');
    if (item) pressed(item.classList.contains('chosen') ? null : item);
  });
  results.addEventListener('toggle', (event) => {
    const opened = event.target;
    if (!(opened instanceof HTMLDetailsElement)) return;
    const item = /** @type {HTMLElement | null} */ (opened.closest('.found'));
    if (opened.classList.contains('found-more')) {
      if (!item || opened.open === item.classList.contains('chosen')) return; // as it is
      // By its own button: directions are what it is pressed for.
      const go = opened.querySelector('.go');
      if (go instanceof HTMLDetailsElement) go.open = opened.open;
      pressed(opened.open ? item : null);
      return;
    }
    if (!opened.open) return;
    // Only one list of map apps is open at a time.
    results.querySelectorAll('.found-rest details[open]').forEach((other) => {
      if (!other.contains(opened)) /** @type {HTMLDetailsElement} */ (other).open = false;
    });
    if (item) reveal(sheetBody, item);
  }, true);
  return { open };
}
