// Figures as the service writes them, whatever language the browser is set to.
// The same cases bind this file and the service's own formatters: tests/js/lib/figures.json.

const UNKNOWN = '—';

/** @param {string} digits */
function grouped(digits) {
  return digits.replace(/^(-?)(\d+)/, (_all, sign, whole) => sign + whole.replace(/\B(?=(\d{3})+$)/g, ','));
}

/**
 * A whole number with separators, halves to the even one; a dash where unknown.
 * @param {number | null} value
 * @returns {string}
 */
export function formatCount(value) {
  if (value === null || !Number.isFinite(value)) return UNKNOWN;
  const up = Math.round(value);
  const whole = Math.abs(value % 1) === 0.5 && up % 2 !== 0 ? up - 1 : up;
  return grouped(String(whole || 0)); // never -0
}

/**
 * A count with what is counted, in the singular after one.
 * @param {number | null} value
 * @param {string} one
 * @param {string} many
 */
export function formatCounted(value, one, many) {
  const shown = formatCount(value);
  return `${shown} ${shown === '1' || shown === '-1' ? one : many}`;
}

/**
 * A share (0 to 1) as a percentage with one decimal; a dash where unknown.
 * @param {number | null} share
 * @returns {string}
 */
export function formatShare(share) {
  if (share === null || !Number.isFinite(share)) return UNKNOWN;
  return `${grouped((share * 100).toFixed(1))}%`;
}
