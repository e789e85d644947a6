// Where it is known that there is sea, drawn below the districts: what lies outside of these is else neither land nor sea.

/**
 * Where the sea around some outlines is told: one address for all pages.
 * @param {string} address
 * @param {L.LatLngBounds} bounds
 */
export function seaAddress(address, bounds) {
  const [west, south] = [bounds.getWest(), bounds.getSouth()].map((edge) => Math.floor(edge * 10) / 10);
  const [east, north] = [bounds.getEast(), bounds.getNorth()].map((edge) => Math.ceil(edge * 10) / 10);
  return `${address}?bbox=${[west, south, east, north].join()}`;
}

/**
 * @param {GeoJSON.Geometry} sea
 * @param {string} pane
 * @param {L.Renderer} [renderer] that of lines, as the colour is one by its name
 */
export function seaLayer(sea, pane, renderer) {
  const style = { stroke: false, fill: true, fillColor: 'var(--map-sea)', fillOpacity: 1, ...(renderer && { renderer }) };
  return L.geoJSON(/** @type {GeoJSON.GeoJsonObject} */ (sea), { interactive: false, pane, style });
}
