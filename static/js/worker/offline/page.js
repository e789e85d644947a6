// The page that stands for others without a network: from a station's it leads to the station as it is
// kept, and says so where it is not.

import { byId, filled } from '../../lib/page.js';
import { nameOf } from './cards.js';
import { read } from './reading.js';

const words = byId('kept-words');
const link = byId('kept-station', HTMLAnchorElement);
const stations = (link.dataset.stations || '').replace(/-$/, '');
const { pathname } = window.location;

/** The code of the station whose page was asked for; empty where it was another page. */
function codeAsked() {
  if (!pathname.startsWith(stations)) return '';
  try {
    return decodeURIComponent(pathname.slice(stations.length).split('/')[0]);
  } catch {
    return ''; // no address of ours
  }
}

async function offer() {
  const found = await read();
  const code = codeAsked();
  if (!found) words.textContent = words.dataset.none || '';
  else if (code) {
    const station = found.kept.stations.filter((one) => one.code === code)[0];
    if (station) {
      link.search = new URLSearchParams({ station: code }).toString();
      link.textContent = filled(link.dataset.words || '', { name: nameOf(station) });
      link.hidden = false;
    } else words.textContent = filled(words.dataset.unknown || '', { code });
  }
  document.body.dataset.ready = 'true';
}

offer();
