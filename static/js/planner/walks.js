// The nearest facility of a spot, the walk to it, and what lies within a walk of it: drawn on a map
// and told in words.

/* global L */
import { at, colour } from '../lib/map.js';

const MINUTES = [10, 5];

/**
 * `tell` is the element that says what is drawn; its data attributes carry the words:
 * `{name}`, `{walk}`, `{minutes}`, `{basis}` stand for values.
 */
export function makeWalks(map, box, tell, language) {
  const drawn = L.layerGroup().addTo(map);
  const words = JSON.parse(tell.dataset.words);
  const line = tell.querySelector('[role="status"]');
  let asked = 0;

  function clear() {
    asked += 1;
    drawn.clearLayers();
    tell.hidden = true;
  }

  function say(text) {
    tell.hidden = false;
    line.textContent = text;
  }

  async function ask(address) {
    const response = await fetch(address);
    if (!response.ok) throw new Error(String(response.status));
    return response.json();
  }

  function nameOf(properties) {
    return (language === 'en' && properties.name_en) || properties.name || properties.name_zh;
  }

  async function areas(code) {
    const path = `/api/v1/facilities/${encodeURIComponent(code)}/isochrone`;
    return Promise.all(MINUTES.map((minutes) => ask(`${path}?minutes=${minutes}&datum=${box.dataset.datum}`)));
  }

  function drawAreas(found) {
    found.forEach((feature) => L.geoJSON(feature, {
      interactive: false,
      style: { color: colour('--accent'), weight: 1, fillColor: colour('--accent'), fillOpacity: 0.12 },
    }).addTo(drawn));
  }

  async function follow(work) {
    clear();
    const mine = asked;
    say(words.looking);
    try {
      await work(() => mine === asked);
    } catch (error) {
      if (mine === asked) say(words.failed);
    }
  }

  /** Show what lies within a walk of a facility. */
  function around(code) {
    return follow(async (wanted) => {
      const found = await areas(code);
      if (!wanted()) return;
      drawAreas(found);
      const { properties } = found[0];
      say(words.around.replace('{name}', nameOf(properties)).replace('{basis}', words[properties.basis]));
      map.fitBounds(L.geoJSON(found[0]).getBounds(), { padding: [24, 24] });
    });
  }

  /** Show the facility that is nearest on foot to a spot, the walk to it and its surroundings. */
  function from(lon, lat) {
    return follow(async (wanted) => {
      const spot = `lon=${lon.toFixed(6)}&lat=${lat.toFixed(6)}`;
      const near = await ask(`/api/v1/nearest?${spot}&k=1&datum=${box.dataset.datum}`);
      if (!wanted()) return;
      if (!near.features.length) {
        say(words.none);
        return;
      }
      const { code } = near.features[0].properties;
      const start = `from=${lon.toFixed(6)},${lat.toFixed(6)}`;
      const [way, found] = await Promise.all([
        ask(`/api/v1/route?${start}&to=${encodeURIComponent(code)}&datum=${box.dataset.datum}`), areas(code),
      ]);
      if (!wanted()) return;
      drawAreas(found);
      L.circleMarker(at(lon, lat), { radius: 6, color: colour('--accent'), weight: 2, fillColor: '#fff', fillOpacity: 1, interactive: false }).addTo(drawn);
      if (way.geometry) {
        const dashed = way.properties.basis === 'network' ? null : '4 8';
        L.geoJSON(way, { interactive: false, style: { color: colour('--accent'), weight: 5, dashArray: dashed, fill: false } }).addTo(drawn);
      }
      const { walk_m: walkM, walk_seconds: seconds, basis } = way.properties;
      say((walkM === null ? words.no_way : words.from)
        .replace('{name}', nameOf(way.properties))
        .replace('{walk}', Math.round(walkM).toLocaleString())
        .replace('{minutes}', Math.ceil(seconds / 60).toLocaleString())
        .replace('{basis}', words[basis]));
    });
  }

  tell.querySelector('button').addEventListener('click', clear);
  return { around, from, clear };
}
