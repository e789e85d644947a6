// What is odd about a position, as the service says it.

import { t } from './cards.js';
import { area_m } from './geodesic.js';

/**
 * What is odd about a position; null where it may lie in the area of the service, or nobody can tell.
 * @param {import('./nearest.js').Kept} kept
 * @param {{ lon: number, lat: number }} spot
 * @returns {string | null}
 */
export function whereText({ area, china }, { lon, lat }) {
  if (Math.abs(lon) < 0.01 && Math.abs(lat) < 0.01) {
    return t('收到的位置是 0°, 0°（几内亚湾的海面）：设备其实没有定到位。', 'The position is 0°, 0°, at sea off Africa: the device did not really find one.');
  }
  if (!area || area_m(lon, lat, area) === 0) return null;
  if (Math.abs(lon) <= 90 && area_m(lat, lon, area) === 0) {
    return t('这个位置不在本服务的区域内：经度和纬度可能写反了（先经度，后纬度）。',
      'This position lies outside the area of this service: longitude and latitude may be the wrong way round (longitude first).');
  }
  if (china && area_m(lon, lat, china) > 0) {
    return t('这个位置不在本服务的区域内：它在海上或境外。', 'This position lies outside the area of this service: at sea, or outside mainland China.');
  }
  return t('这个位置不在本服务的区域内。', 'This position lies outside the area of this service.');
}
