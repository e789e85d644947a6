// Where next: asks the solver, follows it, shows the sites on the map and in a table.

import { formatCounted } from '../../lib/figures.js';
import { makeFollower } from '../../lib/follow.js';
import { drawDots } from '../../lib/dots.js';
import { at, colour, makeMap, numbered, roomAround, showRegion } from '../../lib/map.js';
import { byId, closest, complain, readJson } from '../../lib/page.js';
import { makeAsking } from '../asking.js';
import { makeLayers, ownDrawings } from '../layers.js';
import { makeNumberedRows } from '../numbered_rows.js';
import { missing } from '../question.js';
import { makeSteps } from '../workspace.js';
import { makeDrawing } from './drawing.js';
import { makeCatchments } from './catchments.js';
import { makeForm } from './form.js';
import { makeFreedom } from './freedom.js';
import { makeMoved } from './moved.js';
import { triedOf } from './placed.js';
import { makePlaces } from './places.js';
import { makeSaving } from './save.js';
import { makeTrial } from './trial.js';
import { makeTrying } from './tried.js';

const main = byId('content');
const element = byId('siting-form', HTMLFormElement);
const box = byId('map');
const texts = readJson('texts');
const { given, scenario, without, before } = readJson('given');

const made = makeMap(box);
const steps = makeSteps(main);
const trial = makeTrial(main.dataset.try || '', texts);
const catchments = makeCatchments(made.map);
const moving = makeMoved(main.dataset.try || '', texts, trial, catchments, (order, place) => sites.stand(order, place), askWith, () => places.members().forbidden_areas || []);
const sites = makeNumberedRows(made, 'sites', steps.reveal, ({ dataset: { year, adds } }) => [
  year, `${texts.adds} ${formatCounted(Number(adds), texts.worker, texts.workers)}`,
].filter(Boolean).join(' · '), moving);
drawDots(made.map, box, { fillColor: colour('--accent'), fillOpacity: 0.7 });
const otherLayer = L.layerGroup().addTo(made.map);
const losers = L.layerGroup().addTo(made.map);
const earlier = L.layerGroup().addTo(made.map);
const form = makeForm(element, JSON.parse(main.dataset.districts || ''), JSON.parse(main.dataset.hosts || ''));
const places = makePlaces(made.map, texts, placesChanged);
const tryPlaces = makeTrying(main.dataset.try || '', texts, () => (places.size() ? triedOf(question()) : null), trial, catchments);
const drawing = makeDrawing(made.map, texts, places.addAreas, main.dataset.areas || '');
const layers = makeLayers(made, main, ownDrawings(made, { sites: sites.layer, losers, forbidden: places.areaLayer }));
const followFreedom = makeFreedom(made.map, texts);
const follower = makeFollower(main, texts, began, async () => {
  otherLayer.clearLayers();
  earlier.clearLayers();
  byId('before').hidden = true;
  drawLosers();
  followFreedom();
  moving.follow();
  steps.foldAgain();
  layers.renew();
  await sites.show();
});

// What is asked

function question() {
  return { ...form.question(), ...places.members() };
}

function start() {
  const body = question();
  const lack = missing(body, texts);
  complain(lack);
  if (!lack) follower.start(body);
}

/** @param {number} id */
function began(id) {
  steps.show('answer');
  asking.answered('run', id, true);
}

/** @param {boolean} settled */
function placesChanged(settled) {
  // Exactly p stations are chosen, those that must be among them included.
  const p = byId('p', HTMLInputElement);
  if (Number(p.value) < places.size()) p.value = String(places.size());
  tryPlaces(settled);
  if (settled) element.dispatchEvent(new Event('asked'));
}

/**
 * Ask anew with some sites as those that must be among them.
 * @param {import('./moved.js').Moved[]} these
 */
function askWith(these) {
  const { forbidden, forbidden_areas: areas } = places.members();
  places.fill({ drawn: these, fixed: these.map((one) => one.code), forbidden, forbidden_areas: areas });
  steps.show('ask');
  byId('must').scrollIntoView({ block: 'center' });
}

function addTyped() {
  const lon = byId('must-lon', HTMLInputElement);
  const lat = byId('must-lat', HTMLInputElement);
  // Asked for only here: a question needs none.
  [lon, lat].forEach((field) => { field.required = true; });
  const wrong = [lon, lat].find((field) => !field.reportValidity());
  [lon, lat].forEach((field) => { field.required = false; });
  if (wrong) {
    wrong.focus();
    return;
  }
  places.addMust(Number(lon.value), Number(lat.value));
  made.map.panTo(at(Number(lon.value), Number(lat.value)));
  lon.value = '';
  lat.value = '';
}

// What is answered

/**
 * Show the sites that another plan has instead; pressed once more, they are gone.
 * @param {HTMLElement} button
 */
function showOther(button) {
  const on = button.getAttribute('aria-pressed') !== 'true';
  document.querySelectorAll('[data-places]').forEach((one) => one.setAttribute('aria-pressed', 'false'));
  otherLayer.clearLayers();
  byId('alternative-told').textContent = on ? texts.shown : '';
  if (!on) return;
  button.setAttribute('aria-pressed', 'true');
  /** @type {[number, number, string][]} */
  const instead = JSON.parse(button.dataset.places || '');
  instead.forEach(([lon, lat, name]) => {
    L.marker(at(lon, lat), { icon: numbered('+', 'instead'), title: name, alt: name, keyboard: false }).addTo(otherLayer);
  });
  box.scrollIntoView({ block: 'nearest' });
}

/** The best of the candidates that were not chosen, faintly. */
function drawLosers() {
  losers.clearLayers();
  byId('losers-key').hidden = !document.querySelector('#runners-up li');
  document.querySelectorAll('#runners-up li').forEach((one) => {
    const place = at(Number(one.getAttribute('data-lon')), Number(one.getAttribute('data-lat')));
    L.circleMarker(place, { radius: 7, color: 'var(--open)', weight: 1.5, dashArray: '2 3', fillOpacity: 0.1 }).bindTooltip(document.createTextNode(one.textContent || '').data, { sticky: true }).addTo(losers);
  });
}

/** The answer whose question is changed stays in sight, faintly, until it is asked anew. */
async function drawBefore() {
  if (!before) return;
  byId('before').hidden = false;
  /** @type {[number, number, number, string][]} */
  const old = before.sites;
  old.forEach(([lon, lat, order, name]) => {
    const words = `${texts.before} · ${order} · ${name}`;
    L.marker(at(lon, lat), { icon: numbered(order, 'before'), title: words, alt: words, keyboard: false, interactive: false }).addTo(earlier);
  });
  await made.regions;
  if (old.length) made.map.fitBounds(L.latLngBounds(old.map(([lon, lat]) => at(lon, lat))), { ...roomAround(made.map, 32), maxZoom: 15 });
}

/** @param {string} code */
function ban(code) {
  const list = byId('never');
  places.ban(code);
  steps.reveal(list);
  list.scrollIntoView({ block: 'center' });
}

element.addEventListener('submit', (event) => { event.preventDefault(); start(); });
element.addEventListener('change', (event) => {
  form.fit();
  if (!closest(event, '#must-lon, #must-lat, #area-file')) tryPlaces(true);
});
byId('region', HTMLSelectElement).addEventListener('change', (event) => {
  showRegion(made, /** @type {HTMLSelectElement} */ (event.currentTarget).value);
});
byId('must-add').addEventListener('click', addTyped);
made.map.on('click', (event) => {
  // A place is put while the question is in view.
  if (!drawing.isDrawing() && byId('must-add').getClientRects().length) places.addMust(event.latlng.lng, event.latlng.lat);
});
byId('result').addEventListener('click', (event) => {
  const button = closest(event, 'button');
  if (!(button instanceof HTMLButtonElement)) return;
  if (button.dataset.places) showOther(button);
  if (button.dataset.ban) ban(button.dataset.ban);
  if (button.dataset.move) sites.focus(button.dataset.move);
});
form.fit();
const asking = makeAsking(element, readJson('asked').kinds, given, question, (wanted) => {
  form.fill(wanted);
  places.fill(wanted);
}, before ? `?run=${before.run}` : '');
without.forEach(places.ban);
drawBefore();
makeSaving(main.dataset.scenarios || '', scenario, texts, question, () => (main.dataset.status === 'succeeded' ? Number(main.dataset.run) : null), (id) => asking.answered('scenario', id));
follower.resume();
document.body.dataset.ready = 'true';
