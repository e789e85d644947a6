// A phone that is turned shows what it showed before, and not the middle of it alone.

const STILL_PX = 2;

/**
 * @param {L.Map} map
 * @returns {(fit: () => void) => void} takes what fits the map, at once and without moving there; it is done again when
 *   the map gets another width, unless somebody has moved the map since. Called before the map is fitted
 */
export function keepsInSight(map) {
  /** @type {(() => void) | null} */
  let again = null;
  /** @type {{ centre: L.LatLng, zoom: number } | null} where the map came to rest */
  let rest = null;
  let { x: width } = map.getSize();

  const rested = () => { rest = { centre: map.getCenter(), zoom: map.getZoom() }; };

  /** @param {() => void} fit */
  function keep(fit) {
    again = fit;
    rest = null;
    map.off('moveend', rested).once('moveend', rested);
  }

  map.on('resize', () => {
    const { x } = map.getSize();
    if (x === width) return; // a keyboard takes height alone
    width = x;
    // Still on its way there, nobody has taken it elsewhere.
    const isMoved = rest && (rest.zoom !== map.getZoom()
      || map.project(rest.centre).distanceTo(map.project(map.getCenter())) > STILL_PX);
    if (!again || isMoved) return;
    const fit = again;
    keep(fit);
    fit();
  });
  return keep;
}
