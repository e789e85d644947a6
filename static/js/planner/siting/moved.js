// The sites of an answer at other places: what that changes is counted while one is dragged, and by the service where it
// is let go. The plan itself stays as it is; what was moved is put back, or asked anew as sites that must be among them.

import { formatCount, formatCounted, formatShare } from '../../lib/figures.js';
import { at } from '../../lib/map.js';
import { byId, filled, nameOf } from '../../lib/page.js';
import { post } from '../../lib/request.js';
import { longestLineM, sharesOf } from './counting.js';
import { liesIn } from './placed.js';
import { lastOf } from './trial.js';

/** @typedef {{ code: string, lon: number, lat: number, name: string }} Moved */

/**
 * @param {string} address
 * @param {{ offline: string, measuring: string, worker: string, workers: string, moved: string, dragged: string, confirmed: string, barred_sites: string }} texts
 * @param {ReturnType<typeof import('./trial.js').makeTrial>} trial
 * @param {ReturnType<typeof import('./catchments.js').makeCatchments>} catchments
 * @param {(order: string, place: L.LatLng) => void} stand puts a marker somewhere
 * @param {(sites: Moved[]) => void} ask asks anew with these among the sites
 * @param {() => GeoJSON.Geometry[]} barred where no station may stand
 */
export function makeMoved(address, texts, trial, catchments, stand, ask, barred) {
  /** @type {Map<string, Moved>} as the answer has them, and as they stand now */
  const planned = new Map();
  const present = new Map();
  /** @type {Record<string, unknown> | null} what places are tried for */
  let question = null;
  let turn = 0;

  const card = byId('moved');
  const list = byId('moved-districts');
  L.DomEvent.disableClickPropagation(card); // no place is put below it

  /** @param {string} text */
  function say(text) {
    byId('moved-told').textContent = text;
  }

  /** @returns {[number, number][]} */
  function places() {
    return Array.from(present.values(), ({ lon, lat }) => [lon, lat]);
  }

  /**
   * The table of districts as it is with the sites where they stand now.
   * @param {ReturnType<typeof sharesOf>} districts
   */
  function fill(districts) {
    const found = new Map(districts.map((one) => [one.code, one]));
    document.querySelectorAll('#districts tr[data-code]').forEach((row) => {
      const one = found.get(row.getAttribute('data-code') || '');
      if (!one) return;
      /** @type {Record<string, string>} */
      const shown = {
        after: formatShare(one.after_share), added: formatCount(one.added), left: formatCount(one.weight - one.covered - one.added),
      };
      row.querySelectorAll('[data-cell]').forEach((cell) => {
        if (!cell.hasAttribute('data-planned')) cell.setAttribute('data-planned', cell.textContent || '');
        cell.textContent = shown[cell.getAttribute('data-cell') || ''];
        cell.classList.toggle('changed', cell.textContent !== cell.getAttribute('data-planned'));
      });
    });
  }

  /** The table as the answer had it. */
  function restore() {
    document.querySelectorAll('#districts [data-planned]').forEach((cell) => {
      cell.textContent = cell.getAttribute('data-planned');
      cell.removeAttribute('data-planned');
      cell.classList.remove('changed');
    });
  }

  /**
   * @param {number} added
   * @param {number} before by the plan
   * @param {number} weight
   * @param {number} covered
   * @param {string} end
   */
  function tell(added, before, weight, covered, end) {
    const by = added - before;
    say(filled(texts.moved, {
      some: formatCounted(added, texts.worker, texts.workers),
      by: `${by > 0 ? '+' : by < 0 ? '−' : '±'}${formatCount(Math.abs(by))}`,
      share: formatShare(weight ? (covered + added) / weight : null),
    }) + barredText() + end);
  }

  /** The sites that now stand where none may; nothing where there are none. */
  function barredText() {
    const areas = barred();
    const orders = Array.from(present).filter(([, { lon, lat }]) => areas.some((area) => liesIn(lon, lat, area))).map(([order]) => order);
    return orders.length ? filled(texts.barred_sites, { sites: orders.join(', ') }) : '';
  }

  const counting = lastOf(async (/** @type {{ mine: number, confirmed: { covered_before: number, covered_after: number } | null }} */ { mine, confirmed }) => {
    if (!question) return;
    const now = places();
    const base = await trial.count(question, Array.from(planned.values(), ({ lon, lat }) => [lon, lat]));
    const counted = base && await trial.count(question, now);
    if (!base || !counted || mine !== turn) return;
    const { ground, count } = counted;
    const { weight, covered } = ground.head;
    catchments.draw(counted, now, longestLineM(ground.head));
    const districts = sharesOf(ground, count);
    fill(districts);
    const before = sharesOf(ground, base.count);
    list.replaceChildren(...districts.map((one, place) => [one, before[place]]).filter(([one, was]) => one.added !== was.added).map(([one, was]) => {
      const row = document.createElement('li');
      row.textContent = `${nameOf(one)}: ${formatShare(was.after_share)} → ${formatShare(one.after_share)}`;
      return row;
    }));
    const added = confirmed ? confirmed.covered_after - confirmed.covered_before : count.added;
    tell(added, base.count.added, weight, covered, confirmed ? texts.confirmed : texts.dragged);
    card.dataset.counted = String(Math.round(added));
  });

  const confirming = lastOf(async (/** @type {number} */ mine) => {
    if (!question) return;
    const drawn = Array.from(present.values(), ({ code, lon, lat }) => ({ code, lon, lat }));
    const { answer, error } = await post(address, { ...question, drawn }, texts);
    if (mine !== turn) return;
    if (error !== null) say(error);
    else counting({ mine, confirmed: answer });
  });

  function back() {
    turn += 1;
    planned.forEach((one, order) => {
      stand(order, at(one.lon, one.lat));
      present.set(order, one);
    });
    close();
    restore();
  }

  function close() {
    catchments.clear();
    list.replaceChildren();
    delete card.dataset.counted;
    card.hidden = true;
  }

  /** @type {import('../numbered_rows.js').Moved} */
  function moved(order, place, settled) {
    const one = planned.get(order);
    if (!one || !question) return;
    present.set(order, { ...one, lon: Number(place.lng.toFixed(7)), lat: Number(place.lat.toFixed(7)) });
    turn += 1;
    card.hidden = false;
    if (!card.dataset.counted) say(texts.measuring);
    if (settled) confirming(turn);
    else counting({ mine: turn, confirmed: null });
  }

  /** Take up the sites of an answer that has just come. */
  function follow() {
    turn += 1;
    planned.clear();
    present.clear();
    close();
    const movable = document.getElementById('movable');
    question = movable ? JSON.parse(movable.dataset.question || 'null') : null;
    document.querySelectorAll('#sites tbody tr').forEach((row, index) => {
      const button = row.querySelector('button.link');
      /** @type {Moved} */
      const one = { code: `M${index + 1}`, lon: Number(row.getAttribute('data-lon')), lat: Number(row.getAttribute('data-lat')), name: (button && button.textContent) || '' };
      const order = row.getAttribute('data-order') || '';
      planned.set(order, one);
      present.set(order, one);
    });
  }

  byId('moved-back').addEventListener('click', back);
  byId('moved-ask').addEventListener('click', () => {
    const sites = Array.from(present.values());
    back();
    ask(sites);
  });
  return {
    moved,
    follow,
    may: () => question !== null,
    /** Take the rows before the first move. */
    near: () => { if (question) trial.groundOf(question); },
  };
}
