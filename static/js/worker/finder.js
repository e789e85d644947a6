// The finder: asks for a position on a tap, sends the form in the background, draws the answer.
// The position goes into the body of a POST and is kept nowhere, not even in the page's address.

import { at, colour, drawDots, makeMap, spread } from '../lib/map.js';
import { byId, closest, filled, language } from '../lib/page.js';
import { post } from '../lib/request.js';
import { makeSheet } from '../lib/sheet.js';
import { findPosition } from './position.js';
import './share.js';
import './star.js';
import { tellInPlace } from './tell.js';

const form = byId('finder-form', HTMLFormElement);
const results = byId('results');
const status = byId('status');
const message = byId('message');
const messageText = byId('message-text');
const retry = byId('retry');
const place = byId('place', HTMLSelectElement);
const locateButton = byId('locate');
const box = byId('map');
const sheetBody = byId('sheet-body');

const LEAST_WAY_PX = 120;
const ANSWER_LIMIT_MS = 10000;
const KEPT_MS = 120000;
const WIDE_M = 1000;
/** @type {{ lon: number, lat: number, datum: string } | { place: string } | null} */
let origin = null;
let asked = 0;
let count = '';
/**
 * My own position; it stays while one looks from elsewhere. `spot` is where the map shows it.
 * @typedef {{ origin: { lon: number, lat: number, datum: string }, accuracy_m: number, at_ms: number, spot: L.LatLng | null }} Own
 * @type {Own | null}
 */
let own = null;
/** @type {(() => void) | null} what the button of a message does */
let again = null;
/** @type {Map<HTMLElement, L.Marker>} */
const markers = new Map();
/** @type {() => void} */
let fetchStreets = () => {};
const { map } = makeMap(box, {
  // The first answer comes before the streets.
  first: new Promise((resolve) => { fetchStreets = () => resolve(undefined); }),
  fit(bounds) {
    if (!origin) show(bounds);
    return false;
  },
});
const answerLayer = L.layerGroup().addTo(map);
const wayLayer = L.layerGroup().addTo(map);
/** @type {((style: Partial<L.PathOptions>) => void) | null} */
let styleDots = null;
drawDots(map, box).then((change) => {
  styleDots = change;
  if (answerLayer.getLayers().length) dimDots();
});
const sheet = makeSheet(byId('sheet'), byId('handle'));

/** @param {'locating' | 'searching' | null} key of the words in the page */
function tell(key) {
  status.classList.toggle('busy', key !== null);
  status.textContent = (key && status.dataset[key]) || '';
}

/**
 * @param {string | null} [words] null: nothing is wrong any more
 * @param {(() => void) | null} [way] to try once more
 */
function warn(words = null, way = null) {
  message.hidden = !words;
  messageText.textContent = words || '';
  retry.hidden = !way;
  again = way;
  if (words) fetchStreets();
}

function isOwn() {
  return own !== null && origin === own.origin;
}

/** What is chosen under "more conditions" counts when that is shut, too, so its number is told. */
function tellChosen() {
  const told = byId('more-count'), more = told.closest('details');
  const kind = byId('what', HTMLSelectElement).value ? 1 : 0;
  const many = kind + (more ? more.querySelectorAll('input:checked').length : 0);
  told.textContent = (told.dataset.words || '').replace('{n}', String(many));
  told.hidden = !many;
}

async function search() {
  tellChosen();
  if (!origin) return;
  const body = new FormData(form);
  body.delete('place');
  Object.entries(origin).forEach(([name, value]) => body.set(name, String(value)));
  if (own && isOwn()) body.set('accuracy', String(Math.min(own.accuracy_m, 2e7)));
  if (count) body.set('k', count);
  asked += 1;
  const mine = asked;
  tell('searching');
  results.classList.add('waiting');
  const { answer, error } = await post(`${form.dataset.results}?lang=${language()}`, body, {
    offline: message.dataset.offline || '',
    failed: message.dataset.failed,
    late: message.dataset.late,
    limit_ms: ANSWER_LIMIT_MS,
  });
  if (mine !== asked) return;
  results.classList.remove('waiting');
  if (error !== null) {
    tell(null);
    warn(error, search);
    return;
  }
  warn();
  results.innerHTML = answer;
  document.body.classList.add('answered');
  showAnswer();
}

function showAnswer() {
  /** @type {HTMLElement | null} */
  const holder = results.querySelector('[data-lon]');
  /** @type {HTMLElement[]} */
  const found = Array.from(results.querySelectorAll('.found'));
  tell(null);
  if (found.length) {
    const words = holder && 'beyond' in holder.dataset ? status.dataset.beyond : status.dataset.found;
    status.textContent = filled(words || '', { n: found.length });
  }
  drawAnswer(holder, found);
  fetchStreets();
}

/**
 * The spot of an element that names one.
 * @param {HTMLElement} holder
 */
function spotOf(holder) {
  return at(Number(holder.dataset.lon), Number(holder.dataset.lat));
}

/**
 * @param {HTMLElement | null} holder of the spot that was asked from
 * @param {HTMLElement[]} found
 */
function drawAnswer(holder, found) {
  answerLayer.clearLayers();
  wayLayer.clearLayers();
  markers.clear();
  if (!holder) return;
  dimDots();
  const me = spotOf(holder);
  if (own && isOwn()) own.spot = me;
  else markSpot(me, 'me elsewhere');
  if (own && own.spot) {
    const { accuracy_m: radius, spot } = own;
    const className = radius > WIDE_M ? 'accuracy wide' : 'accuracy';
    if (radius > 30) L.circle(spot, { radius, weight: 1, interactive: false, className }).addTo(answerLayer);
    markSpot(spot, 'me');
  }
  const bounds = L.latLngBounds([me]);
  if (!box.dataset.base && !box.dataset.streets) drawRings(me);
  const spots = found.map(spotOf);
  const offsets = spread(map, spots);
  found.forEach((item, index) => {
    const spot = spots[index];
    const [right, down] = offsets[index];
    // The nearest few decide what is shown; the others may lie far away.
    if (index < 4) bounds.extend(spot);
    const marker = L.marker(spot, {
      icon: L.divIcon({ className: 'marker', html: `<span class="badge ${item.dataset.state}">${index + 1}</span>`, iconSize: [44, 44], iconAnchor: [22 - right, 22 - down] }),
      title: item.dataset.name || '', alt: `${index + 1} ${item.dataset.name}`, riseOnHover: true,
      zIndexOffset: (found.length - index) * 10,
    }).addTo(answerLayer);
    marker.on('click', () => choose(item, 'map'));
    markers.set(item, marker);
  });
  show(bounds);
}

/**
 * @param {L.LatLng} spot
 * @param {string} className
 */
function markSpot(spot, className) {
  L.marker(spot, {
    icon: L.divIcon({ className, html: '<span></span>', iconSize: [44, 44] }),
    keyboard: false, interactive: false, zIndexOffset: -100,
    alt: (byId(className === 'me' ? 'me-label' : 'elsewhere-label', HTMLTemplateElement).content.textContent || '').trim(),
  }).addTo(answerLayer);
}

// Beside an answer the others step back: they do not fit what was asked.
function dimDots() {
  if (styleDots) styleDots({ fillColor: colour('--line-strong'), fillOpacity: 0.35 });
}

/**
 * Without streets under them, rings tell how far the places are.
 * @param {L.LatLng} me
 */
function drawRings(me) {
  [500, 1000, 2000, 5000].forEach((radius_m) => {
    L.circle(me, { radius: radius_m, interactive: false, className: 'ring' }).addTo(answerLayer);
    const north = at(me.lng, me.lat + radius_m / 111195);
    L.tooltip({ permanent: true, direction: 'center', className: 'ring-name', pane: 'names' })
      .setLatLng(north).setContent(radius_m < 1000 ? `${radius_m} m` : `${radius_m / 1000} km`).addTo(answerLayer);
  });
}

// The sheet hides the lower part of the map on a phone: how much, in pixels.
function hidden_px() {
  if (window.matchMedia('(min-width: 60rem)').matches) return 0;
  return Math.min(byId('sheet').offsetHeight, box.offsetHeight * 0.7);
}

/** @param {L.LatLngBounds} bounds */
function isInSight(bounds) {
  const top = map.latLngToContainerPoint(bounds.getNorthWest());
  const bottom = map.latLngToContainerPoint(bounds.getSouthEast());
  return top.x > 20 && top.y > 20 && bottom.x < box.offsetWidth - 20
    && bottom.y < box.offsetHeight - hidden_px() - 20;
}

/** @param {L.LatLngBounds} bounds */
function show(bounds) {
  const hidden = hidden_px();
  map.fitBounds(bounds, { paddingTopLeft: [40, 40], paddingBottomRight: [72, hidden + 24], maxZoom: 16.5 });
}

/**
 * Draws the walk to a station that is walked to on the network; an estimate has no way to draw.
 * @param {HTMLElement} item
 */
async function drawWay(item) {
  wayLayer.clearLayers();
  /** @type {HTMLElement | null} */
  const holder = results.querySelector('.cards');
  if (!holder || !('walked' in item.dataset)) return;
  const body = new FormData();
  body.set('lon', holder.dataset.lon || '');
  body.set('lat', holder.dataset.lat || '');
  body.set('to', item.dataset.code || '');
  const { answer: way } = await post(form.dataset.way || '', body);
  // Somebody else may have been chosen meanwhile. Without a line, the card still tells the walk.
  if (!way || !way.line || !item.classList.contains('chosen')) return;
  const spots = way.line.coordinates.map((/** @type {[number, number]} */ [lon, lat]) => at(lon, lat));
  const bounds = L.latLngBounds(spots);
  const low = map.latLngToContainerPoint(bounds.getSouthWest());
  const high = map.latLngToContainerPoint(bounds.getNorthEast());
  // Too small to follow: come nearer.
  if (low.distanceTo(high) < LEAST_WAY_PX) show(bounds);
  ['way-case', 'way'].forEach((className) => {
    L.polyline(spots, { className, interactive: false, smoothFactor: 0.5 }).addTo(wayLayer);
  });
  box.dataset.way = item.dataset.code;
}

/**
 * @param {HTMLElement} item
 * @param {'map' | 'list'} from
 */
function choose(item, from) {
  results.querySelectorAll('.found.chosen').forEach((other) => other.classList.remove('chosen'));
  markers.forEach((marker, key) => {
    const element = marker.getElement();
    if (element) element.classList.toggle('chosen', key === item);
    marker.setZIndexOffset(key === item ? 10000 : 0);
  });
  item.classList.add('chosen');
  drawWay(item);
  if (from === 'map') {
    if (sheet.size() === 'low') sheet.set('half');
    // Only the sheet may scroll; scrollIntoView would move the page under it too.
    sheetBody.scrollTop += item.getBoundingClientRect().top - sheetBody.getBoundingClientRect().top - 8;
    const pick = item.querySelector('.found-pick');
    if (pick instanceof HTMLElement) pick.focus({ preventScroll: true });
  } else {
    if (sheet.size() === 'full') sheet.set('half');
    /** @type {HTMLElement | null} */
    const holder = results.querySelector('.cards');
    if (!holder) return;
    const both = L.latLngBounds([spotOf(item), spotOf(holder)]);
    if (!isInSight(both)) show(both);
  }
}

/** @param {Own} found */
function searchFromOwn(found) {
  origin = found.origin;
  place.value = '';
  count = '';
  search();
}

function locate() {
  warn();
  // Back from elsewhere, without waiting again for what is known.
  if (own && !isOwn() && Date.now() - own.at_ms < KEPT_MS) {
    searchFromOwn(own);
    return;
  }
  const before = origin;
  tell('locating');
  findPosition(({ coords }) => {
    own = {
      origin: { lon: coords.longitude, lat: coords.latitude, datum: 'wgs84' },
      accuracy_m: coords.accuracy, at_ms: Date.now(), spot: null,
    };
    // Whoever has chosen another place meanwhile is not taken away from it.
    if (origin === before) searchFromOwn(own);
  }, (reason) => {
    if (origin !== before) return;
    tell(null);
    warn(message.dataset[reason], reason === 'silent' || reason === 'failed' ? locate : null);
  });
}

function clear() {
  form.querySelectorAll('input[type="checkbox"]').forEach((input) => { /** @type {HTMLInputElement} */ (input).checked = false; });
  byId('what', HTMLSelectElement).value = '';
  search();
}

/** @param {string} condition an amenity, or `what` for the kind */
function drop(condition) {
  if (condition === 'what') byId('what', HTMLSelectElement).value = '';
  else {
    form.querySelectorAll('input[name="amenity"]').forEach((input) => {
      if (/** @type {HTMLInputElement} */ (input).value === condition) /** @type {HTMLInputElement} */ (input).checked = false;
    });
  }
  search();
}

locateButton.addEventListener('click', locate);
retry.addEventListener('click', () => {
  const way = again;
  warn();
  if (way) way();
});
form.addEventListener('submit', (event) => { event.preventDefault(); search(); });
form.addEventListener('change', (event) => {
  if (event.target === place) {
    origin = place.value ? { place: place.value } : null;
    if (!origin) return;
  }
  count = '';
  search();
});
map.on('click', (event) => {
  const spot = event.latlng.wrap();
  origin = { lon: spot.lng, lat: spot.lat, datum: box.dataset.datum || '' };
  place.value = '';
  count = '';
  search();
});
tellInPlace(results);
results.addEventListener('click', (event) => {
  const button = closest(event, 'button');
  if (!button) return;
  const item = closest(event, '.found');
  if (item && button.classList.contains('found-pick')) choose(item, 'list');
  if ('clear' in button.dataset) clear();
  if (button.dataset.drop) drop(button.dataset.drop);
  if (button.dataset.more) { count = button.dataset.more; search(); }
});
// Only one list of map apps is open at a time.
results.addEventListener('toggle', (event) => {
  const opened = event.target;
  if (!(opened instanceof HTMLDetailsElement) || !opened.open) return;
  results.querySelectorAll('details[open]').forEach((other) => {
    if (other !== opened) /** @type {HTMLDetailsElement} */ (other).open = false;
  });
}, true);

tellChosen();
if (place.value) {
  origin = { place: place.value };
  document.body.classList.add('answered');
  showAnswer();
} else if (navigator.permissions) {
  // Somebody who has allowed it before need not tap again.
  navigator.permissions.query({ name: 'geolocation' }).then((permission) => {
    if (permission.state === 'granted' && !origin) locate();
    else fetchStreets();
  }, fetchStreets);
} else {
  fetchStreets();
}
// What finds by words while one types is loaded when somebody comes to the field.
const words = byId('words');
function loadSearch() {
  const script = document.createElement('script');
  script.type = 'module';
  script.src = words.dataset.script || '';
  document.head.appendChild(script);
}
if (document.activeElement === words) loadSearch();
else words.addEventListener('focus', loadSearch, { once: true });
document.body.dataset.ready = 'true';
