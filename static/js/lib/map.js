// The map of a page: a calm ground of district outlines, or the operator's base map.
// Leaflet (a classic script, loaded before) is the only other party. Leaflet wants (lat, lon);
// the flip happens here and nowhere else.

/* global L */

export function at(lon, lat) {
  return L.latLng(lat, lon);
}

export function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

export function regionName(properties, language) {
  return (language === 'en' && properties.name_en) || properties.name_zh;
}

function landStyle() {
  return { color: colour('--map-line'), weight: 1.2, fillColor: colour('--map-land'), fillOpacity: 1 };
}

/**
 * Make the map of an element written by the macro `map_box`.
 * `fit(bounds)` may take over the first view by answering false; `note(properties)` adds a line
 * under a region's name.
 * Returns {map, regions}: regions resolves to a Leaflet layer of outlines, or null without any.
 */
export function makeMap(box, options) {
  const settings = Object.assign({ fit: () => true, interactive: false, note: () => '' }, options);
  const calm = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
  const map = L.map(box, {
    zoomControl: false, attributionControl: Boolean(box.dataset.base || box.dataset.attribution),
    zoomAnimation: !calm, fadeAnimation: !calm, markerZoomAnimation: !calm, zoomSnap: 0.25,
  });
  L.control.zoom({ position: 'topright', zoomInTitle: box.dataset.zoomIn, zoomOutTitle: box.dataset.zoomOut }).addTo(map);
  L.control.scale({ imperial: false, position: 'topleft' }).addTo(map);
  map.setView([36, 104], 4);
  map.createPane('names').style.zIndex = 450; // above outlines and rings, below every marker
  map.getPane('names').style.pointerEvents = 'none';
  if (map.attributionControl) {
    // Above: below, a phone's sheet or a legend would lie over it.
    map.attributionControl.setPosition('topleft').setPrefix(false).addAttribution(escapeHtml(box.dataset.attribution));
  }
  if (box.dataset.base) {
    L.tileLayer(box.dataset.base, { maxZoom: 19 }).addTo(map);
  }
  return { map, regions: drawRegions(map, box, settings) };
}

export function escapeHtml(text) {
  const holder = document.createElement('span');
  holder.textContent = text || '';
  return holder.innerHTML;
}

async function drawRegions(map, box, settings) {
  let collection;
  try {
    const response = await fetch(box.dataset.regions);
    if (!response.ok) return null;
    collection = await response.json();
  } catch (error) {
    return null;
  }
  const drawn = collection.features.filter((feature) => feature.geometry);
  if (!drawn.length) return null;
  const language = box.dataset.language;
  const layer = L.geoJSON({ type: 'FeatureCollection', features: drawn }, {
    interactive: settings.interactive,
    style: () => (box.dataset.base ? { color: colour('--map-line'), weight: 1, fill: false } : landStyle()),
  }).addTo(map);
  layer.bringToBack();
  if (settings.fit(layer.getBounds())) map.fitBounds(layer.getBounds(), { padding: [16, 16], animate: false });
  nameRegions(map, layer, 
    // A name on the map does without what stands in brackets after it.
    (properties) => [regionName(properties, language).replace(/\s*[(（].*$/, ''), settings.note(properties)]);
  const scheme = window.matchMedia('(prefers-color-scheme: dark)');
  if (scheme.addListener) scheme.addListener(() => { if (!box.dataset.base && !settings.interactive) layer.setStyle(landStyle()); });
  box.dataset.ready = 'true';
  return layer;
}

/** All facilities as faint dots under everything else: where there is something at all. */
export async function drawDots(map, box) {
  const pane = map.createPane('dots');
  pane.style.zIndex = 420;
  pane.style.pointerEvents = 'none'; // what lies under the dots can be clicked
  let dots = [];
  try {
    const response = await fetch(box.dataset.dots);
    if (response.ok) dots = await response.json();
  } catch (error) {
    dots = []; // an ornament: lists and figures say what matters
  }
  const renderer = L.canvas({ pane: 'dots' });
  const layer = L.featureGroup(dots.map(([lon, lat]) => L.circleMarker(at(lon, lat), {
    renderer, pane: 'dots', interactive: false, stroke: false, fillColor: colour('--dot'), fillOpacity: 0.5,
  }))).addTo(map);
  const fit = () => layer.setStyle({ radius: map.getZoom() < 10.5 ? 1.25 : map.getZoom() < 13 ? 2 : 4 });
  map.on('zoomend', fit);
  fit();
  box.dataset.drawn = String(dots.length);
  return layer;
}

// The middle of the widest stretch of land on the line through the middle of the largest part: a
// place inside the region, where the middle of its bounds may lie in the sea.
function namePlace(geometry) {
  const parts = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates;
  let best = null;
  let bestArea = -1;
  parts.forEach((part) => {
    const area = Math.abs(ringArea(part[0]));
    if (area > bestArea) { best = part; bestArea = area; }
  });
  const lats = best[0].map((pair) => pair[1]);
  const lat = (Math.min(...lats) + Math.max(...lats)) / 2;
  const cuts = [];
  best.forEach((ring) => ring.slice(1).forEach((end, index) => {
    const begin = ring[index];
    if ((begin[1] > lat) === (end[1] > lat)) return;
    cuts.push(begin[0] + ((lat - begin[1]) / (end[1] - begin[1])) * (end[0] - begin[0]));
  }));
  cuts.sort((a, b) => a - b);
  let place = [best[0][0][0], lat];
  let widest = -1;
  for (let index = 0; index + 1 < cuts.length; index += 2) {
    if (cuts[index + 1] - cuts[index] > widest) {
      widest = cuts[index + 1] - cuts[index];
      place = [(cuts[index] + cuts[index + 1]) / 2, lat];
    }
  }
  return place;
}

function ringArea(ring) {
  return ring.slice(1).reduce((sum, end, index) => sum + ring[index][0] * end[1] - end[0] * ring[index][1], 0) / 2;
}

// Names that are wider than their region, or lie over a greater region's name, only make noise.
function nameRegions(map, layer, words) {
  const names = [];
  layer.eachLayer((shape) => {
    const [lon, lat] = namePlace(shape.feature.geometry);
    const lines = document.createElement('span');
    words(shape.feature.properties).filter(Boolean).forEach((line) => {
      const part = document.createElement('span');
      part.textContent = line;
      lines.appendChild(part);
    });
    const tooltip = L.tooltip({ permanent: true, direction: 'center', className: 'region-name', pane: 'names' })
      .setLatLng(at(lon, lat)).setContent(lines);
    map.addLayer(tooltip);
    names.push({ element: tooltip.getElement(), bounds: shape.getBounds() });
  });
  const check = () => {
    const taken = [];
    names.forEach((name) => {
      name.width = map.latLngToLayerPoint(name.bounds.getNorthEast()).x - map.latLngToLayerPoint(name.bounds.getSouthWest()).x;
    });
    names.sort((a, b) => b.width - a.width).forEach(({ element, width }) => {
      const place = element.getBoundingClientRect();
      const crowded = taken.some((other) => place.left < other.right && other.left < place.right
        && place.top < other.bottom && other.top < place.bottom);
      const shown = !crowded && width >= element.offsetWidth * 0.9;
      element.style.visibility = shown ? '' : 'hidden';
      if (shown) taken.push(place);
    });
  };
  map.on('zoomend viewreset resize', check);
  check();
}

/** Show the whole region of a code; without one, all regions. */
export async function showRegion(made, code) {
  const layer = await made.regions;
  if (!layer) return;
  let bounds = layer.getBounds();
  layer.eachLayer((shape) => {
    if (shape.feature.properties.code === code) bounds = shape.getBounds();
  });
  made.map.fitBounds(bounds, { padding: [16, 16] });
}
