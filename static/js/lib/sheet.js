// The sheet of the finder on a phone: three heights, moved by a thumb, a click or a key.

const SIZES = ['low', 'half', 'full'];

export function makeSheet(sheet, handle, onResize) {
  let start = null;

  function set(size) {
    sheet.style.height = '';
    sheet.dataset.size = size;
    const full = size === 'full';
    handle.setAttribute('aria-expanded', String(full));
    handle.firstElementChild.textContent = full ? handle.dataset.less : handle.dataset.more;
    onResize();
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
  const end = (event) => {
    if (!start) return;
    const { moved, y } = start;
    start = null;
    sheet.classList.remove('dragged');
    if (!moved) return;
    const up = y - event.clientY;
    const place = SIZES.indexOf(sheet.dataset.size) + (up > 30 ? 1 : up < -30 ? -1 : 0);
    set(SIZES[Math.min(SIZES.length - 1, Math.max(0, place))]);
    handle.dataset.dragged = 'true';
  };
  handle.addEventListener('pointerup', end);
  handle.addEventListener('pointercancel', end);
  handle.addEventListener('click', () => {
    if (handle.dataset.dragged) {
      delete handle.dataset.dragged;
      return;
    }
    set(sheet.dataset.size === 'full' ? 'half' : 'full');
  });
  return { set, size: () => sheet.dataset.size };
}
