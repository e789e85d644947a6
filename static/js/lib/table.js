// Tables that sort by a click on a column's head; empty cells (unknown) always stand last.

function valueOf(row, column) {
  const cell = row.cells[column];
  if ('value' in cell.dataset) return cell.dataset.value === '' ? null : Number(cell.dataset.value);
  return cell.textContent.trim() || null;
}

export function compare(a, b) {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  if (typeof a === 'number') return a - b;
  return a.localeCompare(b, document.documentElement.lang);
}

export function makeSortable(table) {
  const heads = Array.from(table.tHead.rows[0].cells);
  heads.forEach((head, column) => {
    const button = head.querySelector('.sort');
    if (!button) return;
    button.addEventListener('click', () => {
      const down = head.getAttribute('aria-sort') === 'ascending';
      heads.forEach((other) => other.removeAttribute('aria-sort'));
      head.setAttribute('aria-sort', down ? 'descending' : 'ascending');
      const body = table.tBodies[0];
      const rows = Array.from(body.rows);
      rows.sort((a, b) => {
        const left = valueOf(a, column);
        const right = valueOf(b, column);
        const order = compare(left, right);
        return down && left !== null && right !== null ? -order : order;
      });
      rows.forEach((row) => body.appendChild(row));
    });
  });
}
