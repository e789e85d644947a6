// The kept stations on a way of stops, or beside a line that is kept to, in the service's order by line
// (geoapp/operations/along/service.py). Metres, milliseconds; lon and lat in degrees, WGS-84.

import { area_m, geodesic_m } from './geodesic.js';
import { arrivalAt, openingAt } from './hours.js';
import { fitting, isOpenThen, LOOKED_AT } from './nearest.js';
import { isAtSea, isSea, sea_m } from './sea.js';

/** @typedef {import('./nearest.js').Kept} Kept */
/** @typedef {import('./nearest.js').Station} Station */
/** @typedef {{ lon: number, lat: number }} Spot */
/**
 * @typedef {{ stops: Spot[], isLine: boolean, k: number, at_ms: number, moreMinutes: number, amenities: string[], openOnArrival: boolean,
 *   entering?: import('./entering.js').Entering }} Question
 * @typedef {{ station: Station, after: number, along_m: number, to_m: number, added_m: number, travel_s: number,
 *   opening: import('./hours.js').Opening, arrival: import('./hours.js').Arrival | null }} Item `after` which stop one goes by, from 1; 0 on a line.
 *   Beyond a leg without a way `along_m` and `travel_s` are NaN and `arrival` is null.
 */
/** @typedef {{ leg: number, station: Station, place: number, to_m: number, added_m: number }} Pair `place` in the list of those kept */

const STEP_M = 20;
const METRES_PER_DEGREE = 110000; // more are in one anywhere
const RADIAN = Math.PI / 180;
const RADIUS_M = 6378137;
const SQUEEZED = 1 - (1 / 298.257223563) * (2 - 1 / 298.257223563);

/**
 * The straight line of each leg.
 * @param {Spot[]} stops
 */
export function lines_m(stops) {
  return stops.slice(1).map((to, leg) => geodesic_m(stops[leg].lon, stops[leg].lat, to.lon, to.lat));
}

/**
 * Whether the sea is in a leg's way: one of its ends is there, or it lies between them, and nobody walks.
 * @param {Kept} kept
 * @param {Spot[]} stops
 * @param {boolean} isLine of which the parts count together
 * @returns {boolean[]} of each leg
 */
export function overSea(kept, stops, isLine) {
  const wet = stops.map((one) => isAtSea(kept, one));
  const over_m = stops.slice(1).map((one, leg) => sea_m(kept, stops[leg], one));
  const whole_m = over_m.reduce((sum, one) => sum + one, 0);
  return over_m.map((one_m, leg) => wet[leg] || wet[leg + 1] || isSea(isLine ? whole_m : one_m));
}

/**
 * @param {Spot} from
 * @param {Station} station
 */
function away_m({ lon, lat }, station) {
  return station.rings ? area_m(lon, lat, station.rings) : geodesic_m(lon, lat, station.lon, station.lat);
}

/**
 * Points along a line, no farther apart than a step, its own among them.
 * @param {Spot[]} stops
 * @returns {(Spot & { along_m: number })[]}
 */
function dense(stops) {
  const points = [{ ...stops[0], along_m: 0 }];
  let begun_m = 0;
  lines_m(stops).forEach((line_m, part) => {
    const { lon, lat } = stops[part], to = stops[part + 1];
    const pieces = Math.max(1, Math.ceil(line_m / STEP_M));
    for (let piece = 1; piece <= pieces; piece += 1) {
      const share = piece / pieces;
      points.push({ lon: lon + (to.lon - lon) * share, lat: lat + (to.lat - lat) * share, along_m: begun_m + line_m * share });
    }
    begun_m += line_m;
  });
  return points;
}

/**
 * A spot of the spheroid in space: the nearest by a straight line through the earth is the nearest on the ground.
 * @param {Spot} spot
 * @returns {[number, number, number]}
 */
function inSpace({ lon, lat }) {
  const sin = Math.sin(lat * RADIAN);
  const across = RADIUS_M / Math.sqrt(1 - (1 - SQUEEZED) * sin * sin);
  const level = across * Math.cos(lat * RADIAN);
  return [level * Math.cos(lon * RADIAN), level * Math.sin(lon * RADIAN), SQUEEZED * across * sin];
}

/**
 * @param {number[]} values
 * @returns {[number, number]} the least and the greatest
 */
function reach(values) {
  return values.reduce(([least, most], one) => [Math.min(least, one), Math.max(most, one)], [Infinity, -Infinity]);
}

/**
 * To a station and back, from where the line is nearest to it; a station is its point here.
 * @param {(Spot & { along_m: number })[]} points
 * @param {[Station, number][]} stations
 * @param {number} factor
 * @param {number} most_m
 * @returns {Pair[]}
 */
function besideLine(points, stations, factor, most_m) {
  const margin = most_m / 2 / factor / METRES_PER_DEGREE;
  const [south, north] = reach(points.map((one) => one.lat)), [west, east] = reach(points.map((one) => one.lon));
  const narrow = Math.max(0.01, Math.cos((Math.min(89, Math.max(Math.abs(south), Math.abs(north)) + margin)) * RADIAN));
  const spots = points.map(inSpace);
  return stations.filter(([{ lon, lat }]) => lat >= south - margin && lat <= north + margin
    && lon >= west - margin / narrow && lon <= east + margin / narrow).map(([station, place]) => {
    const [x, y, z] = inSpace(station);
    let leg = 0, least = Infinity;
    spots.forEach((one, index) => {
      const apart = (one[0] - x) ** 2 + (one[1] - y) ** 2 + (one[2] - z) ** 2;
      if (apart < least) { least = apart; leg = index; }
    });
    const to_m = factor * geodesic_m(points[leg].lon, points[leg].lat, station.lon, station.lat);
    return { leg, station, place, to_m, added_m: 2 * to_m };
  });
}

/**
 * Whether a station surely lies farther from a spot than so many metres, without measuring it.
 * @param {Spot} from
 * @param {Station} station
 * @param {number} most_m
 */
function isFar(from, { lon, lat, rings }, most_m) {
  if (rings) return false; // its edge may be near
  const narrow = Math.cos(Math.max(Math.abs(from.lat), Math.abs(lat)) * RADIAN);
  return Math.max(Math.abs(lat - from.lat), Math.abs(lon - from.lon) * narrow) * METRES_PER_DEGREE > most_m;
}

/**
 * What going by each station adds to each leg that the sea is not in the way of.
 * @param {Spot[]} stops
 * @param {boolean[]} wet
 * @param {[Station, number][]} stations
 * @param {number} factor
 * @param {number} most_m
 * @returns {Pair[]}
 */
function detours(stops, wet, stations, factor, most_m) {
  /** @type {Pair[]} */
  const pairs = [];
  lines_m(stops).forEach((line_m, leg) => stations.forEach(([station, place]) => {
    if (wet[leg]) return;
    // Farther from the stop it adds more, whatever remains from there.
    if (isFar(stops[leg], station, line_m + most_m / factor)) return;
    const from_m = away_m(stops[leg], station);
    const added_m = Math.max(0, factor * (from_m + away_m(stops[leg + 1], station) - line_m));
    pairs.push({ leg, station, place, to_m: factor * from_m, added_m });
  }));
  return pairs;
}

/**
 * @param {Kept} kept
 * @param {Question} question
 * @returns {Item[]} those that add least first, to a decimetre; ties by code, each station once
 */
export function onTheWay(kept, question) {
  const { stops, isLine, k, at_ms, moreMinutes, amenities, entering, openOnArrival } = question;
  const factor = kept.detour_factor, speed = kept.speed_m_per_s;
  const most_m = 60 * moreMinutes * speed;
  const places = new Map(kept.stations.map((station, place) => /** @type {[Station, number]} */ ([station, place])));
  const stations = fitting(kept, { lon: 0, lat: 0, k, at_ms, what: '', amenities, entering, openOnArrival })
    .map((station) => /** @type {[Station, number]} */ ([station, places.get(station) || 0]));
  const points = isLine ? dense(stops) : [];
  const wet = overSea(kept, stops, isLine);
  if (isLine && wet.some(Boolean)) return [];
  let gone_m = 0;
  // Beyond the sea nobody knows when one gets there: NaN from there on.
  const begins_m = isLine ? points.map((one) => one.along_m)
    : [0, ...lines_m(stops).map((line_m, leg) => { gone_m += wet[leg] ? NaN : factor * line_m; return gone_m; })];
  const pairs = (isLine ? besideLine(points, stations, factor, most_m) : detours(stops, wet, stations, factor, most_m)).filter((one) => one.added_m <= most_m);
  const told = (/** @type {Pair} */ one) => Math.round(one.added_m * 10);
  pairs.sort((a, b) => told(a) - told(b) || (a.station.code < b.station.code ? -1 : a.station.code > b.station.code ? 1 : a.leg - b.leg || a.place - b.place));
  /** @type {Item[]} */
  const items = [];
  /** @type {Set<string>} */
  const seen = new Set();
  let beyond = 0;
  pairs.some(({ leg, station, to_m, added_m }) => {
    if (seen.has(station.code)) return false;
    // Nobody knows what it adds to go there.
    if ((isLine ? [points[leg]] : [stops[leg], stops[leg + 1]]).some((one) => isSea(sea_m(kept, one, station), station.off_m))) {
      beyond += 1;
      return beyond === LOOKED_AT;
    }
    const along_m = begins_m[leg];
    const travel_s = (along_m + to_m) / speed;
    const schedule = kept.schedules[station.schedule];
    const opening = openingAt(kept, schedule, at_ms);
    const arrival = Number.isNaN(travel_s) ? null : arrivalAt(kept, schedule, opening, at_ms, travel_s);
    if (openOnArrival && !isOpenThen({ opening, arrival })) return false;
    seen.add(station.code);
    items.push({ station, after: isLine ? 0 : leg + 1, along_m, to_m, added_m, travel_s, opening, arrival });
    return items.length === k;
  });
  return items;
}
