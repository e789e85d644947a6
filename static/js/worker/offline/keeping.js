// The worker that keeps the stations on this device: where it is allowed, it is told to look for newer ones.

import { byId, language } from '../../lib/page.js';

const REGION = 'geoapp-offline-region';

/** The code of the region whose stations are kept where all are too many, empty where none was chosen. */
export function chosenRegion() {
  try {
    return localStorage.getItem(REGION) || '';
  } catch {
    return ''; // the browser keeps nothing for us
  }
}

/**
 * @param {string} code
 * @returns {boolean} whether the browser remembers it
 */
export function chooseRegion(code) {
  try {
    localStorage.setItem(REGION, code);
    return true;
  } catch {
    return false;
  }
}

/**
 * @param {(state: string | null) => void} heard what the worker says once it has looked: `ready`, `tooMany`, null for neither
 * @returns {Promise<((renew?: boolean) => void) | null>} has it look again, and with `renew` keep the finder's page anew
 */
export async function keepHere(heard) {
  const { worker = '', root = '/' } = byId('offline').dataset;
  const { serviceWorker } = navigator;
  const registration = await serviceWorker.register(worker, { scope: root });
  const { active } = await serviceWorker.ready;
  if (!active) return null;
  const ask = (renew = false) => active.postMessage({ language: language(), region: chosenRegion(), renew });
  serviceWorker.addEventListener('message', ({ data }) => heard(data.state || null));
  registration.update().catch(() => undefined);
  return ask;
}
