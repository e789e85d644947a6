// What is wrong with a field, in the page's language rather than the browser's.

/**
 * @typedef {object} CheckTexts
 * @property {string} missing
 * @property {string} number
 * @property {string} whole
 * @property {string} least with {least}
 * @property {string} most with {most}
 * @property {string} between with {least} and {most}
 * @property {string} longest with {longest}
 * @property {string} other
 */

/**
 * @typedef {object} Checked
 * @property {Partial<Record<keyof ValidityState, boolean>>} validity
 * @property {string} [min]
 * @property {string} [max]
 * @property {string} [step]
 * @property {number} [maxLength]
 */

/**
 * @param {Checked} field
 * @param {CheckTexts} texts
 * @returns {string} nothing where nothing is wrong
 */
export function wrongWith(field, texts) {
  const { validity, min, max, step } = field;
  if (validity.badInput) return texts.number;
  if (validity.valueMissing) return texts.missing;
  if (validity.rangeUnderflow || validity.rangeOverflow) {
    const words = min && max ? texts.between : validity.rangeUnderflow ? texts.least : texts.most;
    return words.replace('{least}', min || '').replace('{most}', max || '');
  }
  if (validity.stepMismatch) return step === '1' || !step ? texts.whole : texts.other;
  if (validity.tooLong) return texts.longest.replace('{longest}', String(field.maxLength));
  return validity.typeMismatch || validity.patternMismatch || validity.tooShort ? texts.other : '';
}

/** @typedef {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement} Field */

/**
 * @param {EventTarget | null} target
 * @returns {target is Field}
 */
function isField(target) {
  return target instanceof HTMLInputElement || target instanceof HTMLSelectElement || target instanceof HTMLTextAreaElement;
}

/**
 * Let the fields of a page say what is wrong with them in its own words.
 * @param {CheckTexts} texts
 */
export function sayChecks(texts) {
  /** @type {Set<Field>} */
  const told = new Set();
  const forget = () => {
    told.forEach((field) => field.setCustomValidity(''));
    told.clear();
  };
  document.addEventListener('invalid', ({ target }) => {
    if (!isField(target)) return;
    target.setCustomValidity('');
    const words = wrongWith(/** @type {Checked} */ (target), texts);
    if (!words) return;
    target.setCustomValidity(words);
    told.add(target);
  }, true);
  // What was said must not stand in the way of what is right now.
  document.addEventListener('input', forget, true);
  document.addEventListener('change', forget, true);
  document.addEventListener('click', forget, true);
}
