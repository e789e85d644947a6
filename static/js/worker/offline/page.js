// The page that stands for others without a network: from a station's it leads to the station as it is kept.

import { byId } from '../../lib/page.js';

const link = byId('kept-station', HTMLAnchorElement);
const stations = (link.dataset.stations || '').replace(/-$/, '');
const { pathname } = window.location;

if (pathname.startsWith(stations)) {
  link.search = new URLSearchParams({ station: decodeURIComponent(pathname.slice(stations.length)) }).toString();
  link.hidden = false;
}
