// The planner: starts a run, follows it without reloading, shows the gaps on the map and in a table.

import { formatCounted } from '../lib/figures.js';
import { makeFollower } from '../lib/follow.js';
import { drawDots } from '../lib/dots.js';
import { colour, makeMap, roomAround } from '../lib/map.js';
import { byId, closest, complain, nameOf, readJson } from '../lib/page.js';
import { get } from '../lib/request.js';
import { chooseRow, makeSortable, showAll } from '../lib/table.js';
import { makeAsking } from './asking.js';
import { makeLayers, ownDrawings } from './layers.js';
import { commonFields, commonQuestion, missing, momentFields, momentQuestion, putFields, readFields } from './question.js';
import { makeWalks } from './walks.js';
import { makeSteps } from './workspace.js';

/**
 * A gap zone, as the API tells it.
 * @typedef {{ rank: number, name_zh: string, name_en?: string | null, workers: number }} Gap
 */

const main = byId('content');
const form = byId('plan-form', HTMLFormElement);
const box = byId('map');
const texts = readJson('texts');

const made = makeMap(box);
const gapLayer = L.layerGroup().addTo(made.map);
drawDots(made.map, box, { fillColor: colour('--accent'), fillOpacity: 0.7 });
const walks = makeWalks(made.map, box, byId('walk-told'));
/** @type {Map<string, L.Polygon>} */
let zones = new Map();
const layers = makeLayers(made, main, ownDrawings(made, { zones: gapLayer }));
const steps = makeSteps(main);
const follower = makeFollower(main, texts, (id) => {
  steps.show('answer');
  asking.answered('run', id, true);
}, prepareResult);

function question() {
  const fields = readFields(form);
  return { ...commonQuestion(fields), ...momentQuestion(fields) };
}

function fit() {
  byId('moment').hidden = readFields(form).when !== 'at';
}

function start() {
  const body = question();
  const lack = missing(body, texts);
  complain(lack);
  if (!lack) follower.start(body);
}

/** @param {string} id */
async function prepareResult(id) {
  gapLayer.clearLayers();
  zones = new Map();
  steps.foldAgain();
  layers.renew();
  const table = document.getElementById('gaps');
  if (!(table instanceof HTMLTableElement)) return;
  makeSortable(table);
  table.tBodies[0].addEventListener('click', (event) => {
    const row = closest(event, 'tr');
    if (row && !closest(event, '[data-around]')) choose(row.dataset.rank || '', 'table');
  });
  const all = document.getElementById('all');
  if (all) all.addEventListener('click', () => showAll('gaps'));
  await drawGaps(id);
}

/** @param {string} id */
async function drawGaps(id) {
  const { answer } = await get(`${main.dataset.runs}/${id}/gaps`);
  if (!answer) return;
  const layer = L.geoJSON(answer, {
    style: () => ({ color: 'var(--gap)', weight: 1.5, fillColor: 'var(--gap)', fillOpacity: 0.35 }),
    onEachFeature(feature, shape) {
      const rank = String(feature.properties.rank);
      zones.set(rank, /** @type {L.Polygon} */ (shape));
      shape.on('click', () => choose(rank, 'map'));
      shape.bindTooltip(label(feature.properties), { sticky: true });
    },
  }).addTo(gapLayer);
  await made.regions;
  if (layer.getLayers().length) made.map.fitBounds(layer.getBounds(), { ...roomAround(made.map, 24), maxZoom: 15 });
}

/** @param {Gap} zone */
function label(zone) {
  const node = document.createElement('span');
  node.textContent = `${zone.rank} · ${nameOf(zone)} · ${formatCounted(zone.workers, texts.worker, texts.workers)}`;
  return node;
}

/**
 * @param {string} rank
 * @param {'map' | 'table'} from
 */
function choose(rank, from) {
  zones.forEach((shape, key) => shape.setStyle({ weight: key === rank ? 4 : 1.5, fillOpacity: key === rank ? 0.6 : 0.35 }));
  if (from === 'map') steps.reveal(byId('gaps'));
  chooseRow('gaps', (row) => row.dataset.rank === rank, from);
  const shape = zones.get(rank);
  if (shape && from === 'table') {
    made.map.fitBounds(shape.getBounds(), { maxZoom: 15, ...roomAround(made.map, 60) });
    shape.openTooltip(shape.getBounds().getCenter());
  }
}

form.addEventListener('submit', (event) => { event.preventDefault(); start(); });
form.addEventListener('change', fit);
byId('result').addEventListener('click', (event) => {
  const facility = closest(event, '[data-around]');
  if (facility && facility.dataset.around) walks.around(facility.dataset.around);
});
made.map.on('click', (event) => walks.from(event.latlng.lng, event.latlng.lat));

const asking = makeAsking(form, readJson('asked').kinds, readJson('given').given, question, (wanted) => {
  putFields(form, { ...commonFields(wanted), ...momentFields(wanted) }, /** @type {string[] | undefined} */ (wanted.families));
  fit();
});
follower.resume();
document.body.dataset.ready = 'true';
