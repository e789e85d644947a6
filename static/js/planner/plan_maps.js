// Plans on maps: the sites of each table on the map that it names; maps of one page move together.

import { drawDots } from '../lib/dots.js';
import { at, colour, makeMap, numbered, roomAround } from '../lib/map.js';
import { makeLayers, ownDrawings } from './layers.js';

const boxes = Array.from(document.querySelectorAll('.plan-map .map')).filter((box) => box instanceof HTMLElement);
const shown = boxes.map((box) => {
  const made = makeMap(box);
  const { map, regions } = made;
  const sites = L.layerGroup().addTo(map);
  drawDots(map, box, { fillColor: colour('--accent'), fillOpacity: 0.7 });
  const table = document.querySelector(`.plan-sites[data-map="${box.id}"]`);
  const places = Array.from(table instanceof HTMLTableElement ? table.tBodies[0].rows : [], (row) => {
    const { lon, lat, both } = row.dataset;
    const order = row.cells[0].textContent || '';
    const name = `${order} · ${row.cells[1].textContent}`;
    const place = at(Number(lon), Number(lat));
    L.marker(place, { icon: numbered(order, both === undefined ? '' : 'both-have'), title: name, alt: name, keyboard: false }).addTo(sites);
    return place;
  });
  const main = box.closest('.plan');
  if (main instanceof HTMLElement) makeLayers(made, main, ownDrawings(made, { sites }));
  return { map, regions, places };
});

// A map of another size is drawn at once: by itself it waits, blank where it has grown, while the map
// beside it is redrawn by moving together.
shown.forEach(({ map }) => map.on('resize', () => map.fire('moveend')));

let moving = false;
shown.forEach(({ map }) => map.on('move', () => {
  if (moving) return;
  moving = true;
  shown.forEach((other) => {
    if (other.map !== map) other.map.setView(map.getCenter(), map.getZoom(), { animate: false });
  });
  moving = false;
}));

Promise.all(shown.map((one) => one.regions)).then(() => {
  const places = shown.flatMap((one) => one.places);
  if (places.length) shown[0].map.fitBounds(L.latLngBounds(places), { ...roomAround(shown[0].map, 32), maxZoom: 15, animate: false });
  document.body.dataset.ready = 'true';
});
