// The way from the finder to what answers without a network: loaded once the finder is ready, so that
// it delays nobody's first answer. Where a browser keeps nothing, there is none.

import { byId, loadModule } from '../../lib/page.js';

/** @typedef {import('./offline.js').Offline} Offline */

/** @type {Promise<Offline | null> | null} */
let loading = null;

/** @returns {Promise<Offline | null>} */
export function offline() {
  const { script: address } = byId('offline').dataset;
  if (!address || !('serviceWorker' in navigator) || !('caches' in window)) return Promise.resolve(null);
  if (!loading) {
    loading = new Promise((resolve) => {
      document.addEventListener('geoapp-offline', (event) => {
        resolve(/** @type {CustomEvent<Offline>} */ (event).detail);
      }, { once: true });
      loadModule(address).onerror = () => {
        loading = null; // tried again when it is wanted next
        resolve(null);
      };
    });
  }
  return loading;
}
