// What is odd about a position, as the service says it.

import { metresText, t } from './cards.js';
import { area_m } from './geodesic.js';
import { isAtSea, OFF_SHORE_M } from './sea.js';

const FAR_OUT_M = 100000; // farther out the way to the nearest station says enough

/**
 * What is odd about a position; null where it may lie in the area of the service, or nobody can tell.
 * @param {import('./nearest.js').Kept} kept
 * @param {{ lon: number, lat: number }} spot
 * @param {number} [off_m] how far it may be off
 * @returns {string | null}
 */
export function whereText(kept, { lon, lat }, off_m = 0) {
  const { area, china } = kept;
  if (Math.abs(lon) < 0.01 && Math.abs(lat) < 0.01) {
    return t('收到的位置是 0°, 0°（几内亚湾的海面）：设备其实没有定到位。', 'The position is 0°, 0°, at sea off Africa: the device did not really find one.');
  }
  const kept_m = area ? area_m(lon, lat, area) : 0;
  const isWet = isAtSea(kept, { lon, lat }, off_m); // also where the area is kept wider than it is
  if (!area || (kept_m === 0 && !isWet)) return null;
  const edge_m = isWet ? Math.max(kept_m, OFF_SHORE_M) : kept_m;
  if (Math.abs(lon) <= 90 && area_m(lat, lon, area) === 0) {
    return t('这个位置不在本服务的区域内：经度和纬度可能写反了（先经度，后纬度）。',
      'This position lies outside the area of this service: longitude and latitude may be the wrong way round (longitude first).');
  }
  // The area that is kept is wider than the true one: its edge is no nearer than this.
  const far = metresText(edge_m);
  const edge = edge_m > FAR_OUT_M ? { zh: '', en: '' } : { zh: `，离它的边界至少 ${far.zh}`, en: `, ${far.en} or more from its edge` };
  if (isWet) {
    return t(`这个位置不在本服务的区域内${edge.zh}：它在海上。`, `This position lies outside the area of this service${edge.en}: at sea.`);
  }
  if (china && area_m(lon, lat, china) > 0) {
    return t(`这个位置不在本服务的区域内${edge.zh}：它在海上或境外。`, `This position lies outside the area of this service${edge.en}: at sea, or outside mainland China.`);
  }
  return t(`这个位置不在本服务的区域内${edge.zh}。`, `This position lies outside the area of this service${edge.en}.`);
}
