// A numbered place on a map. A finger, a mouse, Enter and Space press it alike: Leaflet answers keys for
// pop-ups alone, and names no marker that is no picture.

import { pause } from './page.js';

/**
 * @param {L.LatLng} spot
 * @param {object} place
 * @param {number} place.number as in the list beside the map
 * @param {string} place.name
 * @param {string} place.state that its badge shows: `open`, `shut`, `unknown`
 * @param {[number, number]} place.offset how far from its spot it is drawn, in pixels right and down
 * @param {'button' | 'link'} [place.role] `link` where a press leads to another page
 * @param {() => void} press
 * @returns {L.Marker}
 */
export function placeMarker(spot, { number, name, state, offset: [right, down], role = 'button' }, press) {
  const words = `${number} ${name}`;
  const html = `<span class="badge ${state}" aria-hidden="true">${number}</span>`;
  const marker = L.marker(spot, {
    icon: L.divIcon({ className: 'marker', html, iconSize: [44, 44], iconAnchor: [22 - right, 22 - down] }),
    title: words, riseOnHover: true,
  });
  marker.on('add', () => {
    const element = marker.getElement();
    if (!element) return;
    element.setAttribute('aria-label', words);
    element.setAttribute('role', role);
  });
  marker.on('click', press);
  marker.on('keydown', ({ originalEvent: event }) => {
    if (event.key !== 'Enter' && event.key !== ' ') return;
    event.preventDefault(); // Space would scroll, and Enter press the button that the focus goes to
    press();
  });
  return marker;
}

const RANK_Z = 5000; // more than a screen is high: Leaflet adds how far down a marker stands
export const TOP_Z = 10000000;

/**
 * The chosen one lies above all, and each above those that come after it, wherever they stand.
 * @template {HTMLElement} T
 * @param {Map<T, L.Marker>} markers of cards, as they are listed
 * @param {T | null} chosen
 */
export function stackMarkers(markers, chosen) {
  let rank = markers.size;
  markers.forEach((marker, item) => {
    const element = marker.getElement();
    if (element) element.classList.toggle('chosen', item === chosen);
    marker.setZIndexOffset(item === chosen ? TOP_Z : rank * RANK_Z);
    rank -= 1;
  });
}

const BARELY_PX = 10; // of a marker of 44: on every side, 24 are left

/**
 * @param {DOMRect} one
 * @param {DOMRect} other
 * @param {number} [by] more than so many pixels
 */
function overlap(one, other, by = 0) {
  return one.left + by < other.right && other.left + by < one.right && one.top + by < other.bottom && other.top + by < one.bottom;
}

/**
 * A marker at the edge, or under another, a button of the map or the sheet, is a poor target: it is none for a
 * key until the map has moved to it, or come nearer. Its card in the list is.
 * @param {L.Map} map
 * @param {HTMLElement} box of the map
 * @param {() => L.Marker[]} markers
 * @returns {() => void} to be called when there are other markers, or one lies above others
 */
export function keepReachable(map, box, markers) {
  const sheet = document.getElementById('sheet');
  const reach = () => {
    const elements = markers().map((marker) => marker.getElement()).filter((one) => one instanceof HTMLElement);
    if (!elements.length) return;
    const { left, right, top, bottom } = box.getBoundingClientRect();
    const over = Array.from(document.querySelectorAll('.header, #sheet, #handle, #map .leaflet-control')).map((one) => one.getBoundingClientRect());
    const places = elements.map((one) => ({ place: one.getBoundingClientRect(), z: Number(one.style.zIndex) }));
    const free = places.map(({ place, z }, index) => place.left >= left && place.right <= right
      && place.top >= top && place.bottom <= bottom && !over.some((other) => overlap(place, other))
      && !places.some((other, at) => (other.z > z || (other.z === z && at > index)) && overlap(place, other.place, BARELY_PX)));
    elements.forEach((one, index) => { one.tabIndex = free[index] ? 0 : -1; });
  };
  // In a task of its own: the page is laid out for it.
  map.on('moveend', () => { pause().then(reach); });
  if (sheet && 'ResizeObserver' in window) new ResizeObserver(reach).observe(sheet);
  return reach;
}
