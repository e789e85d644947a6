// The way from the finder to what answers without a network: loaded once the finder is ready, so that
// it delays nobody's first answer. Where a browser keeps nothing, there is none.

import { byId } from '../../lib/page.js';

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
      const script = document.createElement('script');
      script.type = 'module';
      script.src = address;
      script.onerror = () => {
        loading = null; // tried again when it is wanted next
        resolve(null);
      };
      document.head.appendChild(script);
    });
  }
  return loading;
}
