// What helps most for one budget: asks, follows, shows the actions on the map and in a list.

import { makeFollower } from '../../lib/follow.js';
import { drawDots } from '../../lib/dots.js';
import { colour, makeMap, showRegion } from '../../lib/map.js';
import { byId, complain, readJson } from '../../lib/page.js';
import { makeNumberedRows } from '../numbered_rows.js';
import { makeAsking } from '../asking.js';
import { makeLayers, ownDrawings } from '../layers.js';
import { missing, putFields, readFields } from '../question.js';
import { makeSteps } from '../workspace.js';
import { fieldsOf, hasCosts, questionOf } from './question.js';

const form = byId('actions-form', HTMLFormElement);
const box = byId('map');
const texts = readJson('texts');
const made = makeMap(box);
const main = byId('content');
const steps = makeSteps(main);
const actions = makeNumberedRows(made, 'actions', steps.reveal);
makeLayers(made, main, ownDrawings(made, { sites: actions.layer }));
const { controls, kinds } = readJson('asked');
drawDots(made.map, box, { fillColor: colour('--accent'), fillOpacity: 0.7 });
const follower = makeFollower(main, texts, (id) => {
  steps.show('answer');
  asking.answered('run', id, true);
}, () => {
  steps.foldAgain();
  return actions.show();
});

function question() {
  return questionOf(readFields(form), controls);
}

/**
 * Tick hours of the day; one that is not offered is offered from now on.
 * @param {string[]} ticked
 */
function tick(ticked) {
  const boxes = () => Array.from(form.querySelectorAll('[name="hour"]'), (one) => /** @type {HTMLInputElement} */ (one));
  ticked.filter((hour) => !boxes().some((one) => one.value === hour)).forEach((hour) => {
    const last = /** @type {HTMLElement} */ (boxes()[boxes().length - 1].closest('label'));
    const more = /** @type {HTMLElement} */ (last.cloneNode(true));
    last.after(more);
    boxes()[boxes().length - 1].value = hour;
    /** @type {HTMLElement} */ (more.querySelector('span')).textContent = hour;
  });
  boxes().forEach((one) => { one.checked = ticked.includes(one.value); });
}

byId('region', HTMLSelectElement).addEventListener('change', (event) => {
  showRegion(made, /** @type {HTMLSelectElement} */ (event.currentTarget).value);
});
form.addEventListener('submit', (event) => {
  event.preventDefault();
  const body = question();
  const lack = missing(body, texts) || (!body.moments.length && texts.no_moment) || (!hasCosts(body) && texts.no_cost) || null;
  complain(lack);
  if (!lack) follower.start(body);
});
const asking = makeAsking(form, kinds, readJson('given').given, question, (wanted) => {
  const { fields, ticked } = fieldsOf(wanted, controls);
  putFields(form, fields, /** @type {string[] | undefined} */ (wanted.families));
  if (ticked.length) tick(ticked);
});
follower.resume();
document.body.dataset.ready = 'true';
