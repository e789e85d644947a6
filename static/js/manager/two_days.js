// Two days on one map: the earlier on the left of a line that a slider moves, the later on its right.
// Where there is no room for two halves, a switch shows the one or the other.

import { at, makeMap, spokenHtml } from '../lib/map.js';
import { byId, filled, readJson } from '../lib/page.js';

/** @typedef {'known' | 'possible' | 'no'} Standing */
/** @typedef {{ lon: number, lat: number, name: string, said: string, then: Standing, now: Standing }} Point */

const box = byId('map');
const swipe = byId('swipe', HTMLInputElement);
const divider = byId('divider');
const sides = { then: byId('side-then'), now: byId('side-now') };
const narrow = window.matchMedia('(max-width: 47.99rem)');
/** @type {Point[]} */
const points = readJson('points');
const bounds = L.latLngBounds(points.map(({ lon, lat }) => at(lon, lat)));
const { map } = makeMap(box, { fit: () => false });
map.fitBounds(bounds.pad(0.1), { maxZoom: 15, animate: false });

/** @param {'then' | 'now'} day */
function makePane(day) {
  const pane = map.createPane(day);
  pane.style.zIndex = '430';
  const renderer = L.svg({ pane: day, padding: 0.5 });
  points.forEach((one) => {
    if (one[day] === 'no') return;
    const other = one[day === 'then' ? 'now' : 'then'];
    const sure = one[day] === 'known';
    const name = other === 'no' ? (day === 'then' ? '--bad' : '--open') : '--accent';
    const shown = `var(${sure ? name : '--unknown'})`;
    L.circleMarker(at(one.lon, one.lat), {
      pane: day, renderer, radius: other === 'no' && sure ? 8 : 6, weight: 2, color: sure ? 'var(--panel)' : shown,
      fillColor: shown, fillOpacity: sure ? 0.9 : 0, dashArray: sure ? undefined : '3 3',
    }).bindTooltip([one.name, one.said].filter(Boolean).map(spokenHtml).join('<br>')).addTo(map);
  });
  return pane;
}
const panes = { then: makePane('then'), now: makePane('now') };

/** How much of the map's width is the earlier day's, 0 to 1. */
function share() {
  if (!narrow.matches) return Number(swipe.value) / 100;
  const chosen = document.querySelector('input[name="day"]:checked');
  return chosen instanceof HTMLInputElement && chosen.value === 'then' ? 1 : 0;
}

function divide() {
  const part = share();
  const size = map.getSize();
  const from = map.containerPointToLayerPoint([0, 0]);
  const to = map.containerPointToLayerPoint(size);
  const middle = from.x + size.x * part;
  /**
   * @param {number} left
   * @param {number} right
   */
  const cut = (left, right) => `polygon(${left}px ${from.y}px, ${right}px ${from.y}px, ${right}px ${to.y}px, ${left}px ${to.y}px)`;
  panes.then.style.clipPath = cut(from.x, middle);
  panes.now.style.clipPath = cut(middle, to.x);
  // What is cut away takes no click, either.
  panes.then.style.zIndex = part >= 0.5 ? '431' : '430';
  divider.style.left = `${part * 100}%`;
  divider.hidden = part === 0 || part === 1;
  sides.then.hidden = part === 0;
  sides.now.hidden = part === 1;
  const { says, first } = swipe.dataset;
  swipe.setAttribute('aria-valuetext', filled(says || '', { first: first || '', share: swipe.value }));
  box.dataset.share = String(part);
}

map.on('move zoomend resize', divide);
swipe.addEventListener('input', divide);
document.querySelectorAll('input[name="day"]').forEach((one) => one.addEventListener('change', divide));
if (narrow.addListener) narrow.addListener(divide);
divide();
box.dataset.drawn = String(points.length);
