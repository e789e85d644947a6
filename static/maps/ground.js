// What lies under a Folium map: districts, and above them streets, read by ranges from the service or from the page itself,
// or a base map of the operator.
import { chooseBaseMap } from '../js/lib/base_maps.js';
import { seaAddress, seaLayer } from '../js/lib/sea.js';
import { tellStanding, watchControls } from '../js/lib/standing.js';
import { ownStreets, streetsLayer } from '../js/lib/streets.js';

// Of the outlines' pane; Leaflet's tiles have 200, what is drawn above them 400.
const BELOW_STREETS = '150';
const ABOVE_TILES = '350';

// What the page holds itself; null where it does not.
function written(name) {
  const element = document.getElementById(name);
  return element && JSON.parse(element.textContent);
}

// The tiles that the page holds, as the drawing library asks for them; none where the page has none.
function tilesInside() {
  const tiles = written('streets-inside');
  if (!tiles) return undefined;
  return {
    async getZxy(zoom, column, row) {
      const tile = tiles[`${zoom}/${column}/${row}`];
      if (!tile) return undefined;
      const packed = new Blob([Uint8Array.from(atob(tile), (sign) => sign.charCodeAt(0))]);
      const plain = packed.stream().pipeThrough(new DecompressionStream('gzip'));
      return { data: await new Response(plain).arrayBuffer() };
    },
  };
}

async function fetched(address) {
  try {
    const answer = await fetch(address);
    return answer.ok ? await answer.json() : null;
  } catch {
    return null; // no network
  }
}

async function outlineOfChina(address) {
  const found = written('china-outline') || await fetched(address);
  return found && found.rings;
}

const { map } = window.geoappMaps;
const box = map.getContainer();
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

// Without a base map of the operator districts are land; above one they are lines. Colours by their names follow when the
// screen turns dark and when it is printed; a canvas, which the map's other lines are drawn on, knows none.
const renderer = L.svg({ pane: 'geoapp-land' });
function landStyle() {
  const line = { renderer, color: 'var(--map-line)', weight: 1 };
  return box.dataset.base ? { ...line, fill: false } : { ...line, fill: true, fillColor: 'var(--map-land)', fillOpacity: 1 };
}

async function drawSea(bounds) {
  const sea = written('sea-inside') || await fetched(seaAddress(box.dataset.sea, bounds));
  if (sea) seaLayer(sea, 'geoapp-land', renderer).addTo(map).bringToBack();
}

// Returns what draws them anew when the ground has changed.
async function drawLand() {
  const found = written('outlines-inside') || await fetched(box.dataset.outlines);
  const features = found ? found.features.filter((one) => one.geometry) : [];
  if (!features.length) return () => {};
  const pane = map.createPane('geoapp-land');
  pane.style.pointerEvents = 'none';
  const layer = L.geoJSON({ type: 'FeatureCollection', features }, { interactive: false, pane: 'geoapp-land', style: landStyle });
  const again = () => {
    pane.style.zIndex = box.dataset.base ? ABOVE_TILES : BELOW_STREETS;
    layer.setStyle(landStyle());
  };
  again();
  layer.addTo(map);
  // Where the layers have nothing to show, the districts are.
  if (!window.geoappMaps.isPlaced) map.fitBounds(layer.getBounds(), { animate: false });
  window.geoappNames.setLand(map, features);
  if (!box.dataset.streets && !box.dataset.bases) await drawSea(layer.getBounds());
  return again;
}

window.geoappNames.follow(({ names, markers }) => {
  tellStanding(map, 'names', names);
  tellStanding(map, 'markers', markers);
});
watchControls(map, Array.from(document.querySelectorAll('.heading, .legend')));

const land = box.dataset.outlines ? drawLand() : Promise.resolve(() => {});
const inside = tilesInside();
if (inside && !window.DecompressionStream) delete box.dataset.streets;
const streets = ownStreets(box, colour, land, { inside, isOver: window.geoappMaps.isCovered });
if (box.dataset.bases) {
  const told = JSON.parse(box.dataset.bases);
  chooseBaseMap(map, box, told, {
    streets,
    vectors: (one, failed) => streetsLayer(box, colour, { first: land, source: one.tiles[0], deepest: one.deepest, failed }),
    outline: () => outlineOfChina(told.outline),
    changed: async () => (await land)(),
  });
} else if (streets) streets.addTo(map);
