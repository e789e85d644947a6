// The finder: asks for a position on a tap, sends the form in the background, draws the answer.
// The position goes into the body of a POST and is kept nowhere, not even in the page's address.

/* global L */
import { at, colour, drawDots, makeMap } from '../lib/map.js';
import { makeSheet } from '../lib/sheet.js';

const form = document.getElementById('finder-form');
const results = document.getElementById('results');
const status = document.getElementById('status');
const message = document.getElementById('message');
const messageText = document.getElementById('message-text');
const retry = document.getElementById('retry');
const place = document.getElementById('place');
const locateButton = document.getElementById('locate');
const box = document.getElementById('map');
const sheetBody = document.getElementById('sheet-body');

const LEAST_WAY_PX = 120;
let origin = null; // {lon, lat, datum} or {place}
let asked = 0;
let count = '';
let accuracy_m = null;
const markers = new Map();
const { map } = makeMap(box, {
  fit(bounds) {
    if (!origin) show(bounds);
    return false;
  },
});
const answerLayer = L.layerGroup().addTo(map);
const wayLayer = L.layerGroup().addTo(map);
let dotLayer = null;
drawDots(map, box).then((layer) => {
  dotLayer = layer;
  if (answerLayer.getLayers().length) dimDots();
});
const sheet = makeSheet(document.getElementById('sheet'), document.getElementById('handle'), () => {});

function tell(key) {
  status.classList.toggle('busy', key === 'locating' || key === 'searching');
  status.textContent = key ? status.dataset[key] : '';
}

function warn(key) {
  message.hidden = !key;
  messageText.textContent = key ? message.dataset[key] : '';
  retry.hidden = key !== 'offline';
}

async function search() {
  if (!origin) return;
  const body = new FormData(form);
  body.delete('place');
  Object.keys(origin).forEach((name) => body.set(name, origin[name]));
  if (count) body.set('k', count);
  asked += 1;
  const mine = asked;
  tell('searching');
  results.classList.add('waiting');
  let page = null;
  try {
    const response = await fetch(`${form.dataset.results}?lang=${document.documentElement.lang.slice(0, 2)}`, { method: 'POST', body });
    if (response.ok) page = await response.text();
  } catch (error) {
    page = null;
  }
  if (mine !== asked) return;
  results.classList.remove('waiting');
  if (page === null) {
    tell(null);
    warn('offline');
    return;
  }
  warn(null);
  results.innerHTML = page;
  document.body.classList.add('answered');
  showAnswer();
}

function showAnswer() {
  const holder = results.querySelector('[data-lon]');
  const found = Array.from(results.querySelectorAll('.found'));
  tell(null);
  if (found.length) status.textContent = status.dataset.found.replace('{n}', found.length);
  drawAnswer(holder, found);
}

function drawAnswer(holder, found) {
  answerLayer.clearLayers();
  wayLayer.clearLayers();
  markers.clear();
  if (!holder) return;
  dimDots();
  const me = at(Number(holder.dataset.lon), Number(holder.dataset.lat));
  if (accuracy_m && accuracy_m > 30) {
    L.circle(me, { radius: accuracy_m, weight: 1, interactive: false, className: 'accuracy' }).addTo(answerLayer);
  }
  L.marker(me, {
    icon: L.divIcon({ className: 'me', html: '<span></span>', iconSize: [44, 44] }),
    keyboard: false, interactive: false, zIndexOffset: -100,
    alt: document.getElementById('me-label').content.textContent.trim(),
  }).addTo(answerLayer);
  const bounds = L.latLngBounds([me]);
  if (!box.dataset.base) drawRings(me);
  found.forEach((item, index) => {
    const spot = at(Number(item.dataset.lon), Number(item.dataset.lat));
    // The nearest few decide what is shown; the others may lie far away.
    if (index < 4) bounds.extend(spot);
    const marker = L.marker(spot, {
      icon: L.divIcon({ className: 'marker', html: `<span class="badge ${item.dataset.state}">${index + 1}</span>`, iconSize: [44, 44] }),
      title: item.dataset.name, alt: `${index + 1} ${item.dataset.name}`, riseOnHover: true,
      zIndexOffset: (found.length - index) * 10,
    }).addTo(answerLayer);
    marker.on('click', () => choose(item, 'map'));
    markers.set(item, marker);
  });
  show(bounds);
}

// Beside an answer the others step back: they do not fit what was asked.
function dimDots() {
  if (dotLayer) dotLayer.setStyle({ fillColor: colour('--line-strong'), fillOpacity: 0.35 });
}

// Without streets under them, rings tell how far the places are.
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
  return Math.min(document.getElementById('sheet').offsetHeight, box.offsetHeight * 0.7);
}

function isInSight(bounds) {
  const top = map.latLngToContainerPoint(bounds.getNorthWest());
  const bottom = map.latLngToContainerPoint(bounds.getSouthEast());
  return top.x > 20 && top.y > 20 && bottom.x < box.offsetWidth - 20
    && bottom.y < box.offsetHeight - hidden_px() - 20;
}

function show(bounds) {
  const hidden = hidden_px();
  map.fitBounds(bounds, { paddingTopLeft: [40, 40], paddingBottomRight: [72, hidden + 24], maxZoom: 16.5 });
}

// Draws the walk to a station that is walked to on the network; an estimate has no way to draw.
async function drawWay(item) {
  wayLayer.clearLayers();
  if (!('walked' in item.dataset)) return;
  const holder = results.querySelector('.cards');
  const body = new FormData();
  body.set('lon', holder.dataset.lon);
  body.set('lat', holder.dataset.lat);
  body.set('to', item.dataset.code);
  let way = null;
  try {
    const response = await fetch(form.dataset.way, { method: 'POST', body });
    if (response.ok) way = await response.json();
  } catch (error) {
    way = null;
  }
  // Somebody else may have been chosen meanwhile. Without a line, the card still tells the walk.
  if (!way || !way.line || !item.classList.contains('chosen')) return;
  const spots = way.line.coordinates.map(([lon, lat]) => at(lon, lat));
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
    item.querySelector('.found-pick').focus({ preventScroll: true });
  } else {
    if (sheet.size() === 'full') sheet.set('half');
    const spot = markers.get(item).getLatLng();
    const holder = results.querySelector('.cards');
    const both = L.latLngBounds([spot, at(Number(holder.dataset.lon), Number(holder.dataset.lat))]);
    if (!isInSight(both)) show(both);
  }
}

function locate() {
  if (!navigator.geolocation) {
    warn('failed');
    return;
  }
  warn(null);
  tell('locating');
  navigator.geolocation.getCurrentPosition(
    (position) => {
      origin = { lon: position.coords.longitude, lat: position.coords.latitude, datum: 'wgs84' };
      accuracy_m = position.coords.accuracy;
      place.value = '';
      count = '';
      search();
    },
    (error) => {
      tell(null);
      warn(error.code === error.PERMISSION_DENIED ? 'refused' : 'failed');
    },
    { enableHighAccuracy: true, timeout: 10000, maximumAge: 30000 },
  );
}

function clear() {
  form.querySelectorAll('input[type="checkbox"]').forEach((input) => { input.checked = false; });
  form.elements.what.value = '';
  search();
}

locateButton.addEventListener('click', locate);
retry.addEventListener('click', () => { warn(null); search(); });
form.addEventListener('submit', (event) => { event.preventDefault(); search(); });
form.addEventListener('change', (event) => {
  if (event.target === place) {
    origin = place.value ? { place: place.value } : null;
    accuracy_m = null;
    if (!origin) return;
  }
  count = '';
  search();
});
map.on('click', (event) => {
  const spot = event.latlng.wrap();
  origin = { lon: spot.lng, lat: spot.lat, datum: box.dataset.datum };
  accuracy_m = null;
  place.value = '';
  count = '';
  search();
});
results.addEventListener('click', (event) => {
  const button = event.target.closest('button');
  if (!button) return;
  if (button.classList.contains('found-pick')) choose(button.closest('.found'), 'list');
  if ('clear' in button.dataset) clear();
  if (button.dataset.more) { count = button.dataset.more; search(); }
});
// Only one list of map apps is open at a time.
results.addEventListener('toggle', (event) => {
  if (!event.target.open) return;
  results.querySelectorAll('details[open]').forEach((other) => { if (other !== event.target) other.open = false; });
}, true);

if (place.value) {
  origin = { place: place.value };
  document.body.classList.add('answered');
  showAnswer();
} else if (navigator.permissions) {
  // Somebody who has allowed it before need not tap again.
  navigator.permissions.query({ name: 'geolocation' }).then((permission) => {
    if (permission.state === 'granted' && !origin) locate();
  }, () => {});
}
document.body.dataset.ready = 'true';
