// My own position: asked for once at a time, whoever wants it, and known for a while.

import { findPosition } from './position.js';

const KEPT_MS = 120000;

/**
 * It stays while one looks from elsewhere; `at_ms` is when it came.
 * @typedef {import('./drawn.js').Spotted & { origin: { lon: number, lat: number, datum: string }, at_ms: number }} Own
 */

/**
 * @param {GeolocationPosition} position
 * @returns {Own}
 */
function ownOf({ coords }) {
  return {
    origin: { lon: coords.longitude, lat: coords.latitude, datum: 'wgs84' },
    accuracy_m: coords.accuracy, at_ms: Date.now(), spot: null,
  };
}

export function makeOwnPosition() {
  /** @type {Own | null} */
  let own = null;
  /** @type {{ got: (own: Own) => void, failed: (reason: import('./position.js').Reason) => void } | null} */
  let waiting = null;
  let questions = 0;
  let isAsking = false;

  /** @param {Own} found the position before, where one has not moved */
  function known(found) {
    const isSame = own && own.origin.lon === found.origin.lon && own.origin.lat === found.origin.lat && own.accuracy_m === found.accuracy_m;
    return own && isSame ? Object.assign(own, { at_ms: found.at_ms }) : found;
  }

  return {
    get() { return own; },
    isKept() { return own !== null && Date.now() - own.at_ms < KEPT_MS; },
    isAsking() { return isAsking; },
    /**
     * While one question is out, no other goes: who asked last has its answer. A position that comes after
     * the limit is an answer all the same.
     * @param {(own: Own) => void} got
     * @param {(reason: import('./position.js').Reason) => void} failed
     */
    ask(got, failed) {
      waiting = { got, failed };
      if (isAsking) return;
      isAsking = true;
      questions += 1;
      const mine = questions;
      findPosition((position) => {
        isAsking = false;
        if (!waiting) return; // an earlier question, late, has been answered instead
        const { got: tell } = waiting;
        waiting = null;
        own = known(ownOf(position));
        tell(own);
      }, (reason) => {
        if (mine !== questions) return;
        isAsking = false;
        if (waiting) waiting.failed(reason);
      });
    },
  };
}
