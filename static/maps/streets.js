// Streets under a Folium map: read by ranges from the service, or from the page itself.
import { drawStreets } from '../js/lib/streets.js';

// The tiles that the page holds, as the drawing library asks for them; none where the page has none.
function tilesInside() {
  const written = document.getElementById('streets-inside');
  if (!written) return undefined;
  const tiles = JSON.parse(written.textContent);
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

const { map } = window.geoappMaps;
const box = map.getContainer();
const inside = tilesInside();
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
if (inside && !window.DecompressionStream) delete box.dataset.streets;
else drawStreets(map, box, colour, Promise.resolve(), inside);
