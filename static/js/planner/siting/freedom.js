// Where each site may move, the others staying: drawn on the map when asked for, lighter where it loses more.

import { byId } from '../../lib/page.js';
import { get } from '../../lib/request.js';

/** The losses that are drawn, the greatest first: it lies under the others. */
const SHADES = [
  { share: 0.1, fillOpacity: 0.18, dashArray: '2 4' },
  { share: 0.05, fillOpacity: 0.3, dashArray: '6 4' },
  { share: 0.02, fillOpacity: 0.55, dashArray: undefined },
];

/**
 * Follow the box of the present result, if it has one.
 * @param {L.Map} map
 * @param {{ offline: string, measuring: string }} texts
 */
export function makeFreedom(map, texts) {
  const layer = L.layerGroup().addTo(map);
  const keys = Array.from(document.querySelectorAll('.freedom-key')).filter((one) => one instanceof HTMLElement);

  /** @param {boolean} on */
  function showKeys(on) {
    keys.forEach((key) => { key.hidden = !on; });
  }

  /** @param {GeoJSON.FeatureCollection} answer */
  function draw(answer) {
    layer.clearLayers();
    SHADES.forEach(({ share, ...style }) => {
      const some = answer.features.filter(({ properties }) => properties && properties.share === share);
      L.geoJSON(/** @type {GeoJSON.FeatureCollection} */ ({ type: 'FeatureCollection', features: some }), {
        interactive: false, pmIgnore: true, style: () => ({ color: 'var(--free)', fillColor: 'var(--free)', weight: 1, ...style }),
      }).addTo(layer);
    });
  }

  /** @param {HTMLInputElement} box */
  async function changed(box) {
    const told = byId('freedom-told');
    told.textContent = '';
    if (!box.checked) {
      layer.clearLayers();
      showKeys(false);
      return;
    }
    told.textContent = texts.measuring;
    const { answer, error } = await get(box.dataset.address || '', texts);
    told.textContent = error === null ? '' : error;
    // Another result, or a second thought, may have come meanwhile.
    if (error !== null || !box.isConnected || !box.checked) return;
    draw(answer);
    showKeys(true);
    box.dataset.drawn = 'true';
  }

  /** Take up the box of a result that has just come. */
  return function follow() {
    layer.clearLayers();
    showKeys(false);
    const box = document.getElementById('freedom-shown');
    if (box instanceof HTMLInputElement) {
      box.checked = false;
      box.addEventListener('change', () => changed(box));
    }
  };
}
