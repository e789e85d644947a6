// Where stations must be and where none may be: placed and drawn on the map, listed beside it.

import { at, numbered } from '../../lib/map.js';
import { byId } from '../../lib/page.js';
import { liesIn, membersOf, numberIn, placedOf } from './placed.js';

/**
 * @typedef {object} PlaceTexts
 * @property {string} must
 * @property {string} area
 * @property {string} remove
 * @property {string} barred
 */

/**
 * `changed(settled)` is called after every change; not settled while something is dragged.
 * @param {L.Map} map
 * @param {PlaceTexts} texts
 * @param {(settled: boolean) => void} changed
 */
export function makePlaces(map, texts, changed) {
  const mustLayer = L.layerGroup().addTo(map);
  const areaLayer = L.layerGroup().addTo(map);
  /** @type {Map<string, { site: import('./placed.js').Drawn, marker: L.Marker }>} */
  const musts = new Map();
  /** @type {L.Polygon[]} */
  let areas = [];
  /** @type {string[]} */
  let banned = [];
  /** @type {import('./placed.js').Drawn[]} */
  let optional = [];
  /** @type {string[]} */
  let fixed = [];
  let count = 0;

  /** @returns {import('./placed.js').Placed} */
  function state() {
    return {
      musts: Array.from(musts.values(), ({ site, marker }) => {
        const { lng: lon, lat } = marker.getLatLng();
        return { ...site, lon, lat };
      }),
      areas: areas.map((layer) => layer.toGeoJSON(7).geometry),
      banned: [...banned], optional: [...optional], fixed: [...fixed],
    };
  }

  /** @param {import('./placed.js').Placed} wanted */
  function apply(wanted) {
    mustLayer.clearLayers();
    areaLayer.clearLayers();
    musts.clear();
    areas = [];
    banned = [...wanted.banned];
    optional = [...wanted.optional];
    fixed = [...wanted.fixed];
    wanted.musts.forEach(putMust);
    wanted.areas.forEach(putArea);
    list();
  }

  /**
   * @param {string} words
   * @param {string} label
   * @param {() => void} away takes it away
   */
  function row(words, label, away) {
    const item = document.createElement('li');
    const text = document.createElement('span');
    text.textContent = words;
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'button';
    button.textContent = texts.remove;
    button.setAttribute('aria-label', `${texts.remove} ${label}`);
    button.addEventListener('click', () => {
      away();
      list();
    });
    item.append(text, button);
    return item;
  }

  function list() {
    byId('must').replaceChildren(...Array.from(musts, ([code, { marker }]) => {
      const { lng: lon, lat } = marker.getLatLng();
      const shut = areas.some((layer) => liesIn(lon, lat, layer.toGeoJSON(7).geometry)) ? ` · ${texts.barred}` : '';
      return row(`${code} · ${lon.toFixed(5)}, ${lat.toFixed(5)}${shut}`, code, () => {
        mustLayer.removeLayer(marker);
        musts.delete(code);
      });
    }));
    byId('never').replaceChildren(
      ...banned.map((code) => row(code, code, () => { banned = banned.filter((one) => one !== code); })),
      ...areas.map((layer, number) => row(`${texts.area} ${number + 1}`, `${texts.area} ${number + 1}`, () => {
        areaLayer.removeLayer(layer);
        areas = areas.filter((one) => one !== layer);
      })),
    );
    changed(true);
  }

  /** @param {import('./placed.js').Drawn} site */
  function putMust(site) {
    const name = `${texts.must} ${site.code}`;
    const marker = L.marker(at(site.lon, site.lat), {
      draggable: true, icon: numbered(site.code, 'must-have'), title: name, alt: name, pmIgnore: true,
    }).addTo(mustLayer);
    marker.on('drag', () => changed(false));
    marker.on('dragend', list);
    musts.set(site.code, { site, marker });
    count = Math.max(count, numberIn(site.code));
  }

  /** @param {GeoJSON.Geometry} geometry */
  function putArea(geometry) {
    const layer = L.geoJSON(geometry, { style: () => ({ color: 'var(--bad)', weight: 2, dashArray: '6 4', fillOpacity: 0.12 }), pmIgnore: true, interactive: false });
    const shape = /** @type {L.Polygon} */ (layer.getLayers()[0]);
    shape.addTo(areaLayer);
    areas.push(shape);
  }

  /**
   * @param {number} lon
   * @param {number} lat
   */
  function addMust(lon, lat) {
    putMust({ code: `M${count + 1}`, lon, lat });
    list();
  }

  /** @param {string} code */
  function ban(code) {
    if (banned.includes(code)) return;
    banned.push(code);
    list();
  }

  /** @param {GeoJSON.Geometry[]} geometries */
  function addAreas(geometries) {
    geometries.forEach(putArea);
    list();
  }

  return {
    addMust,
    ban,
    addAreas,
    /** The places as members of a question. */
    members: () => membersOf(state()),
    /** @param {import('./placed.js').PlacedMembers} given */
    fill: (given) => apply(placedOf(given)),
    size: () => musts.size,
    areaLayer,
  };
}
