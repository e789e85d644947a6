// What helps most for one budget: asks, follows, shows the actions on the map and in a list.

import { makeFollower } from '../../lib/follow.js';
import { drawDots } from '../../lib/dots.js';
import { colour, makeMap, showRegion } from '../../lib/map.js';
import { byId, complain, readJson } from '../../lib/page.js';
import { makeNumberedRows } from '../numbered_rows.js';
import { missing, readFields } from '../question.js';
import { hasCosts, questionOf } from './question.js';

const form = byId('actions-form', HTMLFormElement);
const box = byId('map');
const texts = readJson('texts');
const made = makeMap(box);
const actions = makeNumberedRows(made, 'actions');
drawDots(made.map, box, { fillColor: colour('--accent'), fillOpacity: 0.7 });
const follower = makeFollower(byId('content'), texts, actions.show);

byId('region', HTMLSelectElement).addEventListener('change', (event) => {
  showRegion(made, /** @type {HTMLSelectElement} */ (event.currentTarget).value);
});
form.addEventListener('submit', (event) => {
  event.preventDefault();
  const body = questionOf(readFields(form), readJson('asked').controls);
  const lack = missing(body, texts) || (!body.moments.length && texts.no_moment) || (!hasCosts(body) && texts.no_cost) || null;
  complain(lack);
  if (!lack) follower.start(body);
});
follower.resume();
document.body.dataset.ready = 'true';
