// Where next: asks the solver, follows it, shows the sites on the map and in a table.

/* global L */
import { complain, makeFollower, showAll, token } from './follow.js';
import { at, colour, drawDots, makeMap } from './map.js';

const main = document.getElementById('content');
const form = document.getElementById('siting-form');
const result = document.getElementById('result');
const box = document.getElementById('map');
const texts = JSON.parse(document.getElementById('texts').textContent);
const language = document.documentElement.lang.slice(0, 2);

const made = makeMap(box);
const siteLayer = L.layerGroup().addTo(made.map);
const mustLayer = L.layerGroup().addTo(made.map);
drawDots(made.map, box).then((layer) => layer.setStyle({ fillColor: colour('--accent'), fillOpacity: 0.7 }));
const markers = new Map();
const musts = new Map();
const undone = [];
let numbered = 0;
let asking = false;
let asked = false;
const follower = makeFollower(main, texts, language, showSites);

// What is asked

function question() {
  const values = form.elements;
  const model = values.model.value;
  const amount = Number(values.amount.value);
  const body = {
    model,
    candidates: values.candidates.value,
    spacing_m: Number(values.spacing.value),
    time_limit_seconds: Number(values.seconds.value),
    families: Array.from(form.querySelectorAll('[name="family"]:checked'), (one) => one.value),
    datum: box.dataset.datum,
  };
  if (values.unit.value === 'm') body.standard_m = amount;
  else body.standard_seconds = amount * 60;
  if (model === 'lscp') body.share = Number(values.share.value) / 100;
  else body.p = Number(values.p.value);
  if (values.region.value) body.region = values.region.value;
  if (values.demand.value) body.demand = values.demand.value;
  if (values.min_spacing.value) body.min_spacing_m = Number(values.min_spacing.value);
  if (values.when.value === 'at') body.at = values.at.value;
  if (musts.size) {
    body.drawn = Array.from(musts, ([code, marker]) => {
      const { lng: lon, lat } = marker.getLatLng();
      return { code, lon, lat };
    });
    body.fixed = Array.from(musts.keys());
  }
  return body;
}

function start() {
  complain(null);
  const body = question();
  if (!body.families.length) complain(texts.no_family);
  else if ('at' in body && !body.at) complain(texts.no_moment);
  else follower.start(body);
}

function fitForm() {
  const fewest = form.elements.model.value === 'lscp';
  document.getElementById('p-field').hidden = fewest;
  form.elements.p.disabled = fewest;
  document.getElementById('share-field').hidden = !fewest;
  document.getElementById('moment').hidden = form.elements.when.value !== 'at';
}

// Sites that must be among those chosen

function number(text, classes) {
  return L.divIcon({ className: `site-number ${classes}`, html: String(text), iconSize: [28, 28] });
}

function placed() {
  return Array.from(musts, ([code, marker]) => [code, marker.getLatLng().lng, marker.getLatLng().lat]);
}

function keepForUndo(before) {
  undone.push(before);
  document.getElementById('must-undo').disabled = false;
}

function undo() {
  const before = undone.pop();
  document.getElementById('must-undo').disabled = !undone.length;
  mustLayer.clearLayers();
  musts.clear();
  before.forEach(([code, lon, lat]) => putMust(code, lon, lat));
  listMusts();
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
    if (!musts.size) {
      told.hidden = true;
      document.getElementById('tried-districts').replaceChildren();
    } else {
      const slow = window.setTimeout(() => { told.hidden = false; told.textContent = texts.measuring; }, 400);
      try {
        const response = await fetch(main.dataset.try, {
          method: 'POST', headers: { Accept: 'application/json', 'Content-Type': 'application/json', 'X-CSRFToken': token() }, body: JSON.stringify(question()),
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

function listMusts() {
  const rows = Array.from(musts, ([code, marker]) => {
    const row = document.createElement('li');
    const { lng: lon, lat } = marker.getLatLng();
    const words = document.createElement('span');
    words.textContent = `${code} · ${lon.toFixed(5)}, ${lat.toFixed(5)}`;
    const away = document.createElement('button');
    away.type = 'button';
    away.className = 'button';
    away.textContent = texts.remove;
    away.setAttribute('aria-label', `${texts.remove} ${code}`);
    away.addEventListener('click', () => {
      keepForUndo(placed());
      mustLayer.removeLayer(marker);
      musts.delete(code);
      listMusts();
    });
    row.append(words, away);
    return row;
  });
  document.getElementById('must').replaceChildren(...rows);
  tryPlaces();
}

function addMust(lon, lat) {
  keepForUndo(placed());
  numbered += 1;
  putMust(`M${numbered}`, lon, lat);
  listMusts();
}

function putMust(code, lon, lat) {
  const marker = L.marker(at(lon, lat), {
    draggable: true, icon: number(code, 'must-have'), title: `${texts.must} ${code}`, alt: `${texts.must} ${code}`,
  }).addTo(mustLayer);
  marker.on('dragstart', () => keepForUndo(placed()));
  marker.on('drag', tryPlaces);
  marker.on('dragend', listMusts);
  musts.set(code, marker);
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
  addMust(Number(lon.value), Number(lat.value));
  made.map.panTo(at(Number(lon.value), Number(lat.value)));
  lon.value = '';
  lat.value = '';
}

// What is answered

async function showSites() {
  siteLayer.clearLayers();
  markers.clear();
  const table = document.getElementById('sites');
  if (!table) return;
  Array.from(table.tBodies[0].rows).forEach((row) => {
    const { order, lon, lat, adds } = row.dataset;
    const told = `${order} · ${row.querySelector('button').textContent} · ${texts.adds} ${Math.round(adds).toLocaleString()} ${texts.workers}`;
    const marker = L.marker(at(Number(lon), Number(lat)), { icon: number(order, ''), title: told, alt: told, keyboard: false })
      .on('click', () => choose(order, 'map')).addTo(siteLayer);
    markers.set(order, marker);
  });
  table.tBodies[0].addEventListener('click', (event) => choose(event.target.closest('tr').dataset.order, 'table'));
  const all = document.getElementById('all');
  if (all) all.addEventListener('click', () => showAll('sites'));
  await made.regions;
  const places = Array.from(markers.values(), (marker) => marker.getLatLng());
  if (places.length) made.map.fitBounds(L.latLngBounds(places), { padding: [32, 32], maxZoom: 15 });
}

function choose(order, from) {
  markers.forEach((marker, key) => marker.setIcon(number(key, key === order ? 'chosen' : '')));
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

form.addEventListener('submit', (event) => { event.preventDefault(); start(); });
form.addEventListener('change', (event) => {
  fitForm();
  if (!['must-lon', 'must-lat'].includes(event.target.id)) tryPlaces();
});
document.getElementById('must-undo').addEventListener('click', undo);
document.getElementById('must-add').addEventListener('click', addTyped);
made.map.on('click', (event) => addMust(event.latlng.lng, event.latlng.lat));
result.addEventListener('click', (event) => {
  const button = event.target.closest('#propose');
  if (button) propose(button);
});
fitForm();
follower.resume();
document.body.dataset.ready = 'true';
