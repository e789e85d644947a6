// GCJ-02 and BD-09 on the map: the same rules as the service's (geoapp/core/geo.py), which is where they are explained.

/** @typedef {[number, number]} Pair lon, lat in degrees */
/** @typedef {{ from: (lon: number, lat: number) => Pair, to: (lon: number, lat: number) => Pair }} Rule from WGS-84, and to it */

const AXIS_M = 6378245;
const SQUARED = 0.006693421622965943;
const BD = (Math.PI * 3000) / 180;
const TOLERANCE_DEG = 1e-11;
const MOST_STEPS = 40;
const BANDS_PER_DEGREE = 10;

/** @param {number} degrees */
function sine(degrees) {
  return Math.sin(degrees * Math.PI);
}

/**
 * @param {number} lon
 * @param {number} lat
 * @returns {Pair}
 */
function gcj02(lon, lat) {
  const x = lon - 105;
  const y = lat - 35;
  const root = Math.sqrt(Math.abs(x));
  const waves = ((20 * sine(6 * x) + 20 * sine(2 * x)) * 2) / 3;
  const northM = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + waves
    + ((20 * sine(y) + 40 * sine(y / 3)) * 2) / 3 + ((160 * sine(y / 12) + 320 * sine(y / 30)) * 2) / 3;
  const eastM = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + waves
    + ((20 * sine(x) + 40 * sine(x / 3)) * 2) / 3 + ((150 * sine(x / 12) + 300 * sine(x / 30)) * 2) / 3;
  const phi = (lat * Math.PI) / 180;
  const magic = 1 - SQUARED * Math.sin(phi) ** 2;
  const degrees = 180 / Math.PI;
  return [
    lon + (eastM / ((AXIS_M / Math.sqrt(magic)) * Math.cos(phi))) * degrees,
    lat + (northM / ((AXIS_M * (1 - SQUARED)) / (magic * Math.sqrt(magic)))) * degrees,
  ];
}

/**
 * @param {number} lon
 * @param {number} lat
 * @returns {Pair}
 */
function bd09(lon, lat) {
  const [x, y] = gcj02(lon, lat);
  const radius = Math.hypot(x, y) + 0.00002 * Math.sin(y * BD);
  const angle = Math.atan2(y, x) + 0.000003 * Math.cos(x * BD);
  return [radius * Math.cos(angle) + 0.0065, radius * Math.sin(angle) + 0.006];
}

/** @type {Record<string, (lon: number, lat: number) => Pair>} */
const RULES = { gcj02, bd09 };

/**
 * Tell whether a datum moves what is drawn.
 * @param {string} datum
 */
export function isMoved(datum) {
  return datum in RULES;
}

/**
 * What tells whether a place lies inside rings that do not touch each other. Each of the bands of a tenth of a degree
 * knows the edges that cross it.
 * @param {Pair[][]} rings closed
 */
function insideOf(rings) {
  /** @type {Map<number, [Pair, Pair][]>} */
  const bands = new Map();
  rings.forEach((ring) => ring.slice(1).forEach((end, index) => {
    const begin = ring[index];
    const last = Math.floor(Math.max(begin[1], end[1]) * BANDS_PER_DEGREE);
    for (let band = Math.floor(Math.min(begin[1], end[1]) * BANDS_PER_DEGREE); band <= last; band += 1) {
      const edges = bands.get(band);
      if (edges) edges.push([begin, end]);
      else bands.set(band, [[begin, end]]);
    }
  }));
  return (/** @type {number} */ lon, /** @type {number} */ lat) => {
    let isInside = false;
    (bands.get(Math.floor(lat * BANDS_PER_DEGREE)) || []).forEach(([[x0, y0], [x1, y1]]) => {
      if ((y0 > lat) !== (y1 > lat) && lon < x0 + ((lat - y0) / (y1 - y0)) * (x1 - x0)) isInside = !isInside;
    });
    return isInside;
  };
}

/**
 * The rule of a datum that moves what is drawn, inside China's outline alone.
 * @param {string} datum
 * @param {Pair[][]} rings of the outline
 * @returns {Rule}
 */
export function makeRule(datum, rings) {
  const rule = RULES[datum];
  const isInside = insideOf(rings);
  return {
    from: (lon, lat) => (isInside(lon, lat) ? rule(lon, lat) : [lon, lat]),
    to: (lon, lat) => {
      // Nothing outside this box can come from inside the outline.
      if (!(lon > 72 && lon < 137 && lat > 2 && lat < 55)) return [lon, lat];
      let x = lon;
      let y = lat;
      for (let step = 0; step < MOST_STEPS; step += 1) {
        const [there, above] = rule(x, y);
        x -= there - lon;
        y -= above - lat;
        if (Math.max(Math.abs(there - lon), Math.abs(above - lat)) < TOLERANCE_DEG) break;
      }
      return isInside(x, y) ? [x, y] : [lon, lat];
    },
  };
}
