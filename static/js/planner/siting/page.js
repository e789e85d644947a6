// Where next: asks the solver, follows it, shows the sites on the map and in a table.

/* global L */
import { complain, makeFollower, showAll, token } from '../../lib/follow.js';
import { at, colour, drawDots, makeMap, showRegion } from '../../lib/map.js';
import { makeForm } from './form.js';
import { makeDrawing, makePlaces, numbered } from './places.js';
import { makeSaving } from './save.js';

const main = document.getElementById('content');
const element = document.getElementById('siting-form');
const result = document.getElementById('result');
const box = document.getElementById('map');
const texts = JSON.parse(document.getElementById('texts').textContent);
const language = document.documentElement.lang.slice(0, 2);

const made = makeMap(box);
const siteLayer = L.layerGroup().addTo(made.map);
drawDots(made.map, box).then((layer) => layer.setStyle({ fillColor: colour('--accent'), fillOpacity: 0.7 }));
const otherLayer = L.layerGroup().addTo(made.map);
const markers = new Map();
let asking = false;
let asked = false;
const form = makeForm(element, box.dataset.datum);
const places = makePlaces(made.map, texts, placesChanged);
const drawing = makeDrawing(made.map, texts, places, main.dataset.areas);
const follower = makeFollower(main, texts, language, showSites);

// What is asked

function question() {
  return { ...form.question(), ...places.members() };
}

function start() {
  complain(null);
  const body = question();
  if (!body.families.length) complain(texts.no_family);
  else if ('at' in body && !body.at) complain(texts.no_moment);
  else follower.start(body);
}

// Those that must be open: others that were drawn are only offered to the solver.
function tried() {
  const body = question();
  return { ...body, drawn: (body.drawn || []).filter((one) => body.fixed.includes(one.code)) };
}

// What the placed ones would change: asked while one is dragged, one question at a time, the last
// one always answered.
async function tryPlaces() {
  asked = true;
  if (asking) return;
  asking = true;
  const told = document.getElementById('tried');
  while (asked) {
    asked = false;
    if (!places.size()) {
      told.hidden = true;
      document.getElementById('tried-districts').replaceChildren();
    } else {
      const slow = window.setTimeout(() => { told.hidden = false; told.textContent = texts.measuring; }, 400);
      try {
        const response = await fetch(main.dataset.try, {
          method: 'POST', headers: { Accept: 'application/json', 'Content-Type': 'application/json', 'X-CSRFToken': token() }, body: JSON.stringify(tried()),
        });
        const answer = await response.json();
        window.clearTimeout(slow);
        if (response.ok) showTried(answer);
        else told.textContent = (language === 'zh' && answer.detail_zh) || answer.detail;
      } catch (error) {
        window.clearTimeout(slow);
        told.textContent = texts.offline;
      }
      told.hidden = false;
    }
  }
  asking = false;
}

function percent(share) {
  return `${(share * 100).toFixed(1)}%`;
}

function showTried(answer) {
  const added = Math.round(answer.covered_after - answer.covered_before).toLocaleString();
  document.getElementById('tried').textContent = texts.tried.replace('{added}', added)
    .replace('{before}', percent(answer.covered_before / answer.weight)).replace('{after}', percent(answer.covered_after / answer.weight));
  Array.from(document.querySelectorAll('#must li span')).forEach((words, number) => {
    if (number < answer.adds.length) words.dataset.adds = `${texts.adds} ${Math.round(answer.adds[number]).toLocaleString()} ${texts.workers}`;
  });
  document.getElementById('tried-districts').replaceChildren(...answer.districts.map((one) => {
    const row = document.createElement('li');
    row.textContent = `${(language === 'en' && one.name_en) || one.name_zh}: ${percent(one.before_share)} → ${percent(one.after_share)}`;
    return row;
  }));
}

function addTyped() {
  const lon = document.getElementById('must-lon');
  const lat = document.getElementById('must-lat');
  const missing = [lon, lat].find((field) => !field.value || !field.checkValidity());
  if (missing) {
    missing.reportValidity();
    missing.focus();
    return;
  }
  places.addMust(Number(lon.value), Number(lat.value));
  made.map.panTo(at(Number(lon.value), Number(lat.value)));
  lon.value = '';
  lat.value = '';
}

// What is answered

async function showSites() {
  siteLayer.clearLayers();
  otherLayer.clearLayers();
  markers.clear();
  const table = document.getElementById('sites');
  if (!table) return;
  Array.from(table.tBodies[0].rows).forEach((row) => {
    const { order, lon, lat, adds } = row.dataset;
    const told = `${order} · ${row.querySelector('button').textContent} · ${texts.adds} ${Math.round(adds).toLocaleString()} ${texts.workers}`;
    const marker = L.marker(at(Number(lon), Number(lat)), { icon: numbered(order, ''), title: told, alt: told, keyboard: false })
      .on('click', () => choose(order, 'map')).addTo(siteLayer);
    markers.set(order, marker);
  });
  table.tBodies[0].addEventListener('click', (event) => {
    if (!event.target.closest('[data-ban]')) choose(event.target.closest('tr').dataset.order, 'table');
  });
  const all = document.getElementById('all');
  if (all) all.addEventListener('click', () => showAll('sites'));
  await made.regions;
  const places = Array.from(markers.values(), (marker) => marker.getLatLng());
  if (places.length) made.map.fitBounds(L.latLngBounds(places), { padding: [32, 32], maxZoom: 15 });
}

function choose(order, from) {
  markers.forEach((marker, key) => marker.setIcon(numbered(key, key === order ? 'chosen' : '')));
  document.querySelectorAll('#sites tbody tr').forEach((row) => {
    const chosen = row.dataset.order === order;
    row.classList.toggle('chosen', chosen);
    if (chosen && from === 'map') {
      if (!row.offsetParent) showAll('sites');
      row.scrollIntoView({ block: 'center' });
    }
  });
  if (from === 'table') made.map.setView(markers.get(order).getLatLng(), Math.max(made.map.getZoom(), 14));
}

// The sites that another plan has instead; pressed once more, they are gone.
function showOther(button) {
  const on = button.getAttribute('aria-pressed') !== 'true';
  document.querySelectorAll('[data-places]').forEach((one) => one.setAttribute('aria-pressed', 'false'));
  otherLayer.clearLayers();
  document.getElementById('alternative-told').textContent = on ? texts.shown : '';
  if (!on) return;
  button.setAttribute('aria-pressed', 'true');
  JSON.parse(button.dataset.places).forEach(([lon, lat, name]) => {
    L.marker(at(lon, lat), { icon: numbered('+', 'instead'), title: name, alt: name, keyboard: false }).addTo(otherLayer);
  });
  box.scrollIntoView({ block: 'nearest' });
}

async function propose(button) {
  const place = document.getElementById('proposed');
  button.disabled = true;
  try {
    const response = await fetch(button.dataset.address, { method: 'POST', headers: { Accept: 'application/json', 'X-CSRFToken': token() } });
    const answer = await response.json();
    place.textContent = response.ok
      ? texts.proposed.replace('{added}', answer.added.length).replace('{there}', answer.there.length)
      : (language === 'zh' && answer.detail_zh) || answer.detail;
  } catch (error) {
    place.textContent = texts.offline;
  }
  button.disabled = false;
}

function placesChanged() {
  // Exactly p stations are chosen, those that must be among them included.
  if (Number(element.elements.p.value) < places.size()) element.elements.p.value = places.size();
  tryPlaces();
}

element.addEventListener('submit', (event) => { event.preventDefault(); start(); });
element.addEventListener('change', (event) => {
  form.fit();
  if (!['must-lon', 'must-lat', 'area-file'].includes(event.target.id)) tryPlaces();
});
element.elements.region.addEventListener('change', (event) => showRegion(made, event.target.value));
document.getElementById('must-add').addEventListener('click', addTyped);
made.map.on('click', (event) => {
  if (!drawing.drawing()) places.addMust(event.latlng.lng, event.latlng.lat);
});
result.addEventListener('click', (event) => {
  const button = event.target.closest('#propose');
  if (button) propose(button);
  const other = event.target.closest('[data-places]');
  if (other) showOther(other);
  const ban = event.target.closest('[data-ban]');
  if (ban) {
    places.ban(ban.dataset.ban);
    document.getElementById('never').closest('details').open = true;
    document.getElementById('never').scrollIntoView({ block: 'center' });
  }
});
const { given, scenario, without } = JSON.parse(document.getElementById('given').textContent);
if (given) {
  form.fill(given);
  places.fill(given);
} else form.fit();
without.forEach(places.ban);
makeSaving(main, scenario, texts, language, question, () => (main.dataset.status === 'succeeded' ? Number(main.dataset.run) : null));
follower.resume();
document.body.dataset.ready = 'true';
