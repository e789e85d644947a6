// Which option of a list a key leads to, as in the editable combobox of the ARIA practices.

/**
 * @param {number} active the option that is marked, -1 where none is
 * @param {number} count of options
 * @param {string} key
 * @returns {number | null} the option to mark next, null where the key is for the field itself
 */
export function optionAfter(active, count, key) {
  if (!count) return null;
  if (key === 'ArrowDown') return active + 1 < count ? active + 1 : -1;
  if (key === 'ArrowUp') return active < 0 ? count - 1 : active - 1;
  return null;
}
