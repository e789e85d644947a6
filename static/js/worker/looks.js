// What one has looked at, for the browser's way back: a district chosen, a hit, a card.
// A look is kept in this page alone, since it may hold a position; the browser's history holds its
// number, and the place where one was chosen from the list.

/** @typedef {{ value: string, name: string }} ChosenPlace */

/**
 * @param {HTMLSelectElement} list
 * @returns {ChosenPlace | null}
 */
export function chosenPlace(list) {
  return list.value ? { value: list.value, name: list.options[list.selectedIndex].text } : null;
}

/**
 * @param {HTMLSelectElement} list
 * @param {ChosenPlace | null} wanted may be one that the list does not hold
 */
export function choosePlace(list, wanted) {
  if (wanted && !Array.from(list.options).some((one) => one.value === wanted.value)) {
    list.add(new Option(wanted.name, wanted.value), 1);
  }
  list.value = wanted ? wanted.value : '';
}

/**
 * @template Look
 * @param {(look: Look | null, place: ChosenPlace | null) => void} restore what is shown when one
 *   comes back: a look, or the place alone where the look was another visit's
 */
export function makeLooks(restore) {
  const visit = `${Date.now()}-${Math.random()}`;
  /** @type {Map<number, Look>} */
  const looks = new Map();
  let last = 0;
  let here = 0;

  /** @param {ChosenPlace | null} place */
  const state = (place) => ({ visit, look: here, place });

  window.addEventListener('popstate', (event) => {
    const { visit: of, look: number, place } = Object(event.state);
    if (typeof number !== 'number') return; // a jump within the page
    const look = of === visit ? looks.get(number) : undefined;
    if (look !== undefined) {
      here = number;
      restore(look, null);
      return;
    }
    last += 1;
    here = last;
    window.history.replaceState(state(place || null), '');
    restore(null, place || null);
  });

  return {
    /**
     * The place where the page was left, if it was loaded anew there.
     * @returns {ChosenPlace | null}
     */
    left() {
      const { place } = Object(window.history.state);
      return place && typeof place.value === 'string' && typeof place.name === 'string' ? place : null;
    },
    /**
     * The present look has changed.
     * @param {Look} look
     * @param {ChosenPlace | null} place
     */
    keep(look, place) {
      looks.set(here, look);
      window.history.replaceState(state(place), '');
    },
    /**
     * Another look, from which one can come back to the present one.
     * @param {Look} look
     * @param {ChosenPlace | null} place
     */
    go(look, place) {
      last += 1;
      here = last;
      looks.set(here, look);
      window.history.pushState(state(place), '');
    },
  };
}
