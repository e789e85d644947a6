// Areas where no station may stand: drawn on the map, or read from a GeoJSON file.

import { byId, complain, language } from '../../lib/page.js';
import { post } from '../../lib/request.js';

/**
 * A button that lets one draw an area on the map, and one that reads areas from a file.
 * @param {L.Map} map
 * @param {{ draw_end: string, offline: string }} texts
 * @param {(areas: GeoJSON.Geometry[]) => void} add
 * @param {string} address where the service reads a file
 */
export function makeDrawing(map, texts, add, address) {
  const button = byId('area-draw');
  const file = byId('area-file', HTMLInputElement);
  const words = button.textContent;

  map.pm.setLang(language());
  button.addEventListener('click', () => {
    if (map.pm.globalDrawModeEnabled()) {
      map.pm.disableDraw();
      return;
    }
    map.pm.enableDraw('Polygon', { allowSelfIntersection: false, snappable: false, templineStyle: { color: 'var(--bad)' }, hintlineStyle: { color: 'var(--bad)', dashArray: '5 5' } });
    button.textContent = texts.draw_end;
    button.setAttribute('aria-pressed', 'true');
    map.getContainer().scrollIntoView({ block: 'nearest' });
  });
  map.on('pm:drawend', () => {
    button.textContent = words;
    button.setAttribute('aria-pressed', 'false');
  });
  map.on('pm:create', ({ layer }) => {
    map.removeLayer(layer);
    add([/** @type {L.Polygon} */ (layer).toGeoJSON(7).geometry]);
  });
  file.addEventListener('change', async () => {
    const chosen = file.files && file.files[0];
    if (!chosen) return;
    const { answer, error } = await post(address, await chosen.text(), texts, 'application/geo+json');
    complain(error);
    if (error === null) add(answer.areas);
    file.value = '';
  });
  return { isDrawing: () => map.pm.globalDrawModeEnabled() };
}
