// Metres on the spheroid as the service measures them (geoapp/analysis/geometry/spheroid.py). No page is touched here.

const AXIS_M = 6378137;
const FLATTENING = 1 / 298.257223563;
const POLE_M = AXIS_M * (1 - FLATTENING);
const SQUARED = FLATTENING * (2 - FLATTENING);
const LEAST_RADIUS_M = POLE_M * POLE_M / AXIS_M;
const GREATEST_RADIUS_M = AXIS_M * AXIS_M / POLE_M;
const RADIANS = Math.PI / 180;
const MOST_STEPS = 100;
const SETTLED = 1e-14;

/** The greatest standard of a question is 100 km, which bounds the lines that are asked about. */

/**
 * Earth-centred coordinates of a point on the spheroid, in metres.
 * @param {number} lon degrees, WGS-84
 * @param {number} lat
 * @returns {[number, number, number]}
 */
export function inSpace(lon, lat) {
  const sine = Math.sin(lat * RADIANS);
  const prime = AXIS_M / Math.sqrt(1 - SQUARED * sine * sine);
  const flat = prime * Math.cos(lat * RADIANS);
  return [flat * Math.cos(lon * RADIANS), flat * Math.sin(lon * RADIANS), prime * (1 - SQUARED) * sine];
}

/**
 * What lies between the straight line through the earth (a chord of up to 1,000 km) and the geodesic: the least and
 * the greatest metres that it can have on the surface. All curvatures are between those at the poles and, along the
 * meridian, at the equator.
 * @param {number} chordM
 * @returns {[number, number]}
 */
export function metresOfChord(chordM) {
  const least = 2 * GREATEST_RADIUS_M * Math.asin(chordM / 2 / GREATEST_RADIUS_M);
  const most = 2 * LEAST_RADIUS_M * Math.asin(chordM / 2 / LEAST_RADIUS_M);
  return [least - 1e-6, most + 1e-6];
}

/**
 * The geodesic between two points that are not nearly opposite each other (Vincenty 1975): within a micrometre at the
 * distances that people walk.
 * @param {number} lon1 degrees, WGS-84
 * @param {number} lat1
 * @param {number} lon2
 * @param {number} lat2
 * @returns {number} metres
 */
export function lineM(lon1, lat1, lon2, lat2) {
  const apart = (lon2 - lon1) * RADIANS;
  const u1 = Math.atan((1 - FLATTENING) * Math.tan(lat1 * RADIANS));
  const u2 = Math.atan((1 - FLATTENING) * Math.tan(lat2 * RADIANS));
  const [sin1, cos1, sin2, cos2] = [Math.sin(u1), Math.cos(u1), Math.sin(u2), Math.cos(u2)];
  let lambda = apart;
  for (let step = 0; step < MOST_STEPS; step += 1) {
    const [sinL, cosL] = [Math.sin(lambda), Math.cos(lambda)];
    const sinSigma = Math.hypot(cos2 * sinL, cos1 * sin2 - sin1 * cos2 * cosL);
    if (sinSigma === 0) return 0;
    const cosSigma = sin1 * sin2 + cos1 * cos2 * cosL;
    const sigma = Math.atan2(sinSigma, cosSigma);
    const sinAlpha = cos1 * cos2 * sinL / sinSigma;
    const cosAlpha2 = 1 - sinAlpha * sinAlpha;
    const cosMiddle = cosAlpha2 === 0 ? 0 : cosSigma - 2 * sin1 * sin2 / cosAlpha2; // 0: along the equator
    const c = FLATTENING / 16 * cosAlpha2 * (4 + FLATTENING * (4 - 3 * cosAlpha2));
    const before = lambda;
    lambda = apart + (1 - c) * FLATTENING * sinAlpha * (sigma + c * sinSigma * (cosMiddle + c * cosSigma * (2 * cosMiddle * cosMiddle - 1)));
    if (Math.abs(lambda - before) > SETTLED) continue;
    const u = cosAlpha2 * (AXIS_M * AXIS_M - POLE_M * POLE_M) / (POLE_M * POLE_M);
    const a = 1 + u / 16384 * (4096 + u * (-768 + u * (320 - 175 * u)));
    const b = u / 1024 * (256 + u * (-128 + u * (74 - 47 * u)));
    const change = b * sinSigma * (cosMiddle + b / 4 * (cosSigma * (2 * cosMiddle * cosMiddle - 1)
      - b / 6 * cosMiddle * (4 * sinSigma * sinSigma - 3) * (4 * cosMiddle * cosMiddle - 3)));
    return POLE_M * a * (sigma - change);
  }
  throw new RangeError('These points are nearly opposite each other');
}
