// Distances on the WGS-84 spheroid, as the service tells them: Vincenty's inverse formula for points,
// and the nearest point of an outline for areas. Degrees and metres.

const EQUATOR_RADIUS_M = 6378137;
const FLATTENING = 1 / 298.257223563;
const POLE_RADIUS_M = EQUATOR_RADIUS_M * (1 - FLATTENING);
const MOST_STEPS = 200;
const RADIAN = Math.PI / 180;

/**
 * The geodesic between two points; exact to 0.1 mm. Near the antipode, where the formula finds no
 * answer, half a turn of the earth, which is beyond all walks.
 * @param {number} lon1
 * @param {number} lat1
 * @param {number} lon2
 * @param {number} lat2
 */
export function geodesic_m(lon1, lat1, lon2, lat2) {
  if (lon1 === lon2 && lat1 === lat2) return 0;
  const reduced1 = Math.atan((1 - FLATTENING) * Math.tan(lat1 * RADIAN));
  const reduced2 = Math.atan((1 - FLATTENING) * Math.tan(lat2 * RADIAN));
  const sin1 = Math.sin(reduced1), cos1 = Math.cos(reduced1);
  const sin2 = Math.sin(reduced2), cos2 = Math.cos(reduced2);
  let turn = lon2 - lon1;
  if (turn > 180) turn -= 360;
  if (turn < -180) turn += 360;
  const wanted = turn * RADIAN;
  let lambda = wanted;
  for (let step = 0; step < MOST_STEPS; step += 1) {
    const sinLambda = Math.sin(lambda), cosLambda = Math.cos(lambda);
    const across = cos2 * sinLambda, along = cos1 * sin2 - sin1 * cos2 * cosLambda;
    const sinSigma = Math.sqrt(across * across + along * along);
    if (sinSigma === 0) return 0;
    const cosSigma = sin1 * sin2 + cos1 * cos2 * cosLambda;
    const sigma = Math.atan2(sinSigma, cosSigma);
    const sinAlpha = (cos1 * cos2 * sinLambda) / sinSigma;
    const cos2Alpha = 1 - sinAlpha * sinAlpha;
    const middle = cos2Alpha > 0 ? cosSigma - (2 * sin1 * sin2) / cos2Alpha : 0;
    const c = (FLATTENING / 16) * cos2Alpha * (4 + FLATTENING * (4 - 3 * cos2Alpha));
    const before = lambda;
    lambda = wanted + (1 - c) * FLATTENING * sinAlpha
      * (sigma + c * sinSigma * (middle + c * cosSigma * (2 * middle * middle - 1)));
    if (Math.abs(lambda) > Math.PI) break;
    if (Math.abs(lambda - before) < 1e-13) {
      const u2 = cos2Alpha * (EQUATOR_RADIUS_M ** 2 / POLE_RADIUS_M ** 2 - 1);
      const a = 1 + (u2 / 16384) * (4096 + u2 * (-768 + u2 * (320 - 175 * u2)));
      const b = (u2 / 1024) * (256 + u2 * (-128 + u2 * (74 - 47 * u2)));
      const correction = b * sinSigma * (middle + (b / 4) * (cosSigma * (2 * middle * middle - 1)
        - (b / 6) * middle * (4 * sinSigma * sinSigma - 3) * (4 * middle * middle - 3)));
      return POLE_RADIUS_M * a * (sigma - correction);
    }
  }
  return Math.PI * EQUATOR_RADIUS_M;
}

/** @typedef {[number, number][]} Ring */

/**
 * The geodesic to the nearest point of an area; 0 inside. The nearest point is sought on the plane
 * that touches the earth where one asks from, which is exact to a hundredth of a metre in town.
 * @param {number} lon
 * @param {number} lat
 * @param {Ring[]} rings closed; holes are rings like the others
 */
export function area_m(lon, lat, rings) {
  const e2 = FLATTENING * (2 - FLATTENING);
  const sin = Math.sin(lat * RADIAN);
  const east = (RADIAN * EQUATOR_RADIUS_M * Math.cos(lat * RADIAN)) / Math.sqrt(1 - e2 * sin * sin);
  const north = (RADIAN * EQUATOR_RADIUS_M * (1 - e2)) / Math.pow(1 - e2 * sin * sin, 1.5);
  let isInside = false;
  let best = Infinity;
  /** @type {[number, number]} */
  let foot = [lon, lat];
  rings.forEach((ring) => {
    for (let place = 1; place < ring.length; place += 1) {
      const [lonA, latA] = ring[place - 1], [lonB, latB] = ring[place];
      const ax = (lonA - lon) * east, ay = (latA - lat) * north;
      const bx = (lonB - lon) * east, by = (latB - lat) * north;
      if ((ay > 0) !== (by > 0) && ax - (ay * (bx - ax)) / (by - ay) > 0) isInside = !isInside;
      const dx = bx - ax, dy = by - ay, length2 = dx * dx + dy * dy;
      const part = length2 === 0 ? 0 : Math.min(1, Math.max(0, -(ax * dx + ay * dy) / length2));
      const x = ax + part * dx, y = ay + part * dy;
      if (x * x + y * y < best) {
        best = x * x + y * y;
        foot = [lonA + part * (lonB - lonA), latA + part * (latB - latA)];
      }
    }
  });
  return isInside ? 0 : geodesic_m(lon, lat, foot[0], foot[1]);
}

/**
 * How much of the line between two positions lies in an area; along it degrees are taken as on the plane.
 * @param {number} lon
 * @param {number} lat
 * @param {number} toLon
 * @param {number} toLat
 * @param {Ring[]} rings closed; holes are rings like the others
 */
export function within_m(lon, lat, toLon, toLat, rings) {
  const dx = toLon - lon, dy = toLat - lat;
  const west = Math.min(lon, toLon), east = Math.max(lon, toLon), south = Math.min(lat, toLat), north = Math.max(lat, toLat);
  /** @type {number[]} where it crosses an edge, as parts of it */
  const cuts = [];
  rings.forEach((ring) => {
    for (let place = 1; place < ring.length; place += 1) {
      const [ax, ay] = ring[place - 1], [bx, by] = ring[place];
      if ((ax < west && bx < west) || (ax > east && bx > east) || (ay < south && by < south) || (ay > north && by > north)) continue;
      const across = dx * (by - ay) - dy * (bx - ax);
      if (across === 0) continue;
      const part = ((ax - lon) * (by - ay) - (ay - lat) * (bx - ax)) / across;
      const edge = ((ax - lon) * dy - (ay - lat) * dx) / across;
      if (part > 0 && part < 1 && edge >= 0 && edge < 1) cuts.push(part);
    }
  });
  let inside = 0;
  [0, ...cuts.sort((a, b) => a - b), 1].forEach((part, place, parts) => {
    const next = parts[place + 1];
    if (next > part && holds(lon + (dx * (part + next)) / 2, lat + (dy * (part + next)) / 2, rings)) inside += next - part;
  });
  return inside && inside * geodesic_m(lon, lat, toLon, toLat);
}

/**
 * Whether a point lies in an area, on the plane of degrees.
 * @param {number} x
 * @param {number} y
 * @param {Ring[]} rings
 */
function holds(x, y, rings) {
  let found = false;
  rings.forEach((ring) => {
    for (let place = 1; place < ring.length; place += 1) {
      const [ax, ay] = ring[place - 1], [bx, by] = ring[place];
      if ((ay > y) !== (by > y) && ax - x - ((ay - y) * (bx - ax)) / (by - ay) > 0) found = !found;
    }
  });
  return found;
}
