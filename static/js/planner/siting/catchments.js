// The catchments of places that are moved about: from each demand point a thin line to the place that it is nearest to,
// and a dot where it is newly reached. Drawn on one canvas, for it changes with every move.

import { printByDay } from '../../lib/by_day.js';
import { at, colour } from '../../lib/map.js';
import { byId } from '../../lib/page.js';

const DOT_PX = 2.5;
const INK = '--open'; // of the style sheets
const CIRCLE_POINTS = 72;
const AXIS_M = 6378137;
const SQUARED = 0.0066943799901413165;

/**
 * The points of a circle of so many metres on the spheroid, for drawing.
 * @param {number} lon
 * @param {number} lat
 * @param {number} metres
 * @returns {[number, number][]} lon, lat
 */
function circle(lon, lat, metres) {
  const degrees = 180 / Math.PI;
  const bent = 1 - SQUARED * Math.sin(lat / degrees) ** 2;
  const along = (metres / (AXIS_M / Math.sqrt(bent)) / Math.cos(lat / degrees)) * degrees;
  const up = (metres / ((AXIS_M * (1 - SQUARED)) / bent ** 1.5)) * degrees;
  return Array.from({ length: CIRCLE_POINTS }, (_one, step) => {
    const angle = (step / CIRCLE_POINTS) * 2 * Math.PI;
    return [lon + along * Math.cos(angle), lat + up * Math.sin(angle)];
  });
}

/**
 * @param {L.Map} map
 */
export function makeCatchments(map) {
  const pane = map.createPane('catchments');
  pane.style.zIndex = '430'; // above the dots of facilities, below every marker
  pane.style.pointerEvents = 'none';
  const canvas = document.createElement('canvas');
  canvas.className = 'catchments leaflet-zoom-hide';
  pane.append(canvas);
  /** @type {{ ground: import('./counting.js').Ground, count: import('./counting.js').Count, places: [number, number][], lineM: number | null } | null} */
  let shown = null;
  /** @type {Float64Array} two numbers for each row */
  let world = new Float64Array(0);
  /** @type {{ ground: import('./counting.js').Ground, crs: L.CRS | undefined } | null} */
  let projected = null;

  /**
   * Where a place lies on the map at zoom 0, in pixels: a base map may have moved all that is drawn.
   * @param {number} lon
   * @param {number} lat
   * @returns {[number, number]}
   */
  function onWorld(lon, lat) {
    const { x, y } = map.project(at(lon, lat), 0);
    return [x, y];
  }

  /** @param {import('./counting.js').Ground} ground */
  function project(ground) {
    const { crs } = map.options;
    if (projected && ground === projected.ground && crs === projected.crs) return;
    projected = { ground, crs };
    world = new Float64Array(2 * ground.head.rows);
    for (let row = 0; row < ground.head.rows; row += 1) world.set(onWorld(ground.lon[row], ground.lat[row]), 2 * row);
  }

  function redraw() {
    const paint = canvas.getContext('2d');
    if (!paint) return;
    const size = map.getSize();
    const ratio = window.devicePixelRatio || 1;
    if (canvas.width !== size.x * ratio || canvas.height !== size.y * ratio) {
      canvas.width = size.x * ratio;
      canvas.height = size.y * ratio;
      canvas.style.width = `${size.x}px`;
      canvas.style.height = `${size.y}px`;
    }
    L.DomUtil.setPosition(canvas, map.containerPointToLayerPoint([0, 0]));
    paint.setTransform(ratio, 0, 0, ratio, 0, 0);
    paint.clearRect(0, 0, size.x, size.y);
    if (!shown) return;
    const { ground, count, places, lineM } = shown;
    project(ground);
    const scale = 2 ** map.getZoom();
    const origin = map.getPixelBounds().min || L.point(0, 0);
    const ink = colour(INK);
    const spots = places.map(([lon, lat]) => {
      const [x, y] = onWorld(lon, lat);
      return [x * scale - origin.x, y * scale - origin.y];
    });
    paint.strokeStyle = ink;
    paint.fillStyle = ink;
    paint.lineWidth = 1;
    paint.globalAlpha = 0.35;
    paint.beginPath();
    /** @type {[number, number][]} */
    const dots = [];
    for (let row = 0; row < count.owner.length; row += 1) {
      if (count.owner[row] < 0) continue;
      const x = world[2 * row] * scale - origin.x;
      const y = world[2 * row + 1] * scale - origin.y;
      if (x < 0 || y < 0 || x > size.x || y > size.y) continue;
      const [toX, toY] = spots[count.owner[row]];
      paint.moveTo(x, y);
      paint.lineTo(toX, toY);
      if (count.fresh[row]) dots.push([x, y]);
    }
    paint.stroke();
    paint.globalAlpha = 0.9;
    paint.beginPath();
    dots.forEach(([x, y]) => {
      paint.moveTo(x + DOT_PX, y);
      paint.arc(x, y, DOT_PX, 0, 2 * Math.PI);
    });
    paint.fill();
    if (lineM === null) return;
    paint.setLineDash([6, 4]);
    paint.beginPath();
    places.forEach(([lon, lat]) => circle(lon, lat, lineM).forEach((one, step) => {
      const [x, y] = onWorld(...one);
      paint[step ? 'lineTo' : 'moveTo'](x * scale - origin.x, y * scale - origin.y);
      if (step === CIRCLE_POINTS - 1) paint.closePath();
    }));
    paint.stroke();
    paint.setLineDash([]);
  }

  map.on('moveend zoomend resize viewreset', redraw);
  printByDay(map.getContainer(), colour, [INK], () => [canvas]);
  window.addEventListener('afterprint', redraw); // the map may have been of another size on paper
  return {
    /**
     * @param {import('./trial.js').Counted} counted
     * @param {[number, number][]} places
     * @param {number | null} lineM the longest line within the standard, where walks follow lines
     */
    draw({ ground, count }, places, lineM) {
      shown = { ground, count, places, lineM };
      redraw();
      byId('catchments-key').hidden = false;
      byId('circles-key').hidden = lineM === null;
      canvas.dataset.drawn = String(count.owner.reduce((sum, one) => sum + (one < 0 ? 0 : 1), 0));
    },
    clear() {
      if (!shown) return;
      shown = null;
      byId('catchments-key').hidden = true;
      byId('circles-key').hidden = true;
      delete canvas.dataset.drawn;
      redraw();
    },
  };
}
