// What the finder's map shows: the sheet hides a part of it on a phone.

import { at, MARK_PX, told_px } from '../lib/map.js';
import { centredTooltip } from '../lib/names.js';
import { keepsInSight } from '../lib/turned.js';

const HANDLE_PX = 14; // how far the sheet's handle stands above it, and some room

/**
 * @param {L.Map} map
 * @param {HTMLElement} box of the map
 * @param {HTMLElement} sheet
 */
export function makeView(map, box, sheet) {
  const keep = keepsInSight(map);

  // The sheet hides the lower part of the map on a phone: how much, in pixels. Elsewhere, and on a
  // phone that lies on its side, it stands beside the map (finder.css).
  function hidden_px() {
    const { left, right } = box.getBoundingClientRect(), over = sheet.getBoundingClientRect();
    if (over.left >= right || over.right <= left) return 0;
    return Math.min(sheet.offsetHeight, box.offsetHeight * 0.7);
  }

  // Buttons and keys zoom about the middle of what is seen, which is not the map's where the sheet lies over it.
  const zoomTo = map.setZoom;
  map.setZoom = (zoom, options) => {
    const hidden = hidden_px(), { x, y } = map.getSize();
    const wanted = Math.max(map.getMinZoom(), Math.min(map.getMaxZoom(), zoom));
    return hidden ? map.setZoomAround(L.point(x / 2, (y - hidden) / 2), wanted, options) : zoomTo.call(map, wanted, options);
  };

  /** @param {L.LatLngBounds} bounds */
  function isInSight(bounds) {
    const top = map.latLngToContainerPoint(bounds.getNorthWest());
    const bottom = map.latLngToContainerPoint(bounds.getSouthEast());
    return top.x > 20 && top.y > told_px(map) - 2 && bottom.x < box.offsetWidth - 20
      && bottom.y < box.offsetHeight - hidden_px() - 20;
  }

  /**
   * @param {L.LatLngBounds} bounds
   * @param {boolean} [isMoved] whether one sees the map move there; while it moves it takes no other view
   */
  function show(bounds, isMoved = true) {
    keep(() => {
      sheet.classList.add('dragged'); // as high as it will be, and not as it still is
      fit(bounds, false);
      sheet.classList.remove('dragged');
    });
    fit(bounds, isMoved);
  }

  /**
   * @param {L.LatLngBounds} bounds
   * @param {boolean} isMoved
   */
  function fit(bounds, isMoved) {
    const hidden = hidden_px();
    map.fitBounds(bounds, { paddingTopLeft: [40, Math.max(40, told_px(map))], paddingBottomRight: [72, hidden + MARK_PX + (hidden ? HANDLE_PX : 2)], maxZoom: 16.5, animate: isMoved ? undefined : false });
  }
  return { isInSight, show };
}

const NAME_PX = [24, 10]; // half of a ring's name, and some room
const METRES_PER_DEGREE = 111195;

/**
 * Without streets under them, rings tell how far the places are. Their names stand where nothing of the map lies
 * over them: the scale, its buttons, the sheet, the name of a wider ring, oneself; and not where there is no such room.
 * @param {L.Map} map
 * @param {L.LatLng} me
 * @param {L.LayerGroup} layer that they go with
 */
export function drawRings(map, me, layer) {
  const names = [5000, 2000, 1000, 500].map((radius_m) => {
    L.circle(me, { radius: radius_m, interactive: false, className: 'ring' }).addTo(layer);
    const up = radius_m / METRES_PER_DEGREE, across = up / Math.cos((me.lat * Math.PI) / 180);
    const name = centredTooltip({ permanent: true, direction: 'center', className: 'ring-name', pane: 'names' })
      .setLatLng(at(me.lng, me.lat + up)).setContent(`<span>${radius_m < 1000 ? `${radius_m} m` : `${radius_m / 1000} km`}</span>`).addTo(layer);
    return { name, spots: [[0, up], [0, -up], [across, 0], [-across, 0]].map(([east, north]) => at(me.lng + east, me.lat + north)) };
  });
  const place = () => {
    const box = map.getContainer().getBoundingClientRect();
    const over = Array.from(document.querySelectorAll('.leaflet-control, #sheet')).map((one) => one.getBoundingClientRect());
    const roomOf = (/** @type {L.LatLng} */ spot) => {
      const { x, y } = map.latLngToContainerPoint(spot), [wide, high] = NAME_PX;
      return new DOMRect(box.left + x - wide, box.top + y - high, 2 * wide, 2 * high);
    };
    over.push(roomOf(me));
    names.forEach(({ name, spots }) => {
      const free = spots.find((spot) => {
        const { left, right, top, bottom } = roomOf(spot);
        return left >= box.left && right <= box.right && top >= box.top && bottom <= box.bottom
          && !over.some((other) => left < other.right && other.left < right && top < other.bottom && other.top < bottom);
      });
      name.setLatLng(free || spots[0]);
      const element = name.getElement();
      if (element) element.style.visibility = free ? '' : 'hidden';
      if (free) over.push(roomOf(free));
    });
  };
  map.on('moveend', place);
  names[0].name.on('remove', () => { map.off('moveend', place); });
  place();
}
