// Reports that wait on this device until the service has taken them. Pages read this as a module, the
// worker (sw.js) by importScripts, so nothing is exported: it makes `geoappOutbox`. A report leaves only
// when the service itself has said so: an answer that is another's (a portal, a gateway) leaves it here.

/**
 * A report: what the API is sent, beside the key and the age; when it was made; what the place is called.
 * `refused` is why the service did not take it; `claimed_ms` is since when it is being sent.
 * @typedef {{ key: string, body: Record<string, unknown>, made_ms: number, name: string,
 *   refused?: { zh: string, en: string, parameter: string }, claimed_ms?: number }} WaitingReport
 * What became of it: 'later' is that too much was sent for now, 'silent' that the service was not reached.
 * @typedef {{ outcome: 'taken' | 'refused' | 'later' | 'silent' | 'gone', answer: any }} Sent
 * @typedef {{ add: (one: WaitingReport) => Promise<void>, all: () => Promise<WaitingReport[]>,
 *   takeBack: (key: string) => Promise<boolean>, send: (one: WaitingReport) => Promise<Sent>,
 *   sendOnce: (one: WaitingReport) => Promise<Sent>, sendAll: () => Promise<number> }} Outbox
 * @typedef {(root: string, address: string) => Outbox} MakeOutbox
 */

(() => {
  const STORE = 'reports';
  const MOST = 60;
  const LIMIT_MS = 10000;
  const CLAIM_MS = 3 * LIMIT_MS;

  /**
   * @param {number} status
   * @param {any} answer
   * @param {string} key
   * @returns {Sent['outcome']}
   */
  function outcomeOf(status, answer, key) {
    if (status >= 200 && status < 300) return answer.key === key ? 'taken' : 'silent';
    if (answer.status !== status || !answer.detail) return 'silent'; // no problem document of ours
    if (status === 429) return 'later';
    return status >= 400 && status < 500 && status !== 408 ? 'refused' : 'silent';
  }

  /**
   * @param {string} address
   * @param {WaitingReport} one
   * @returns {Promise<Sent>}
   */
  async function post(address, one) {
    // By how long ago, not when: a clock that is wrong is wrong at both ends.
    const age_seconds = Math.max(0, Math.round((Date.now() - one.made_ms) / 1000));
    const stop = new AbortController();
    const late = setTimeout(() => stop.abort(), LIMIT_MS);
    try {
      const response = await fetch(address, {
        method: 'POST', credentials: 'omit', redirect: 'error', signal: stop.signal,
        headers: { Accept: 'application/json', 'Content-Type': 'application/json' },
        body: JSON.stringify({ ...one.body, key: one.key, age_seconds }),
      });
      const answer = Object(await response.json());
      return { outcome: outcomeOf(response.status, answer, one.key), answer };
    } catch {
      return { outcome: 'silent', answer: null };
    } finally {
      clearTimeout(late);
    }
  }

  /** @param {WaitingReport} one whether somebody is sending it; a clock set back does not hold it for ever */
  function isClaimed(one) {
    return one.claimed_ms !== undefined && Math.abs(Date.now() - one.claimed_ms) < CLAIM_MS;
  }

  /** @type {MakeOutbox} */
  const make = (root, address) => {
    /** @returns {Promise<IDBDatabase>} */
    function open() {
      return new Promise((resolve, reject) => {
        const asked = indexedDB.open(`geoapp-outbox ${root}`, 1);
        asked.onupgradeneeded = () => asked.result.createObjectStore(STORE, { keyPath: 'key' });
        asked.onsuccess = () => resolve(asked.result);
        asked.onerror = () => reject(asked.error);
        asked.onblocked = () => reject(new Error('blocked'));
      });
    }

    /**
     * @template T
     * @param {IDBTransactionMode} mode
     * @param {(store: IDBObjectStore, keep: (found: T) => void) => void} work
     * @returns {Promise<T | undefined>} what it kept, once all is stored
     */
    async function within(mode, work) {
      const database = await open();
      try {
        return await new Promise((resolve, reject) => {
          /** @type {T | undefined} */
          let kept;
          const whole = database.transaction(STORE, mode);
          whole.oncomplete = () => resolve(kept);
          whole.onabort = whole.onerror = () => reject(whole.error || new Error('not kept'));
          work(whole.objectStore(STORE), (found) => { kept = found; });
        });
      } finally {
        database.close();
      }
    }

    /**
     * @param {string} key
     * @param {(one: WaitingReport) => WaitingReport | null | undefined} change_ null: it goes; undefined: it stays as it is
     * @returns {Promise<boolean>} whether it was changed
     */
    async function change(key, change_) {
      const changed = await within('readwrite', (store, keep) => {
        const asked = store.get(key);
        asked.onsuccess = () => {
          const made = asked.result && change_(asked.result);
          if (made === undefined) return;
          keep(true);
          if (made) store.put(made);
          else store.delete(key);
        };
      });
      return changed === true;
    }

    async function all() {
      /** @type {WaitingReport[] | undefined} */
      const found = await within('readonly', (store, keep) => {
        const asked = store.getAll();
        asked.onsuccess = () => keep(asked.result);
      });
      return (found || []).sort((a, b) => a.made_ms - b.made_ms || (a.key < b.key ? -1 : 1));
    }

    /** @param {WaitingReport} one */
    async function send(one) {
      const isMine = await change(one.key, (now) => (now.refused || isClaimed(now) ? undefined : { ...now, claimed_ms: Date.now() }));
      if (!isMine) return /** @type {Sent} */ ({ outcome: 'gone', answer: null }); // taken back, or sent by another page
      const sent = await post(address, one);
      const { outcome, answer } = sent;
      await change(one.key, (now) => {
        if (outcome === 'taken') return null;
        const rest = { ...now };
        delete rest.claimed_ms;
        if (outcome !== 'refused') return rest;
        return { ...rest, refused: { zh: String(answer.detail_zh || answer.detail), en: String(answer.detail), parameter: String(answer.parameter || '') } };
      });
      return sent;
    }

    return {
      all,
      send,
      sendOnce: (one) => post(address, one), // where the browser keeps nothing
      async add(one) {
        const waiting = await all();
        if (waiting.length >= MOST) throw new Error('full');
        // Of what is said twice of a place, the later counts.
        const same = waiting.filter((other) => other.key !== one.key && other.body.code && other.body.kind
          && other.body.code === one.body.code && other.body.kind === one.body.kind && !isClaimed(other));
        await within('readwrite', (store) => {
          same.forEach((other) => store.delete(other.key));
          store.put(one);
        });
      },
      takeBack: (key) => change(key, (one) => (isClaimed(one) ? undefined : null)),
      async sendAll() {
        for (const one of (await all()).filter((other) => !other.refused)) {
          const { outcome } = await send(one);
          if (outcome === 'silent' || outcome === 'later') break;
        }
        return (await all()).filter((other) => !other.refused).length;
      },
    };
  };
  Object.assign(self, { geoappOutbox: make });
})();
