// The board: its cards as numbered markers on the map; what a station really covers, when asked.

import { drawDots } from '../lib/dots.js';
import { at, colour, makeMap, numbered, roomAround } from '../lib/map.js';
import { byId, closest, readJson } from '../lib/page.js';
import { get } from '../lib/request.js';

const box = byId('map');
const texts = readJson('texts');
const made = makeMap(box);
drawDots(made.map, box, { fillColor: colour('--accent'), fillOpacity: 0.5 });
/** @type {Map<string, L.Marker>} */
const markers = new Map();
const tickets = Array.from(document.querySelectorAll('.ticket')).filter((one) => one instanceof HTMLElement);

/**
 * @param {string} number
 * @param {'map' | 'card'} from
 */
function choose(number, from) {
  tickets.forEach((ticket) => {
    const { number: own = '', state = '' } = ticket.dataset;
    const chosen = own === number;
    ticket.classList.toggle('chosen', chosen);
    const marker = markers.get(own);
    if (!marker) return;
    marker.setIcon(numbered(own, `at-${state}${chosen ? ' chosen' : ''}`));
    if (!chosen) return;
    if (from === 'map') ticket.scrollIntoView({ block: 'nearest' });
    else made.map.setView(marker.getLatLng(), Math.max(made.map.getZoom(), 15));
  });
  if (from === 'card') box.scrollIntoView({ block: 'nearest' });
}

tickets.forEach((ticket) => {
  const { number = '', lon, lat, state = '' } = ticket.dataset;
  const link = ticket.querySelector('a');
  const name = [number, link ? link.textContent : ''].filter(Boolean).join(' · ');
  const marker = L.marker(at(Number(lon), Number(lat)), { icon: numbered(number, `at-${state}`), title: name, alt: name, keyboard: false })
    .on('click', () => choose(number, 'map')).addTo(made.map);
  markers.set(number, marker);
});

/** @param {HTMLButtonElement} button */
async function count(button) {
  const told = button.nextElementSibling;
  if (!told) return;
  button.disabled = true;
  told.textContent = texts.counting;
  const { answer, error } = await get(button.dataset.fact || '', texts);
  told.textContent = error !== null ? error : answer.text;
  button.disabled = false;
}

byId('content').addEventListener('click', (event) => {
  const pin = closest(event, '.pin');
  const ticket = pin && pin.closest('.ticket');
  if (ticket instanceof HTMLElement) choose(ticket.dataset.number || '', 'card');
  const button = closest(event, 'button[data-fact]');
  if (button instanceof HTMLButtonElement) count(button);
});

made.regions.then(() => {
  const places = Array.from(markers.values(), (marker) => marker.getLatLng());
  if (places.length) made.map.fitBounds(L.latLngBounds(places), { ...roomAround(made.map, 32), maxZoom: 15, animate: false });
  document.body.dataset.ready = 'true';
});
