// The finder: asks for a position on a tap, sends the form in the background, draws the answer.
// The position goes into the body of a POST and is kept nowhere, not even in the page's address.

import { byId, closest, pause } from '../lib/page.js';
import { makeSheet } from '../lib/sheet.js';
import { followBy } from './by.js';
import { makeAnswers } from './answers.js';
import { replaceAnswer } from './carried.js';
import { keepChipsInOrder, orderChips, readConditions, rememberConditions, restoreConditions, setConditions, tellConditions } from './conditions.js';
import { makeDrawn, spotOf } from './drawn.js';
import { makeEnter } from './enter.js';
import { loadRest, loadWords } from './later.js';
import { spotIn } from './linked.js';
import { choosePlace, chosenPlace, makeLooks } from './looks.js';
import { makeNarrowing } from './narrowing.js';
import { box, fetchStreets, firstAnswer, map, whenOutlined } from './ground.js';
import { bringUp, makeOpened } from './opened.js';
import { makeOwnPosition } from './own.js';
import { followPermission } from './permission.js';
import { makeSaid } from './said.js';
import './share.js';
import './star.js';
import { makeView } from './view.js';

const form = byId('finder-form', HTMLFormElement);
const results = byId('results');
const place = byId('place', HTMLSelectElement);
const locateButton = byId('locate');
const sheetBody = byId('sheet-body');
const clearButton = byId('clear-conditions');
const unasked = place.value ? '' : results.innerHTML; // what stands there while nothing has been asked

const ANYWHERE_M = 5000; // off by more, nobody can tell which is the nearest
const FRESH_MS = 5000;
/** @typedef {{ lon: number, lat: number, datum: string } | { place: string } | null} Origin */
/** @type {Origin} */
let origin = null;
let asked = 0;
let answered = 0; // the last question that was, and when
let answered_ms = 0;
let chosenAt = 0; // which question was the last when a card was chosen
let warnedAt = -1; // which question was the last when no position was found
let count = '';
const ownPosition = makeOwnPosition();
const { message, tell, tellFound, warn, warnOfPosition } = makeSaid(fetchStreets);
const answers = makeAnswers(form, message);
const narrowing = makeNarrowing(form, search);
const sheet = makeSheet(byId('sheet'), byId('handle'));
const { isInSight, show } = makeView(map, box, byId('sheet'));
whenOutlined((bounds) => { if (!origin) show(bounds, false); }); // an answer may come at once
const opened = makeOpened(results, sheetBody, (item) => { if (item) choose(item, 'list'); else leave(); });
const drawn = makeDrawn({ map, box, results, show, way: form.dataset.way || '', pick: (item) => choose(item, 'map') });
/**
 * What one looks at: from where, by which conditions, at which card.
 * @typedef {{ origin: Origin, place: import('./looks.js').ChosenPlace | null, count: string, conditions: import('./conditions.js').Conditions, chosen: string | null }} Look
 */
/** @type {ReturnType<typeof makeLooks<Look>>} */
const looks = makeLooks(comeBack);

function isOwn() {
  const own = ownPosition.get();
  return own !== null && origin === own.origin;
}

/** My own position as far as it counts for what is asked: from there, or of a place that was chosen. */
function ownKnown() {
  const own = ownPosition.get();
  if (!own || !origin || !(isOwn() || 'place' in origin)) return null;
  return { lon: own.origin.lon, lat: own.origin.lat, accuracy_m: own.accuracy_m };
}

/** @returns {HTMLElement | null} */
function chosenCard() {
  return results.querySelector('.found.chosen');
}

/** @param {string | null | undefined} code */
function cardOf(code) {
  return shown().found.find((one) => one.dataset.code === code) || null;
}

/** @returns {Look} */
function present() {
  const card = chosenCard();
  return {
    origin,
    place: chosenPlace(place),
    count,
    conditions: readConditions(form),
    chosen: (card && card.dataset.code) || null,
  };
}

/** Keep the present look, or begin a new one with it, for the browser's way back. */
function keepLook(isNew = false) {
  const look = present();
  if (isNew) looks.go(look, look.place);
  else looks.keep(look, look.place);
}

/**
 * Show again what was looked at.
 * @param {Look | null} look
 * @param {import('./looks.js').ChosenPlace | null} left where the look was another visit's
 */
async function comeBack(look, left) {
  const now = present();
  const wanted = look || { ...now, origin: left && { place: left.value }, place: left, chosen: null };
  const isSame = (/** @type {Look} */ one) => JSON.stringify({ ...one, chosen: null });
  const stays = wanted.origin === now.origin && isSame(wanted) === isSame(now);
  origin = wanted.origin;
  count = wanted.count;
  choosePlace(place, wanted.place);
  setConditions(form, wanted.conditions);
  warn();
  if (!origin) {
    showUnasked();
    return;
  }
  // Whoever has chosen something meanwhile stays with it.
  if (!stays && (!(await search(false)) || chosenAt === asked)) return;
  mark(cardOf(wanted.chosen));
}

function showUnasked() {
  asked += 1; // an answer on its way is about what is left
  tell(null);
  tellConditions(form);
  results.classList.remove('waiting');
  results.innerHTML = unasked;
  document.body.classList.remove('answered');
  drawn.draw(null, [], null, false);
}

/**
 * @param {boolean} [isKept] whether it is a look of its own
 * @returns {Promise<boolean>} whether it was answered
 */
async function search(isKept = true) {
  tellConditions(form);
  if (!origin) return false;
  if (isKept) keepLook();
  asked += 1;
  const mine = asked;
  tell('searching');
  results.classList.add('waiting');
  const { found, error } = await answers.ask({ origin, own: ownKnown(), isOwn: isOwn(), count });
  if (mine !== asked) return false;
  results.classList.remove('waiting');
  if (!found) {
    tell(null);
    warn(error, search);
    return false;
  }
  put(found);
  answered = mine;
  answered_ms = Date.now();
  return true;
}

/**
 * Show an answer in the place of the one before; who has chosen a station meanwhile stays with it.
 * @param {import('./answers.js').Answer} found
 */
function put(found) {
  const before = chosenAt === asked ? chosenCard() : null;
  replaceAnswer(results, () => found.put(results));
  answers.tell(found.isKept);
  if (warnedAt !== asked) warn(); // what was said since the question stands
  document.body.classList.add('answered');
  showAnswer();
  const unfolded = results.querySelector('.found-more[open]');
  const now = (before && cardOf(before.dataset.code)) || (unfolded && unfolded.closest('.found'));
  if (now) mark(/** @type {HTMLElement} */ (now));
}

/** @param {string} code of a kept station, found by words without a network */
async function showKept(code) {
  asked += 1;
  const mine = asked;
  const found = await answers.kept(code, origin && 'lon' in origin ? origin : null);
  if (mine !== asked) return;
  if (!found) { warn(message.dataset.unkept); fetchStreets(); return; }
  results.classList.remove('waiting');
  put(found);
  mark(cardOf(code));
}

/** @returns {{ holder: HTMLElement | null, found: HTMLElement[] }} the answer that is shown: where from, and its cards */
function shown() {
  return { holder: results.querySelector('[data-lon]'), found: Array.from(results.querySelectorAll('.found')) };
}

function tellShown() {
  const { holder, found } = shown();
  const own = ownPosition.get();
  const isAnywhere = own !== null && isOwn() && own.accuracy_m > ANYWHERE_M; // nobody can tell which is nearest
  // Who is outside the area is told how far it is, and of nothing that it is near.
  const isListed = isAnywhere || Boolean(holder && (holder.dataset.list || 'outside' in holder.dataset));
  tellFound(holder && 'beyond' in holder.dataset ? 'beyond' : isListed ? 'listed' : 'found', found.length);
}

/** @returns {Promise<void>} when it is drawn */
function showAnswer() {
  const { holder, found } = shown();
  const own = ownPosition.get();
  tellShown();
  if (own && isOwn() && holder) own.spot = spotOf(holder);
  const drawing = drawn.draw(holder, found, own, isOwn());
  fetchStreets();
  return drawing;
}

/** @param {HTMLElement | null} item the card that is looked at */
function mark(item) {
  opened.open(item);
  drawn.mark(item);
}

/** The card that was looked at is shut again: no step of its own on the way back. */
function leave() {
  mark(null);
  keepLook();
}

/**
 * @param {HTMLElement} item
 * @param {'map' | 'list'} from
 */
function choose(item, from) {
  const isNew = !item.classList.contains('chosen');
  chosenAt = asked;
  mark(item);
  if (isNew) keepLook(true);
  if (from === 'map') {
    if (sheet.size() === 'low') sheet.set('half');
    bringUp(sheetBody, item);
    const pick = item.querySelector('.found-pick');
    if (pick instanceof HTMLElement) pick.focus({ preventScroll: true });
  } else {
    if (sheet.size() === 'full') sheet.set('half');
    /** @type {HTMLElement | null} */
    const holder = results.querySelector('.cards');
    if (!holder) return;
    const both = L.latLngBounds(holder.dataset.list ? [spotOf(item)] : [spotOf(item), spotOf(holder)]);
    if (!isInSight(both)) show(both);
  }
}

/**
 * @param {Origin} wanted where to look from
 * @param {boolean} isNew whether one can come back from it to what was looked at before
 */
function lookFrom(wanted, isNew) {
  origin = wanted;
  if (!wanted || !('place' in wanted)) place.value = '';
  count = '';
  mark(null);
  if (isNew) keepLook(true);
  search();
}

function locate() {
  const own = ownPosition.get();
  warn();
  // Back from elsewhere, without waiting again for what is known.
  if (own && !isOwn() && ownPosition.isKept()) {
    lookFrom(own.origin, true);
    return;
  }
  const before = origin;
  tell('locating');
  ownPosition.ask((found) => {
    // Whoever has chosen another place meanwhile is not taken away from it.
    if (origin !== before) countFromOwn();
    else if (origin === found.origin && isJustAsked()) lookAgain();
    else lookFrom(found.origin, before !== null);
  }, (reason) => {
    if (origin !== before) return;
    warnedAt = asked;
    tell(null);
    warnOfPosition(reason, locate);
  });
}

/** Whether the last question is on its way, or answered a moment ago. */
function isJustAsked() {
  return results.classList.contains('waiting') || (answered === asked && Date.now() - answered_ms < FRESH_MS);
}

/** What has just been asked is not asked again: the map is back at it. */
function lookAgain() {
  if (results.classList.contains('waiting')) {
    tell('searching');
    return;
  }
  tellShown();
  drawn.show();
}

/** Where somebody has allowed it, a place that was chosen before is listed by how far it is from here. */
function useOwn() {
  if (ownPosition.get() || ownPosition.isAsking() || !origin || !('place' in origin)) return;
  ownPosition.ask(countFromOwn, () => undefined); // nobody has asked for it
}

function countFromOwn() {
  if (!origin || !('place' in origin)) return;
  // Whoever is at the list already is not taken away from it: what is asked next counts from here.
  if (!chosenCard() && !results.contains(document.activeElement)) search();
}

/** The answer that the page came with, drawn in a task of its own: whoever presses something meanwhile comes first. */
async function showWhatCame() {
  await pause();
  if (!asked) await showAnswer();
  if (goesOtherwise) search(); // the page came as for somebody on foot
}

locateButton.addEventListener('click', locate);
form.addEventListener('submit', (event) => { event.preventDefault(); search(); });
form.addEventListener('change', (event) => {
  const isByWords = event instanceof CustomEvent;
  if (isByWords) orderChips(form);
  if (event.target === place) {
    rememberConditions(form); // what was found by words may have set some with the place
    if (place.value) lookFrom({ place: place.value }, true);
    else origin = null;
    return;
  }
  count = '';
  rememberConditions(form);
  // What was found by words is a step of its own; a chip pressed is not.
  if (isByWords && origin) {
    mark(null);
    keepLook(true);
  }
  search();
});
map.on('click', (event) => {
  const spot = event.latlng.wrap();
  lookFrom({ lon: spot.lng, lat: spot.lat, datum: 'wgs84' }, true);
});
clearButton.addEventListener('click', () => {
  narrowing.clear();
  locateButton.focus(); // the button that was pressed is gone
});
results.addEventListener('click', (event) => {
  const button = closest(event, 'button');
  if (!button) return;
  if ('clear' in button.dataset) narrowing.clear();
  if (button.dataset.unknown !== undefined) narrowing.showUnknown(button.dataset.unknown === '1');
  if (button.dataset.drop) narrowing.drop(button.dataset.drop);
  if (button.dataset.more) { count = button.dataset.more; search(); }
});

const given = new URLSearchParams(window.location.search);
restoreConditions(form, given);
keepChipsInOrder(form);
const goesOtherwise = followBy(form, given.get('by'));
makeEnter(form, () => narrowing.drop('enter'));
tellConditions(form);
const left = looks.left();
let first = Promise.resolve();
const isLinked = Boolean(place.value || given.get('place') || given.get('lon'));
/** @type {HTMLElement | null} */
const whatCame = results.querySelector('[data-lon]');
const linked = given.has('lon') || given.has('lat') ? null : given.get('place');
if (left && !place.value) {
  choosePlace(place, left);
  lookFrom({ place: left.value }, false);
} else if (place.value || (given.has('lon') && whatCame)) {
  // The place that an address names, as the page has it, is meant like one that was tapped on the map.
  if (place.value) origin = { place: place.value };
  else if (whatCame) origin = { lon: Number(whatCame.dataset.lon), lat: Number(whatCame.dataset.lat), datum: 'wgs84' };
  keepLook();
  document.body.classList.add('answered');
  first = showWhatCame();
} else if (spotIn(given)) {
  lookFrom(spotIn(given), false); // the page that is kept for want of a network does not know it
} else if (linked) {
  place.value = linked;
  if (place.selectedIndex < 0) place.value = '';
  lookFrom({ place: linked }, false);
} else if (given.has('station')) {
  showKept(given.get('station') || ''); // as the page that stands for a station's leads here
}
if (origin || !given.has('station')) {
  const begin = () => { if (origin) useOwn(); else locate(); };
  const wait = () => { if (!origin) fetchStreets(); };
  followPermission({
    now: isLinked ? wait : begin, // a link is meant as it stands
    later() { if (!ownPosition.isAsking()) begin(); },
    not: wait,
  });
}
loadWords(given.get('q') || '');
document.addEventListener('kept-station', (event) => { showKept(/** @type {CustomEvent<string>} */ (event).detail); });
first.then(() => { document.body.dataset.ready = 'true'; });
loadRest(firstAnswer);
