// What lies under a Folium map: streets, read by ranges from the service or from the page itself, or a base map of the operator.
import { chooseBaseMap } from '../js/lib/base_maps.js';
import { ownStreets, streetsLayer } from '../js/lib/streets.js';

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

async function outlineOfChina(address) {
  const inPage = written('china-outline');
  if (inPage) return inPage.rings;
  try {
    return (await (await fetch(address)).json()).rings;
  } catch {
    return null; // no network
  }
}

const { map } = window.geoappMaps;
const box = map.getContainer();
const inside = tilesInside();
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
if (inside && !window.DecompressionStream) delete box.dataset.streets;
const streets = ownStreets(box, colour, Promise.resolve(), inside);
if (box.dataset.bases) {
  const told = JSON.parse(box.dataset.bases);
  chooseBaseMap(map, box, told, {
    streets,
    vectors: (one, failed) => streetsLayer(box, colour, { first: Promise.resolve(), source: one.tiles[0], deepest: one.deepest, failed }),
    outline: () => outlineOfChina(told.outline),
    changed: () => {},
  });
} else if (streets) streets.addTo(map);
