// How one goes, on foot or by e-bike: remembered on this device alone, for the finder and for one's way.

const KEY = 'geoapp-by';

function kept() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null; // the browser keeps nothing for us
  }
}

/** @param {string} by */
function keep(by) {
  try {
    localStorage.setItem(KEY, by);
  } catch {
    // it is asked anew next time
  }
}

/**
 * Choose what was chosen last, and remember what is chosen.
 * @param {HTMLFormElement} form with a field `by`
 * @param {string | boolean | null} said which the page was asked for, or that it was asked for what it shows
 * @returns {boolean} whether it is otherwise than the page came with
 */
export function followBy(form, said) {
  /** @type {HTMLInputElement[]} */
  const fields = Array.from(form.querySelectorAll('input[name=by]'));
  const by = typeof said === 'string' ? said : kept();
  if (said !== true && (by === 'walk' || by === 'ebike')) fields.forEach((one) => { one.checked = one.value === by; });
  form.addEventListener('change', () => {
    keep(fields.some((one) => one.checked && one.value === 'ebike') ? 'ebike' : 'walk');
  });
  return fields.some((one) => one.checked !== one.defaultChecked);
}
