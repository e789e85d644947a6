// A comparison as those read it who start none: the actions on the map and in the list.

import { drawDots } from '../../lib/dots.js';
import { colour, makeMap } from '../../lib/map.js';
import { byId } from '../../lib/page.js';
import { makeLayers, ownDrawings } from '../layers.js';
import { makeNumberedRows } from '../numbered_rows.js';
import { unfold } from '../workspace.js';

const box = byId('map');
const made = makeMap(box);
drawDots(made.map, box, { fillColor: colour('--accent'), fillOpacity: 0.7 });
const actions = makeNumberedRows(made, 'actions', unfold);
makeLayers(made, byId('content'), ownDrawings(made, { sites: actions.layer }));
actions.show().then(() => {
  document.body.dataset.ready = 'true';
});
