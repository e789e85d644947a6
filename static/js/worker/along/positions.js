// A position that somebody writes for a stop, read as by the service (geoapp/operations/along/stops.py).

const NUMBER = '(-?\\d{1,3}(?:\\.\\d{1,20})?)\\s*(°?)';
const POSITION = new RegExp(`^(.*?)(\\(?)\\s*${NUMBER}\\s*,\\s*${NUMBER}\\s*\\)?\\s*$`);
// What is no part of a longer number is asked below: old Safari cannot look behind.
const WITH_BLANK = /^(-?\d+\.\d+)\s+(-?\d+\.\d+)$/;
// Whole degrees that may be meant for a place in China.
const CHINA = { lon: [73, 136], lat: [3, 54] };

/** @param {number} degrees as the service writes them */
const short = (degrees) => Number(degrees.toPrecision(6));

/** @param {string[]} found the parts of a position */
function areDegrees([, name, bracket, lon, lonSign, lat, latSign]) {
  if ((lon + lat).indexOf('.') >= 0 || lonSign || latSign) return true;
  const isWithin = (/** @type {string} */ one, /** @type {number[]} */ [least, most]) => Number(one) >= least && Number(one) <= most;
  const isApart = Boolean(bracket) || !name.trim();
  return isApart && [[lon, lat], [lat, lon]].some(([east, north]) => isWithin(east, CHINA.lon) && isWithin(north, CHINA.lat));
}

/**
 * The position in a stop's words; null where they are words, without a place where it is none that there is.
 * @param {string} words
 * @returns {{ name: string, place: { lon: number, lat: number } | null } | null}
 */
export function positionIn(words) {
  const plain = words.trim().normalize('NFKC').replace(WITH_BLANK, '$1,$2');
  const found = POSITION.exec(plain);
  if (!found || /[\d.]$/.test(found[1]) || !areDegrees(found)) return null;
  const lon = Number(found[3]), lat = Number(found[5]);
  if (Math.abs(lon) > 180 || Math.abs(lat) > 90) return { name: words, place: null };
  return { name: found[1].trim() || `${short(lon)}, ${short(lat)}`, place: { lon, lat } };
}
