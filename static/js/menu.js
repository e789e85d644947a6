// The menu of every page on a narrow screen: Escape shuts it, and so does a press beside it.

/** @type {HTMLDetailsElement | null} */
const menu = document.querySelector('details.menu');
const button = menu && menu.querySelector('summary');

if (menu && button) {
  menu.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || !menu.open) return;
    menu.open = false;
    button.focus();
  });
  document.addEventListener('click', (event) => {
    if (menu.open && !(event.target instanceof Node && menu.contains(event.target))) menu.open = false;
  });
}
