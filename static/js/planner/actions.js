// What helps most for one budget: asks, follows, shows the actions on the map and in a list.

/* global L */
import { complain, makeFollower, showAll } from '../lib/follow.js';
import { at, colour, drawDots, makeMap, showRegion } from '../lib/map.js';
import { numbered } from './siting/places.js';

const main = document.getElementById('content');
const form = document.getElementById('actions-form');
const box = document.getElementById('map');
const texts = JSON.parse(document.getElementById('texts').textContent);
const language = document.documentElement.lang.slice(0, 2);
const made = makeMap(box);
const layer = L.layerGroup().addTo(made.map);
const markers = new Map();
const COSTS = ['extend_cost', 'build_cost', 'upgrade_cost', 'move_cost', 'close_saving'];
const NUMBERS = { min_spacing: 'min_spacing_m', most: 'most_actions' };
drawDots(made.map, box).then((dots) => dots.setStyle({ fillColor: colour('--accent'), fillOpacity: 0.7 }));

function ticked(name) {
  return Array.from(form.querySelectorAll(`[name="${name}"]:checked`), (one) => one.value);
}

function question() {
  const values = form.elements;
  const amount = Number(values.amount.value);
  const body = {
    budget: Number(values.budget.value),
    moments: ticked('hour').map((hour) => `${values.day.value}T${hour}`),
    hours: `Mo-Su ${values.from.value}-${values.until.value === '00:00' ? '24:00' : values.until.value}`,
    families: ticked('family'),
    candidates: values.candidates.value,
    time_limit_seconds: Number(values.seconds.value),
  };
  COSTS.forEach((name) => { if (values[name].value) body[name] = Number(values[name].value); });
  Object.entries(NUMBERS).forEach(([name, member]) => { if (values[name].value) body[member] = Number(values[name].value); });
  if (values.unit.value === 'm') body.standard_m = amount;
  else body.standard_seconds = amount * 60;
  if (values.region.value) body.region = values.region.value;
  if (values.demand.value) body.demand = values.demand.value;
  return body;
}

function choose(order, from) {
  markers.forEach((marker, key) => marker.setIcon(numbered(key, key === order ? 'chosen' : '')));
  document.querySelectorAll('#actions tbody tr').forEach((row) => {
    const chosen = row.dataset.order === order;
    row.classList.toggle('chosen', chosen);
    if (chosen && from === 'map') {
      if (!row.offsetParent) showAll('actions');
      row.scrollIntoView({ block: 'center' });
    }
  });
  if (from === 'table') made.map.setView(markers.get(order).getLatLng(), Math.max(made.map.getZoom(), 14));
}

async function shown() {
  layer.clearLayers();
  markers.clear();
  const table = document.getElementById('actions');
  if (!table) return;
  Array.from(table.tBodies[0].rows).forEach((row) => {
    const { order, lon, lat } = row.dataset;
    const told = `${order} · ${row.querySelector('button').textContent}`;
    const marker = L.marker(at(Number(lon), Number(lat)), { icon: numbered(order, ''), title: told, alt: told, keyboard: false })
      .on('click', () => choose(order, 'map')).addTo(layer);
    markers.set(order, marker);
  });
  table.tBodies[0].addEventListener('click', (event) => choose(event.target.closest('tr').dataset.order, 'table'));
  const all = document.getElementById('all');
  if (all) all.addEventListener('click', () => showAll('actions'));
  await made.regions;
  const places = Array.from(markers.values(), (marker) => marker.getLatLng());
  if (places.length) made.map.fitBounds(L.latLngBounds(places), { padding: [32, 32], maxZoom: 15 });
}

form.elements.region.addEventListener('change', (event) => showRegion(made, event.target.value));

const follower = makeFollower(main, texts, language, shown);

form.addEventListener('submit', (event) => {
  event.preventDefault();
  complain(null);
  const body = question();
  if (!body.families.length) complain(texts.no_family);
  else if (!body.moments.length || !form.elements.day.value) complain(texts.no_moment);
  else if (!COSTS.some((name) => name in body)) complain(texts.no_cost);
  else follower.start(body);
});
follower.resume();
document.body.dataset.ready = 'true';
