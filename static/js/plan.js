// The planner: starts a run, follows it without reloading, shows the gaps on the map and in a table.

/* global L */
import { colour, drawDots, makeMap } from './map.js';
import { makeSortable } from './table.js';
import { makeWalks } from './walks.js';

const main = document.getElementById('content');
const form = document.getElementById('plan-form');
const follow = document.getElementById('follow');
const result = document.getElementById('result');
const box = document.getElementById('map');
const texts = JSON.parse(document.getElementById('texts').textContent);
const language = document.documentElement.lang.slice(0, 2);
const POLL_MS = 700;

const made = makeMap(box);
const gapLayer = L.layerGroup().addTo(made.map);
drawDots(made.map, box).then((layer) => layer.setStyle({ fillColor: colour('--accent'), fillOpacity: 0.7 }));
const walks = makeWalks(made.map, box, document.getElementById('walk-told'), language);
let zones = new Map();
let following = null;

function token() {
  return document.querySelector('meta[name="csrf-token"]').content;
}

function complain(text) {
  const place = document.getElementById('form-error');
  place.hidden = !text;
  place.lastElementChild.textContent = text || '';
}

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

async function start() {
  complain(null);
  const body = question();
  if (!body.families.length) {
    complain(texts.no_family);
    return;
  }
  if ('at' in body && !body.at) {
    complain(texts.no_moment);
    return;
  }
  document.getElementById('start').disabled = true;
  let answer = null;
  try {
    const response = await fetch(main.dataset.runs, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-CSRFToken': token() },
      body: JSON.stringify(body),
    });
    answer = await response.json();
    if (!response.ok) {
      complain((language === 'zh' && answer.detail_zh) || answer.detail);
      answer = null;
    }
  } catch (error) {
    complain(texts.offline);
  }
  document.getElementById('start').disabled = false;
  if (answer) followRun(answer);
}

function showProgress(run) {
  const percent = Math.round(run.progress_share * 100);
  const bar = follow.querySelector('[role="progressbar"]');
  follow.hidden = false;
  bar.setAttribute('aria-valuenow', percent);
  bar.firstElementChild.style.width = `${Math.max(percent, 2)}%`;
  const step = run.cancel_requested ? texts.cancelling : run.step[language];
  const line = run.status === 'running' ? `${step} · ${percent}%` : step;
  const place = document.getElementById('follow-step');
  if (place.textContent !== line) place.textContent = line;
  document.getElementById('cancel').disabled = run.cancel_requested;
}

function followRun(run) {
  following = run.id;
  main.dataset.run = run.id;
  history.replaceState(null, '', `?run=${run.id}`);
  step(run);
}

async function step(run) {
  if (following !== run.id) return;
  main.dataset.status = run.status;
  if (run.status !== 'queued' && run.status !== 'running') {
    following = null;
    follow.hidden = true;
    await showResult(run.id);
    return;
  }
  showProgress(run);
  window.setTimeout(async () => {
    let next = run;
    try {
      const response = await fetch(`${main.dataset.runs}/${run.id}`);
      if (response.ok) next = await response.json();
      else document.getElementById('follow-step').textContent = texts.offline;
    } catch (error) {
      document.getElementById('follow-step').textContent = texts.offline;
    }
    step(next);
  }, POLL_MS);
}

async function cancel() {
  document.getElementById('cancel').disabled = true;
  try {
    await fetch(`${main.dataset.runs}/${main.dataset.run}/cancel`, { method: 'POST', headers: { 'X-CSRFToken': token() } });
  } catch (error) {
    document.getElementById('cancel').disabled = false;
  }
}

async function showResult(id) {
  const response = await fetch(main.dataset.fragment.replace('/0', `/${id}`));
  if (!response.ok) {
    complain(texts.offline);
    return;
  }
  result.innerHTML = await response.text();
  const fresh = document.getElementById('fresh-runs');
  document.getElementById('runs').replaceChildren(fresh.content);
  fresh.remove();
  await prepareResult(id);
  const title = document.getElementById('figures-title');
  if (title) title.focus();
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
    if (all) all.addEventListener('click', showAll);
    await drawGaps(id);
  }
  result.dataset.shown = id;
}

function showAll() {
  document.getElementById('gaps').classList.remove('short');
  const all = document.getElementById('all');
  if (all) all.hidden = true;
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
      if (!row.offsetParent) showAll();
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
document.getElementById('cancel').addEventListener('click', cancel);
result.addEventListener('click', (event) => {
  const facility = event.target.closest('[data-around]');
  if (facility) walks.around(facility.dataset.around);
});
made.map.on('click', (event) => walks.from(event.latlng.lng, event.latlng.lat));

if (main.dataset.run && (main.dataset.status === 'queued' || main.dataset.status === 'running')) {
  fetch(`${main.dataset.runs}/${main.dataset.run}`).then((response) => response.json()).then(followRun, () => complain(texts.offline));
} else if (main.dataset.run) {
  prepareResult(main.dataset.run);
}
document.body.dataset.ready = 'true';
