// Tables: sorted by a click on a column's head, shown whole, with one row chosen.

import { byId } from './page.js';

/**
 * @param {HTMLTableRowElement} row
 * @param {number} column
 * @returns {string | number | null}
 */
function valueOf(row, column) {
  const cell = row.cells[column];
  const { value } = cell.dataset;
  if (value !== undefined) return value === '' ? null : Number(value);
  return (cell.textContent || '').trim() || null;
}

/**
 * Which of two values stands first; empty cells (unknown) always stand last.
 * @param {string | number | null} a
 * @param {string | number | null} b
 * @param {boolean} [down] the greatest first
 * @returns {number}
 */
export function compare(a, b, down = false) {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  const order = typeof a === 'number' && typeof b === 'number'
    ? a - b : String(a).localeCompare(String(b), document.documentElement.lang);
  return down ? -order : order;
}

/**
 * Let the buttons in a table's head sort its rows.
 * @param {HTMLTableElement} table
 */
export function makeSortable(table) {
  const heads = Array.from(table.tHead ? table.tHead.rows[0].cells : []);
  heads.forEach((head, column) => {
    const button = head.querySelector('.sort');
    if (!button) return;
    button.addEventListener('click', () => {
      const down = head.getAttribute('aria-sort') === 'ascending';
      heads.forEach((other) => other.removeAttribute('aria-sort'));
      head.setAttribute('aria-sort', down ? 'descending' : 'ascending');
      const body = table.tBodies[0];
      Array.from(body.rows)
        .sort((a, b) => compare(valueOf(a, column), valueOf(b, column), down))
        .forEach((row) => body.appendChild(row));
    });
  });
}

/**
 * Show all rows of a table that was cut short.
 * @param {string} id
 */
export function showAll(id) {
  byId(id).classList.remove('short');
  const all = document.getElementById('all');
  if (all) all.hidden = true;
}

/**
 * Mark the row that has been chosen, on the map or in the table itself; from the map, bring it into
 * sight.
 * @param {string} id of the table
 * @param {(row: HTMLTableRowElement) => boolean} isChosen
 * @param {'map' | 'table'} from
 */
export function chooseRow(id, isChosen, from) {
  const table = document.getElementById(id);
  if (!(table instanceof HTMLTableElement)) return;
  Array.from(table.tBodies[0].rows).forEach((row) => {
    const chosen = isChosen(row);
    row.classList.toggle('chosen', chosen);
    if (!chosen || from !== 'map') return;
    if (!row.offsetParent) showAll(id);
    row.scrollIntoView({ block: 'center' });
  });
}
