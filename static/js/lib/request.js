// What a page asks of the service in the background: one way to ask, one way to say what went wrong.

import { language } from './page.js';

/**
 * What came of it: the answer (parsed where it is JSON, a blob where it is numbers, as text otherwise), or why there is none, in
 * the language of the page.
 * @typedef {{ answer: any, error: null } | { answer: null, error: string }} Outcome
 */

/**
 * What is said where the service is not reached, or answers without a word; and, if an answer is not
 * waited for longer than so many milliseconds, what is said then; and what is said where the service
 * was reached and failed, which is not the fault of anybody's connection.
 * @typedef {{ offline: string, failed?: string, late?: string, limit_ms?: number }} OfflineText
 */

/**
 * The service's own words of a problem document (RFC 9457).
 * @param {any} problem
 * @param {'zh' | 'en'} inLanguage
 * @param {string} otherwise said where the document is none
 * @returns {string}
 */
export function problemText(problem, inLanguage, otherwise) {
  const { detail, detail_zh: detailZh } = Object(problem);
  return (inLanguage === 'zh' && detailZh) || detail || otherwise;
}

/**
 * Tell whether something in between has answered, such as the sign-in page of a wireless network: the
 * service answers what is asked in the background with JSON or a part of a page, never with a whole one.
 * @param {any} answer
 */
function isWholePage(answer) {
  return typeof answer === 'string' && /^\s*<(!doctype|html|head|meta|title|script|body)\b/i.test(answer);
}

/**
 * @param {string} address
 * @param {RequestInit} request
 * @param {OfflineText} texts
 * @returns {Promise<Outcome>}
 */
async function ask(address, request, texts) {
  let late = 0;
  let isLate = false;
  try {
    let whole = request;
    if (texts.limit_ms) {
      const stop = new AbortController();
      whole = { ...request, signal: stop.signal };
      late = Number(setTimeout(() => { isLate = true; stop.abort(); }, texts.limit_ms));
    }
    const response = await fetch(address, whole);
    const kind = response.headers.get('Content-Type') || '';
    const answer = /\bjson\b/.test(kind) ? await response.json()
      : /\boctet-stream\b/.test(kind) ? await response.blob() : await response.text();
    if (response.ok) return isWholePage(answer) ? { answer: null, error: texts.offline } : { answer, error: null };
    const silent = (response.status >= 500 && texts.failed) || texts.offline;
    return { answer: null, error: problemText(answer, language(), silent) };
  } catch {
    return { answer: null, error: (isLate && texts.late) || texts.offline };
  } finally {
    clearTimeout(late);
  }
}

/**
 * Read something.
 * @param {string} address
 * @param {OfflineText} [texts]
 * @returns {Promise<Outcome>}
 */
export function get(address, texts = { offline: '' }) {
  return ask(address, {}, texts);
}

/**
 * Send something, with the token of whoever is signed in.
 * @param {string} address
 * @param {unknown} body a form as it is, a text as it is, anything else as JSON
 * @param {OfflineText} [texts]
 * @param {string} [type] of a text
 * @returns {Promise<Outcome>}
 */
export function post(address, body, texts = { offline: '' }, type = 'application/json') {
  /** @type {Record<string, string>} */
  const headers = {};
  const token = document.querySelector('meta[name="csrf-token"]');
  if (token) headers['X-CSRFToken'] = token.getAttribute('content') || '';
  // A part of a page comes all the same; a refusal comes with its words instead of as a whole page.
  headers.Accept = 'application/json';
  if (body instanceof FormData) return ask(address, { method: 'POST', headers, body }, texts);
  if (body === undefined) return ask(address, { method: 'POST', headers }, texts);
  headers['Content-Type'] = type;
  return ask(address, { method: 'POST', headers, body: typeof body === 'string' ? body : JSON.stringify(body) }, texts);
}

/**
 * Fetch a file, and tell how much of it has come.
 * @param {string} address
 * @param {AbortSignal} signal stops it
 * @param {(bytes: number) => void} progress
 * @returns {Promise<Blob | null>} null where it did not come whole
 */
export async function download(address, signal, progress) {
  try {
    // Not out of the browser's own store, where a part of it may lie.
    const response = await fetch(address, { credentials: 'omit', cache: 'no-store', signal });
    if (response.status !== 200 || !response.body) return null;
    const wanted = Number(response.headers.get('Content-Length'));
    const reader = response.body.getReader();
    /** @type {Uint8Array<ArrayBuffer>[]} */
    const parts = [];
    let bytes = 0;
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      parts.push(part.value);
      bytes += part.value.length;
      progress(bytes);
    }
    return wanted && bytes !== wanted ? null : new Blob(parts);
  } catch {
    return null; // stopped, or lost on the way
  }
}
