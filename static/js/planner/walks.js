// The nearest facility of a spot, the walk to it, and what lies within a walk of it: drawn on a map
// and told in words.

import { formatCount } from '../lib/figures.js';
import { at, roomAround } from '../lib/map.js';
import { filled, nameOf } from '../lib/page.js';
import { get } from '../lib/request.js';

const MINUTES = [10, 5];

/**
 * A facility's name, which some answers have once and others in two languages.
 * @param {{ name?: string, name_zh: string, name_en?: string | null }} properties
 */
function named(properties) {
  return nameOf({ name_zh: properties.name || properties.name_zh, name_en: properties.name_en });
}

/**
 * `tell` is the element that says what is drawn; its data attributes carry the words:
 * `{name}`, `{walk}`, `{minutes}`, `{basis}` stand for values.
 * @param {L.Map} map
 * @param {HTMLElement} box
 * @param {HTMLElement} tell
 */
export function makeWalks(map, box, tell) {
  const drawn = L.layerGroup().addTo(map);
  const words = JSON.parse(tell.dataset.words || '');
  const line = tell.querySelector('[role="status"]');
  let asked = 0;

  function clear() {
    asked += 1;
    drawn.clearLayers();
    tell.hidden = true;
  }

  /** @param {string} text */
  function say(text) {
    tell.hidden = false;
    if (line) line.textContent = text;
  }

  // Behind a proxy the service may lie under a path.
  const root = box.dataset.root ?? '';

  /** @param {string} address */
  async function ask(address) {
    const { answer, error } = await get(address);
    if (error !== null) throw new Error(error);
    return answer;
  }

  /** @param {string} code */
  async function areas(code) {
    const path = `${root}/api/v1/facilities/${encodeURIComponent(code)}/isochrone`;
    return Promise.all(MINUTES.map((minutes) => ask(`${path}?minutes=${minutes}`)));
  }

  /** @param {GeoJSON.Feature[]} found */
  function drawAreas(found) {
    found.forEach((feature) => L.geoJSON(feature, {
      interactive: false,
      style: { color: 'var(--accent)', weight: 1, fillColor: 'var(--accent)', fillOpacity: 0.12 },
    }).addTo(drawn));
  }

  /** @param {(wanted: () => boolean) => Promise<void>} work */
  async function follow(work) {
    clear();
    const mine = asked;
    say(words.looking);
    try {
      await work(() => mine === asked);
    } catch {
      if (mine === asked) say(words.failed);
    }
  }

  /**
   * Show what lies within a walk of a facility.
   * @param {string} code
   */
  function around(code) {
    return follow(async (wanted) => {
      const found = await areas(code);
      if (!wanted()) return;
      drawAreas(found);
      const { properties } = found[0];
      say(filled(words.around, { name: named(properties), basis: words[properties.basis] }));
      map.fitBounds(L.geoJSON(found[0]).getBounds(), roomAround(map, 24));
    });
  }

  /**
   * Show the facility that is nearest on foot to a spot, the walk to it and its surroundings.
   * @param {number} lon
   * @param {number} lat
   */
  function from(lon, lat) {
    return follow(async (wanted) => {
      const spot = `lon=${lon.toFixed(6)}&lat=${lat.toFixed(6)}`;
      const near = await ask(`${root}/api/v1/nearest?${spot}&k=1`);
      if (!wanted()) return;
      if (!near.features.length) {
        say(words.none);
        return;
      }
      const { code } = near.features[0].properties;
      const start = `from=${lon.toFixed(6)},${lat.toFixed(6)}`;
      const [way, found] = await Promise.all([
        ask(`${root}/api/v1/route?${start}&to=${encodeURIComponent(code)}`), areas(code),
      ]);
      if (!wanted()) return;
      drawAreas(found);
      L.circleMarker(at(lon, lat), { radius: 6, color: 'var(--accent)', weight: 2, fillColor: '#fff', fillOpacity: 1, interactive: false }).addTo(drawn);
      if (way.geometry) {
        const dashed = way.properties.basis === 'network' ? undefined : '4 8';
        L.geoJSON(way, { interactive: false, style: { color: 'var(--accent)', weight: 5, dashArray: dashed, fill: false } }).addTo(drawn);
      }
      const { walk_m: walkM, walk_seconds: seconds, basis } = way.properties;
      say(filled(walkM === null ? words.no_way : words.from, {
        name: named(way.properties),
        walk: formatCount(walkM),
        minutes: formatCount(Math.ceil(seconds / 60)),
        basis: words[basis],
      }));
    });
  }

  const button = tell.querySelector('button');
  if (button) button.addEventListener('click', clear);
  return { around, from, clear };
}
