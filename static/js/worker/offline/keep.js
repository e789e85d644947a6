// A worker's page that answers nothing without a network by itself has the finder and the stations kept
// on this device: whoever comes by the code on a door may never open the finder while there is one.

import { quiet } from '../../lib/page.js';
import { keepHere } from './keeping.js';

async function start() {
  await quiet();
  const ask = await keepHere((state) => {
    if (state === 'ready') document.body.dataset.offline = 'ready';
  });
  if (ask) ask();
}

start().catch(() => undefined); // where it is not allowed, the page is as it is without
