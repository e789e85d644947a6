// Where the address of the page says to look from. The page that is kept for want of a network is the same for every
// address, so it is not left to the page.

/**
 * The position that an address names, in degrees; null where it names none, or one of another datum, which the service
 * alone moves.
 * @param {URLSearchParams} given
 */
export function spotIn(given) {
  const [lon, lat] = ['lon', 'lat'].map((name) => Number((given.get(name) || '').trim() || NaN));
  const isMeant = ['wgs84', 'cgcs2000'].indexOf(given.get('datum') || 'wgs84') >= 0;
  return isMeant && Math.abs(lon) <= 180 && Math.abs(lat) <= 90 ? { lon, lat, datum: 'wgs84' } : null;
}
