// Where stations must be and where none may be, as members of a question. No page is touched here.

/**
 * A site that was placed by hand: a question names it by its code.
 * @typedef {{ code: string, lon: number, lat: number } & Record<string, unknown>} Drawn
 */

/**
 * @typedef {object} Placed
 * @property {Drawn[]} musts sites that must be opened
 * @property {Drawn[]} optional sites that are only offered to the solver
 * @property {string[]} fixed candidates of a set that must be opened: they are not moved about
 * @property {string[]} banned candidates that may not be chosen
 * @property {GeoJSON.Geometry[]} areas where no station may stand
 */

/**
 * @typedef {object} PlacedMembers
 * @property {Drawn[]} [drawn]
 * @property {string[]} [fixed]
 * @property {string[]} [forbidden]
 * @property {GeoJSON.Geometry[]} [forbidden_areas]
 */

/** @param {number} value */
function rounded(value) {
  return Number(value.toFixed(7)); // a centimetre
}

/**
 * What a question says of places.
 * @param {PlacedMembers} given
 * @returns {Placed}
 */
export function placedOf(given) {
  const drawn = given.drawn || [];
  const must = given.fixed || [];
  return {
    musts: drawn.filter((one) => must.includes(one.code)),
    optional: drawn.filter((one) => !must.includes(one.code)),
    fixed: must.filter((code) => !drawn.some((one) => one.code === code)),
    banned: given.forbidden || [],
    areas: given.forbidden_areas || [],
  };
}

/**
 * Places as members of a question.
 * @param {Placed} placed
 * @returns {PlacedMembers}
 */
export function membersOf({ musts, optional, fixed, banned, areas }) {
  /** @type {PlacedMembers} */
  const body = {};
  const put = musts.map((one) => ({ ...one, lon: rounded(one.lon), lat: rounded(one.lat) }));
  if (put.length || optional.length) body.drawn = [...put, ...optional];
  if (put.length || fixed.length) body.fixed = [...put.map((one) => one.code), ...fixed];
  if (banned.length) body.forbidden = banned;
  if (areas.length) body.forbidden_areas = areas;
  return body;
}

/**
 * The question of what the placed ones would change: other drawn ones are only offered to the solver.
 * @template {PlacedMembers} T
 * @param {T} body
 * @returns {T}
 */
export function triedOf(body) {
  const fixed = body.fixed || [];
  return { ...body, drawn: (body.drawn || []).filter((one) => fixed.includes(one.code)) };
}

// What who is covered by what stands depends on (geoapp/web/pages/siting/trial.py has the same).
const GROUND = ['standard_m', 'standard_seconds', 'region', 'demand', 'families', 'at', 'period', 'moments', 'hour_weights', 'hours'];

/**
 * The part of a question that places are tried for, without the places.
 * @param {Record<string, unknown>} body
 * @returns {Record<string, unknown>}
 */
export function groundQuestion(body) {
  return Object.fromEntries(GROUND.filter((name) => body[name] !== undefined).map((name) => [name, body[name]]));
}

/**
 * Whether a place lies in an area, WGS-84: within its outer ring and in none of its holes.
 * @param {number} lon
 * @param {number} lat
 * @param {GeoJSON.Geometry} area
 * @returns {boolean}
 */
export function liesIn(lon, lat, area) {
  if (area.type === 'MultiPolygon') {
    return area.coordinates.some((coordinates) => liesIn(lon, lat, { type: 'Polygon', coordinates }));
  }
  if (area.type !== 'Polygon') return false;
  let inside = false;
  area.coordinates.forEach((ring) => {
    ring.forEach(([x, y], corner) => {
      const [fromX, fromY] = ring[(corner || ring.length) - 1];
      if ((y > lat) !== (fromY > lat) && lon < ((fromX - x) * (lat - y)) / (fromY - y) + x) inside = !inside;
    });
  });
  return inside;
}

/**
 * The number in a code that the page has given (M1, M2, ...); 0 in any other.
 * @param {string} code
 */
export function numberIn(code) {
  const found = /^M(\d+)$/.exec(code);
  return found ? Number(found[1]) : 0;
}
