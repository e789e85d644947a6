// The stations of a part of the map by name: those under a finger that the answer does not list, and all in
// view for whoever comes by a key. The view goes into the body of a POST and stands in no address.

import { byId } from '../lib/page.js';
import { post } from '../lib/request.js';
import { map } from './ground.js';

const FINGER_PX = 14;
const MOST_UNDER_FINGER = 5; // more dots than that are a crowd, and a tap means the place

const box = byId('in-view');
const list = byId('in-view-list');
const button = byId('list-view');
const results = byId('results');
let asked = 0;

/** @param {L.LatLngBounds} view */
async function ask(view) {
  asked += 1;
  const mine = asked;
  const body = new FormData();
  body.set('bbox', [view.getWest(), view.getSouth(), view.getEast(), view.getNorth()].map((one, index) => Math.max(index % 2 ? -90 : -180, Math.min(index % 2 ? 90 : 180, one)).toFixed(6)).join(','));
  const found = await post(box.dataset.list || '', body, { offline: box.dataset.offline || '' });
  return mine === asked ? found : null;
}

/** @param {boolean} isOpen */
function show(isOpen) {
  box.hidden = !isOpen;
  button.setAttribute('aria-expanded', String(isOpen));
}

function close() {
  const isAt = box.contains(document.activeElement);
  asked += 1;
  show(false);
  if (isAt) button.focus();
}

/** What the answer lists has a card there, with more of it. */
function leaveOutListed() {
  list.querySelectorAll('li').forEach((one) => {
    if (Array.from(results.querySelectorAll('.found')).some((card) => /** @type {HTMLElement} */ (card).dataset.code === one.dataset.code)) one.remove();
  });
  if (!list.querySelector('li')) close();
}

let isUnderFinger = false;

async function listView() {
  isUnderFinger = false;
  const found = await ask(map.getBounds());
  if (!found) return;
  if (found.error === null) list.innerHTML = found.answer;
  else list.textContent = found.error;
  show(true);
  box.focus();
}

map.on('click', async ({ containerPoint }) => {
  close();
  const corners = [-FINGER_PX, FINGER_PX].map((by) => map.containerPointToLatLng(containerPoint.add([by, by])));
  const found = await ask(L.latLngBounds(corners));
  if (!found || found.error !== null) return; // the answer from there says what is the matter
  list.innerHTML = found.answer;
  const told = /** @type {HTMLElement} */ (list.firstElementChild);
  if (Number(told.dataset.total) > MOST_UNDER_FINGER) return;
  isUnderFinger = true;
  if (!results.classList.contains('waiting')) leaveOutListed();
  if (list.querySelector('li')) show(true);
});
new MutationObserver(() => { if (isUnderFinger && !box.hidden) leaveOutListed(); }).observe(results, { childList: true });
// A browser shows the focus that a finger's first press gives the map, too: what is said of keys is none of its.
const ground = map.getContainer();
ground.addEventListener('pointerdown', () => { ground.classList.add('by-pointer'); });
ground.addEventListener('blur', () => { ground.classList.remove('by-pointer'); });
button.addEventListener('click', () => { if (box.hidden) listView(); else close(); });
box.addEventListener('click', (event) => { if (event.target instanceof HTMLButtonElement) close(); });
[box, button].forEach((one) => one.addEventListener('keydown', (event) => { if (event.key === 'Escape') close(); }));
