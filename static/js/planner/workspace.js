// The panel beside the map: one step of it is in view at a time, and parts of the answer fold. On a phone all
// steps stand below each other, and the limits fold instead.

/** @typedef {'ask' | 'limits' | 'answer'} Step */

const STEPS = /** @type {Step[]} */ (['ask', 'limits', 'answer']);
const FOLDED = 'geoapp-plan-folded';
const STACKED = '(max-width: 47.99rem), (max-height: 29.99rem)';

/** @returns {Set<string>} */
function foldedParts() {
  try {
    return new Set(JSON.parse(window.localStorage.getItem(FOLDED) || '[]'));
  } catch {
    return new Set(); // a browser that keeps nothing
  }
}

/**
 * Open what hides an element.
 * @param {Element} element
 */
export function unfold(element) {
  for (let fold = element.closest('details'); fold; fold = fold.parentElement && fold.parentElement.closest('details')) fold.open = true;
}

/**
 * Fold the parts of an answer that were folded when one was last seen.
 * @param {HTMLElement} answer
 */
function foldAgain(answer) {
  const folded = foldedParts();
  answer.querySelectorAll('details[data-fold]').forEach((part) => {
    if (folded.has(part.getAttribute('data-fold') || '')) part.removeAttribute('open');
  });
}

/** @param {Event} event */
function rememberFold(event) {
  const part = event.target;
  if (!(part instanceof HTMLDetailsElement) || !part.dataset.fold) return;
  const folded = foldedParts();
  if (part.open) folded.delete(part.dataset.fold);
  else folded.add(part.dataset.fold);
  try {
    window.localStorage.setItem(FOLDED, JSON.stringify(Array.from(folded)));
  } catch {
    // a browser that keeps nothing
  }
}

/**
 * `main` has `data-step`, the tabs #tab-ask, #tab-limits and #tab-answer and what they show.
 * @param {HTMLElement} main
 */
export function makeSteps(main) {
  const kept = `geoapp-plan-step:${window.location.pathname}`;
  const tabs = STEPS.map((step) => /** @type {HTMLElement} */ (main.querySelector(`#tab-${step}`)));
  const limits = /** @type {HTMLDetailsElement} */ (main.querySelector('.limits'));
  const stacked = window.matchMedia(STACKED);

  /** @param {Step} step */
  function show(step) {
    main.dataset.step = step;
    tabs.forEach((tab, place) => {
      const chosen = STEPS[place] === step;
      tab.setAttribute('aria-selected', String(chosen));
      tab.tabIndex = chosen ? 0 : -1;
    });
    if (!stacked.matches) limits.open = true;
    if (step !== 'answer') window.sessionStorage.setItem(kept, step);
  }

  /**
   * Bring an element into view, whatever step it belongs to.
   * @param {Element} element
   */
  function reveal(element) {
    const place = element.closest('.step');
    const step = STEPS.find((one) => place !== null && place.id === `step-${one}`);
    if (step) show(step);
    unfold(element);
  }

  tabs.forEach((tab, place) => {
    tab.addEventListener('click', () => show(STEPS[place]));
    tab.addEventListener('keydown', (event) => {
      const by = { ArrowRight: 1, ArrowLeft: STEPS.length - 1 }[event.key];
      if (!by) return;
      const next = (place + by) % STEPS.length;
      show(STEPS[next]);
      tabs[next].focus();
    });
  });
  // What is filled in wrongly is shown, so that the browser can say what is wrong with it.
  main.addEventListener('invalid', (event) => { if (event.target instanceof Element) reveal(event.target); }, true);
  main.addEventListener('toggle', rememberFold, true);
  foldAgain(main);
  const known = window.sessionStorage.getItem(kept);
  show(main.dataset.step === 'answer' ? 'answer' : known === 'limits' ? 'limits' : 'ask');
  return { show, reveal, foldAgain: () => foldAgain(main) };
}
