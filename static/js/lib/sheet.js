// The sheet of the finder on a phone: three heights, moved by a thumb, a click or a key.

/** @typedef {'low' | 'half' | 'full'} Size */

/** @type {Size[]} */
const SIZES = ['low', 'half', 'full'];

/**
 * The height that a drag ends at: one step further in its direction, if it went far enough.
 * @param {Size} size that it began at
 * @param {number} up how far it went, in pixels
 * @returns {Size}
 */
export function sizeAfter(size, up) {
  const step = up > 30 ? 1 : up < -30 ? -1 : 0;
  return SIZES[Math.min(SIZES.length - 1, Math.max(0, SIZES.indexOf(size) + step))];
}

/**
 * @param {HTMLElement} sheet
 * @param {HTMLElement} handle
 */
export function makeSheet(sheet, handle) {
  /** @type {{ y: number, height: number, moved: boolean } | null} */
  let start = null;

  /** @returns {Size} */
  function size() {
    return /** @type {Size} */ (sheet.dataset.size);
  }

  /** @param {Size} wanted */
  function set(wanted) {
    sheet.style.height = '';
    sheet.dataset.size = wanted;
    const full = wanted === 'full';
    handle.setAttribute('aria-expanded', String(full));
    const words = handle.firstElementChild;
    if (words) words.textContent = (full ? handle.dataset.less : handle.dataset.more) || '';
  }

  handle.addEventListener('pointerdown', (event) => {
    start = { y: event.clientY, height: sheet.offsetHeight, moved: false };
    handle.setPointerCapture(event.pointerId);
  });
  handle.addEventListener('pointermove', (event) => {
    if (!start) return;
    const up = start.y - event.clientY;
    if (Math.abs(up) > 6) start.moved = true;
    if (!start.moved) return;
    sheet.classList.add('dragged');
    sheet.style.height = `${Math.max(96, start.height + up)}px`;
  });
  /** @param {PointerEvent} event */
  const end = (event) => {
    if (!start) return;
    const { moved, y } = start;
    start = null;
    sheet.classList.remove('dragged');
    if (!moved) return;
    set(sizeAfter(size(), y - event.clientY));
    handle.dataset.dragged = 'true';
  };
  handle.addEventListener('pointerup', end);
  handle.addEventListener('pointercancel', end);
  handle.addEventListener('click', () => {
    if (handle.dataset.dragged) {
      delete handle.dataset.dragged;
      return;
    }
    set(size() === 'full' ? 'half' : 'full');
  });
  return { set, size };
}
