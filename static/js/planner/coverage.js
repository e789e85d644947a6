// The planner: starts a run, follows it without reloading, shows the gaps on the map and in a table.

/* global L */
import { complain, makeFollower, showAll } from '../lib/follow.js';
import { colour, drawDots, makeMap } from '../lib/map.js';
import { makeSortable } from '../lib/table.js';
import { makeWalks } from './walks.js';

const main = document.getElementById('content');
const form = document.getElementById('plan-form');
const result = document.getElementById('result');
const box = document.getElementById('map');
const texts = JSON.parse(document.getElementById('texts').textContent);
const language = document.documentElement.lang.slice(0, 2);

const made = makeMap(box);
const gapLayer = L.layerGroup().addTo(made.map);
drawDots(made.map, box).then((layer) => layer.setStyle({ fillColor: colour('--accent'), fillOpacity: 0.7 }));
const walks = makeWalks(made.map, box, document.getElementById('walk-told'), language);
let zones = new Map();
const follower = makeFollower(main, texts, language, prepareResult);

function question() {
  const amount = Number(form.elements.amount.value);
  const body = { families: Array.from(form.querySelectorAll('[name="family"]:checked'), (one) => one.value) };
  if (form.elements.unit.value === 'm') body.standard_m = amount;
  else body.standard_seconds = amount * 60;
  if (form.elements.region.value) body.region = form.elements.region.value;
  if (form.elements.demand.value) body.demand = form.elements.demand.value;
  if (form.elements.when.value === 'at') body.at = form.elements.at.value;
  return body;
}

function start() {
  complain(null);
  const body = question();
  if (!body.families.length) complain(texts.no_family);
  else if ('at' in body && !body.at) complain(texts.no_moment);
  else follower.start(body);
}

async function prepareResult(id) {
  gapLayer.clearLayers();
  zones = new Map();
  const table = document.getElementById('gaps');
  if (table) {
    makeSortable(table);
    table.tBodies[0].addEventListener('click', (event) => {
      if (!event.target.closest('[data-around]')) choose(event.target.closest('tr').dataset.rank, 'table');
    });
    const all = document.getElementById('all');
    if (all) all.addEventListener('click', () => showAll('gaps'));
    await drawGaps(id);
  }
}

async function drawGaps(id) {
  const response = await fetch(`${main.dataset.runs}/${id}/gaps?datum=${box.dataset.datum}`);
  if (!response.ok) return;
  const layer = L.geoJSON(await response.json(), {
    style: () => ({ color: colour('--gap'), weight: 1.5, fillColor: colour('--gap'), fillOpacity: 0.35 }),
    onEachFeature(feature, shape) {
      zones.set(String(feature.properties.rank), shape);
      shape.on('click', () => choose(String(feature.properties.rank), 'map'));
      shape.bindTooltip(label(feature.properties), { sticky: true });
    },
  }).addTo(gapLayer);
  await made.regions;
  if (layer.getLayers().length) made.map.fitBounds(layer.getBounds(), { padding: [24, 24], maxZoom: 15 });
}

function label(zone) {
  const node = document.createElement('span');
  const name = (language === 'en' && zone.name_en) || zone.name_zh;
  node.textContent = `${zone.rank} · ${name} · ${Math.round(zone.workers).toLocaleString()} ${texts.workers}`;
  return node;
}

function choose(rank, from) {
  zones.forEach((shape, key) => shape.setStyle({ weight: key === rank ? 4 : 1.5, fillOpacity: key === rank ? 0.6 : 0.35 }));
  document.querySelectorAll('#gaps tbody tr').forEach((row) => {
    const chosen = row.dataset.rank === rank;
    row.classList.toggle('chosen', chosen);
    if (chosen && from === 'map') {
      if (!row.offsetParent) showAll('gaps');
      row.scrollIntoView({ block: 'center' });
    }
  });
  const shape = zones.get(rank);
  if (shape && from === 'table') {
    made.map.fitBounds(shape.getBounds(), { maxZoom: 15, padding: [60, 60] });
    shape.openTooltip(shape.getBounds().getCenter());
  }
}

form.addEventListener('submit', (event) => { event.preventDefault(); start(); });
form.addEventListener('change', () => { document.getElementById('moment').hidden = form.elements.when.value !== 'at'; });
result.addEventListener('click', (event) => {
  const facility = event.target.closest('[data-around]');
  if (facility) walks.around(facility.dataset.around);
});
made.map.on('click', (event) => walks.from(event.latlng.lng, event.latlng.lat));

follower.resume();
document.body.dataset.ready = 'true';
