// Where stations must be and where none may be: placed and drawn on the map, listed beside it,
// every step taken back with one button.

/* global L */
import { complain, token } from '../../lib/follow.js';
import { at, colour } from '../../lib/map.js';

export function numbered(text, classes) {
  return L.divIcon({ className: `site-number ${classes}`, html: String(text), iconSize: [28, 28] });
}

function rounded(value) {
  return Number(value.toFixed(7));
}

/** `changed()` is called after every change, also while something is dragged. */
export function makePlaces(map, texts, changed) {
  const mustLayer = L.layerGroup().addTo(map);
  const areaLayer = L.layerGroup().addTo(map);
  const musts = new Map();
  let areas = [];
  let banned = [];
  let extra = new Map(); // what else is known of a place: its name, its cost
  let optional = [];
  let count = 0;
  const undone = [];
  const undoButton = document.getElementById('must-undo');

  function polygon(layer) {
    return layer.toGeoJSON(7).geometry;
  }

  function state() {
    return {
      musts: Array.from(musts, ([code, marker]) => [code, marker.getLatLng().lng, marker.getLatLng().lat]),
      areas: areas.map(polygon), banned: [...banned], optional: [...optional],
    };
  }

  function remember(before) {
    undone.push(before || state());
    undoButton.disabled = false;
  }

  function apply(wanted) {
    mustLayer.clearLayers();
    areaLayer.clearLayers();
    musts.clear();
    areas = [];
    banned = [...wanted.banned];
    optional = [...wanted.optional];
    wanted.musts.forEach(([code, lon, lat]) => putMust(code, lon, lat));
    wanted.areas.forEach(putArea);
    list();
  }

  undoButton.addEventListener('click', () => {
    const before = undone.pop();
    undoButton.disabled = !undone.length;
    apply(before);
  });

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
      remember();
      away();
      list();
    });
    item.append(text, button);
    return item;
  }

  function list() {
    document.getElementById('must').replaceChildren(...Array.from(musts, ([code, marker]) => {
      const { lng: lon, lat } = marker.getLatLng();
      return row(`${code} · ${lon.toFixed(5)}, ${lat.toFixed(5)}`, code, () => {
        mustLayer.removeLayer(marker);
        musts.delete(code);
      });
    }));
    document.getElementById('never').replaceChildren(
      ...banned.map((code) => row(code, code, () => { banned = banned.filter((one) => one !== code); })),
      ...areas.map((layer, number) => row(`${texts.area} ${number + 1}`, `${texts.area} ${number + 1}`, () => {
        areaLayer.removeLayer(layer);
        areas = areas.filter((one) => one !== layer);
      })),
    );
    changed();
  }

  function putMust(code, lon, lat) {
    const marker = L.marker(at(lon, lat), {
      draggable: true, icon: numbered(code, 'must-have'), title: `${texts.must} ${code}`, alt: `${texts.must} ${code}`, pmIgnore: true,
    }).addTo(mustLayer);
    marker.on('dragstart', () => remember());
    marker.on('drag', changed);
    marker.on('dragend', list);
    musts.set(code, marker);
    const number = /^M(\d+)$/.exec(code);
    if (number) count = Math.max(count, Number(number[1]));
  }

  function putArea(geometry) {
    const layer = L.geoJSON(geometry, { style: () => ({ color: colour('--bad'), weight: 2, dashArray: '6 4', fillOpacity: 0.12 }), pmIgnore: true, interactive: false });
    const shape = layer.getLayers()[0];
    shape.addTo(areaLayer);
    areas.push(shape);
  }

  function addMust(lon, lat) {
    remember();
    count += 1;
    putMust(`M${count}`, lon, lat);
    list();
  }

  function ban(code) {
    if (banned.includes(code)) return;
    remember();
    banned.push(code);
    list();
  }

  function addAreas(geometries) {
    remember();
    geometries.forEach(putArea);
    list();
  }

  /** The places as members of a question. */
  function members() {
    const body = {};
    const placed = Array.from(musts, ([code, marker]) => {
      const { lng, lat } = marker.getLatLng();
      return { ...extra.get(code), code, lon: rounded(lng), lat: rounded(lat) };
    });
    const drawn = [...placed, ...optional];
    if (drawn.length) body.drawn = drawn;
    if (musts.size || fixed.length) body.fixed = [...musts.keys(), ...fixed];
    if (banned.length) body.forbidden = banned;
    if (areas.length) body.forbidden_areas = areas.map(polygon);
    return body;
  }

  let fixed = []; // candidates of a set that must be opened: they are not moved about

  function fill(given) {
    const drawn = given.drawn || [];
    const must = new Set(given.fixed || []);
    extra = new Map(drawn.map(({ code, lon, lat, ...rest }) => [code, rest]));
    const codes = new Set(drawn.map((one) => one.code));
    fixed = [...must].filter((code) => !codes.has(code));
    apply({
      musts: drawn.filter((one) => must.has(one.code)).map((one) => [one.code, one.lon, one.lat]),
      optional: drawn.filter((one) => !must.has(one.code)),
      areas: given.forbidden_areas || [], banned: given.forbidden || [],
    });
  }

  return { addMust, ban, addAreas, members, fill, size: () => musts.size };
}

/** A button that lets one draw an area on the map, and one that reads areas from a GeoJSON file. */
export function makeDrawing(map, texts, places, address) {
  const button = document.getElementById('area-draw');
  const words = button.textContent;

  function ended() {
    button.textContent = words;
    button.setAttribute('aria-pressed', 'false');
  }

  map.pm.setLang(document.documentElement.lang.slice(0, 2));
  button.addEventListener('click', () => {
    if (map.pm.globalDrawModeEnabled()) {
      map.pm.disableDraw();
      return;
    }
    map.pm.enableDraw('Polygon', { allowSelfIntersection: false, snappable: false, templineStyle: { color: colour('--bad') }, hintlineStyle: { color: colour('--bad'), dashArray: '5 5' } });
    button.textContent = texts.draw_end;
    button.setAttribute('aria-pressed', 'true');
    map.getContainer().scrollIntoView({ block: 'nearest' });
  });
  map.on('pm:drawend', ended);
  map.on('pm:create', ({ layer }) => {
    map.removeLayer(layer);
    places.addAreas([layer.toGeoJSON(7).geometry]);
  });
  document.getElementById('area-file').addEventListener('change', async (event) => {
    const [file] = event.target.files;
    if (!file) return;
    try {
      // GeoJSON is in WGS-84; the service moves it into the datum of the map.
      const response = await fetch(address, { method: 'POST', headers: { Accept: 'application/json', 'Content-Type': 'application/geo+json', 'X-CSRFToken': token() }, body: await file.text() });
      const answer = await response.json();
      complain(response.ok ? null : (document.documentElement.lang.startsWith('zh') && answer.detail_zh) || answer.detail);
      if (response.ok) places.addAreas(answer.areas);
    } catch (error) {
      complain(texts.offline);
    }
    event.target.value = '';
  });
  return { drawing: () => map.pm.globalDrawModeEnabled() };
}
