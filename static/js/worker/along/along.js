// On my way: the stops one after the other, by words, from the map or from where one is; sends the form
// in the background and draws the way with the stations on it. Nothing is kept but how one goes.

import { at, makeMap, spread } from '../../lib/map.js';
import { keepReachable, placeMarker, stackMarkers } from '../../lib/marker.js';
import { byId, closest, pause } from '../../lib/page.js';
import { post } from '../../lib/request.js';
import { makeSheet } from '../../lib/sheet.js';
import { followBy } from '../by.js';
import { replaceAnswer } from '../carried.js';
import { followEntering, restoreEntering } from '../conditions.js';
import { spotOf } from '../drawn.js';
import { ANYBODY, makeEnter, readEntering, setEntering } from '../enter.js';
import { offline } from '../offline/link.js';
import { bringUp, makeOpened } from '../opened.js';
import { findPosition } from '../position.js';
import { makeSaid } from '../said.js';
import '../share.js';
import '../star.js';
import { makeView } from '../view.js';
import { filledIn, letterOf, withFirst, withNext } from './stops.js';

const form = byId('along-form', HTMLFormElement);
const list = byId('stops');
const results = byId('results');
const box = byId('map');
const addButton = byId('add-stop', HTMLButtonElement);
const [rowName, myPosition, mapPoint] = (byId('stop-names', HTMLTemplateElement).content.textContent || '').split('|');
const most = Number(form.dataset.most);
const ANSWER_LIMIT_MS = 10000;
// An address that asks one of these is meant as it stands: nothing remembered is put beside it.
const IN_ADDRESS = ['stop', 'by', 'open', 'asked', 'amenity', 'may_enter', 'without', 'surely', 'keep', 'more_minutes'];
let asked = 0;
// What has been asked and not answered yet, as it was sent.
let onItsWay = '';

/** @type {() => void} */
let fetchStreets = () => {};
const { status, message, tell, tellFound, warn, warnOfPosition } = makeSaid(() => fetchStreets());
const { map } = makeMap(box, {
  first: new Promise((resolve) => { fetchStreets = () => resolve(undefined); }),
  fit(bounds) {
    if (!results.querySelector('.route')) show(bounds, false);
    return false;
  },
});
const sheet = makeSheet(byId('sheet'), byId('handle'));
const sheetBody = byId('sheet-body');
const { isInSight, show } = makeView(map, box, byId('sheet'));
const drawn = L.layerGroup().addTo(map);
/** @type {Map<HTMLElement, L.Marker>} */
const markers = new Map();
const opened = makeOpened(results, sheetBody, (item) => mark(item, false));
const reach = keepReachable(map, box, () => Array.from(markers.values()));

/** @returns {HTMLInputElement[]} */
function fields() {
  return Array.from(list.querySelectorAll('input'));
}

function written() {
  return fields().map((one) => one.value);
}

function addRow() {
  const { content } = byId('stop-row', HTMLTemplateElement);
  list.appendChild(document.importNode(content, true));
}

/** Show the stops in rows, each with its letter. @param {string[]} words */
function setStops(words) {
  while (list.querySelectorAll('.stop').length < words.length) addRow();
  const rows = Array.from(list.querySelectorAll('.stop'));
  rows.slice(words.length).forEach((row) => row.remove());
  rows.slice(0, words.length).forEach((row, index) => {
    const letter = letterOf(index);
    const field = /** @type {HTMLInputElement} */ (row.querySelector('input'));
    const label = /** @type {HTMLLabelElement} */ (row.querySelector('label'));
    field.value = words[index];
    field.id = `stop-${index + 1}`;
    label.htmlFor = field.id;
    label.textContent = rowName.replace('{letter}', letter).trim();
    /** @type {HTMLElement} */ (row.querySelector('.stop-mark')).textContent = letter;
  });
  addButton.disabled = words.length >= most;
}

function forget() {
  asked += 1; // an answer on its way is about other stops
  onItsWay = '';
  tell(null);
  results.classList.remove('waiting');
  results.textContent = '';
  draw();
}

async function search() {
  if (filledIn(written()).length < 2) { if (results.querySelector('.route')) forget(); return; }
  // A stop that Enter ends changes and is sent: one question.
  const question = JSON.stringify(Array.from(new FormData(form).entries()));
  if (question === onItsWay) return;
  onItsWay = question;
  asked += 1;
  const mine = asked;
  tell('searching');
  results.classList.add('waiting');
  const { answer, error } = await post(form.dataset.results || '', new FormData(form), {
    offline: message.dataset.offline || '', failed: message.dataset.broken, late: message.dataset.late, limit_ms: ANSWER_LIMIT_MS,
  });
  if (mine !== asked) return;
  onItsWay = '';
  results.classList.remove('waiting');
  tell(null);
  if (error === null) {
    replaceAnswer(results, () => { results.innerHTML = answer; });
    tellOffline(false);
  } else {
    // Only where nobody answered: what the service says of a question stands.
    const isSilent = [message.dataset.offline, message.dataset.broken, message.dataset.late].indexOf(error) >= 0;
    const kept = isSilent && (await answerOffline());
    if (mine !== asked) return;
    if (!kept) { warn(error, search); bringUp(sheetBody, message); return; }
    replaceAnswer(results, () => { results.textContent = ''; results.appendChild(kept); });
  }
  warn();
  draw();
  // On a phone the stops fill the sheet: the answer comes up, with what is said of how old it is.
  bringUp(sheetBody, error === null ? results : byId('offline'));
}

/** What is loaded for it is of this page: stations on the way, from what is kept. */
function onDevice() {
  return /** @type {Promise<import('./offline.js').OnTheWay | null>} */ (/** @type {unknown} */ (offline()));
}

/** The answer of what is kept on this device; null where nothing is. */
async function answerOffline() {
  const api = await onDevice();
  if (!api) return null;
  const given = new FormData(form);
  const answer = await api.answer({
    stops: filledIn(written()), by: String(given.get('by') || 'walk'), isLine: given.has('keep'), moreMinutes: Number(given.get('more_minutes')),
    open: given.has('open'), amenities: given.getAll('amenity').map(String), entering: readEntering(form),
  });
  if (answer) await tellOffline(true);
  return answer;
}

/** @param {boolean} isOffline */
async function tellOffline(isOffline) {
  const api = await onDevice();
  if (api) await api.told(isOffline);
}

/**
 * The page that is kept for want of a network does not know what its address asks.
 * @param {URLSearchParams} given
 */
function restoreAsked(given) {
  /** @type {HTMLInputElement[]} */
  const boxes = Array.from(form.querySelectorAll('input[name=amenity], input[name=keep], input[name=by]'));
  const wanted = (/** @type {string} */ name) => given.getAll(name).join(',').split(',');
  boxes.forEach((one) => { if (given.has(one.name)) one.checked = wanted(one.name).indexOf(one.value) >= 0; });
  const minutes = /** @type {HTMLSelectElement} */ (form.elements.namedItem('more_minutes'));
  if (given.has('more_minutes')) minutes.value = given.get('more_minutes') || '';
  if (minutes.selectedIndex < 0) minutes.value = form.dataset.minutes || '';
  restoreEntering(form, given);
  const stops = filledIn(given.getAll('stop')).slice(0, most);
  if (stops.length < 2 || filledIn(written()).length) return;
  setStops(stops);
  search();
}

function draw() {
  drawn.clearLayers();
  markers.clear();
  /** @type {HTMLElement | null} */
  const route = results.querySelector('.route');
  document.body.classList.toggle('answered', route !== null);
  fetchStreets();
  if (!route) return;
  /** @type {{ stops: [number, number][], lines: ([number, number][] | null)[] }} */
  const { stops, lines } = JSON.parse(route.dataset.drawn || '');
  const bounds = L.latLngBounds(stops.map(([lon, lat]) => at(lon, lat)));
  lines.forEach((line) => {
    if (!line) return;
    const spots = line.map(([lon, lat]) => at(lon, lat));
    bounds.extend(L.latLngBounds(spots));
    ['way-case', 'way'].forEach((className) => {
      L.polyline(spots, { className, interactive: false, smoothFactor: 0.5 }).addTo(drawn);
    });
  });
  /** @type {HTMLElement[]} */
  const found = Array.from(results.querySelectorAll('.found'));
  const spots = found.map(spotOf);
  // A station may stand at a stop itself.
  const offsets = spread(map, [...stops.map(([lon, lat]) => at(lon, lat)), ...spots]);
  stops.forEach(([lon, lat], index) => {
    const [right, down] = offsets[index];
    const icon = L.divIcon({ className: 'marker', html: `<span class="stop-mark">${letterOf(index)}</span>`, iconSize: [44, 44], iconAnchor: [22 - right, 22 - down] });
    const element = L.marker(at(lon, lat), { icon, keyboard: false, interactive: false, zIndexOffset: -100 }).addTo(drawn).getElement();
    if (!element) return;
    element.setAttribute('role', 'img');
    element.setAttribute('aria-label', rowName.replace('{letter}', letterOf(index)).trim());
  });
  spots.forEach((spot) => bounds.extend(spot));
  found.forEach((item, index) => {
    const { name = '', state = '' } = item.dataset;
    const place = { number: index + 1, name, state, offset: offsets[stops.length + index] };
    const marker = placeMarker(spots[index], place, () => mark(item, true)).addTo(drawn);
    markers.set(item, marker);
  });
  stackMarkers(markers, null);
  tellFound('found', found.length);
  show(bounds);
  reach();
  box.dataset.drawn = String(asked);
}

/** @param {HTMLElement | null} item the card that is looked at @param {boolean} isFromMap */
function mark(item, isFromMap) {
  stackMarkers(markers, item);
  pause().then(reach);
  opened.open(item);
  if (!item) return;
  if (!isFromMap) {
    if (sheet.size() === 'full') sheet.set('half');
    const spot = L.latLngBounds([spotOf(item)]);
    if (!isInSight(spot)) show(spot);
    return;
  }
  if (sheet.size() === 'low') sheet.set('half');
  bringUp(sheetBody, item);
  const pick = item.querySelector('.found-pick');
  if (pick instanceof HTMLElement) pick.focus({ preventScroll: true });
}

/** @param {string} name @param {number} lon @param {number} lat */
function spotWords(name, lon, lat) {
  return `${name.trim()} (${lon.toFixed(5)},${lat.toFixed(5)})`;
}

function locate() {
  warn();
  tell('locating');
  findPosition(({ coords }) => {
    tell(null);
    warn(); // it may come after the limit
    setStops(withFirst(written(), spotWords(myPosition, coords.longitude, coords.latitude), most));
    search();
  }, (reason) => {
    tell(null);
    warnOfPosition(reason, locate);
  });
}

map.on('click', (event) => {
  const spot = event.latlng.wrap();
  const next = withNext(written(), spotWords(mapPoint, spot.lng, spot.lat), most);
  if (!next) return;
  setStops(next);
  search();
});
addButton.addEventListener('click', () => {
  setStops([...written(), '']);
  const last = fields().pop();
  if (last) last.focus();
});
byId('locate').addEventListener('click', locate);
list.addEventListener('click', (event) => {
  const button = closest(event, 'button');
  const row = closest(event, '.stop');
  if (!button || !row) return;
  const words = written();
  const index = Array.from(list.querySelectorAll('.stop')).indexOf(row);
  const [taken] = words.splice(index, 1);
  const isUp = 'up' in button.dataset;
  if (isUp) words.splice(index - 1, 0, taken);
  while (words.length < 2) words.push('');
  setStops(words);
  // The button that was pressed is gone, or belongs to another stop now.
  const field = fields()[isUp ? index - 1 : Math.min(index, words.length - 1)];
  field.focus();
  search();
});
form.addEventListener('submit', (event) => {
  event.preventDefault();
  const empty = fields().filter((one) => !one.value.trim())[0];
  if (filledIn(written()).length < 2 && empty) {
    warn();
    status.textContent = status.dataset.more || '';
    empty.focus();
    return;
  }
  search();
});
form.addEventListener('change', search);
/** Ask without a condition, or with more minutes. @param {string} drop as the answer names it */
function without(drop) {
  const entering = readEntering(form);
  if (drop === 'enter') setEntering(form, ANYBODY);
  else if (drop === 'surely') setEntering(form, { ...entering, surely: false });
  else if (Number(drop)) /** @type {HTMLSelectElement} */ (form.elements.namedItem('more_minutes')).value = drop;
  else {
    /** @type {HTMLInputElement | null} */
    const box_ = form.querySelector(drop === 'open' ? 'input[name=open]' : `input[name=amenity][value="${drop}"]`);
    if (box_) box_.checked = false;
  }
  form.dispatchEvent(new Event('change'));
}

results.addEventListener('click', (event) => {
  const button = closest(event, 'button');
  if (button && button.dataset.drop) without(button.dataset.drop);
});

setStops(written());
const given = new URLSearchParams(window.location.search);
const isAsked = IN_ADDRESS.some((name) => given.has(name));
const isMeant = isAsked || results.querySelector('.route') !== null;
followBy(form, isMeant);
followEntering(form, isMeant);
makeEnter(form, () => {
  setEntering(form, ANYBODY);
  form.dispatchEvent(new Event('change'));
});
if (results.querySelector('.route')) draw(); else fetchStreets();
if (isAsked) restoreAsked(given);
document.body.dataset.ready = 'true';
const keep = () => { onDevice(); };
if (document.readyState === 'complete') keep(); else window.addEventListener('load', keep);
