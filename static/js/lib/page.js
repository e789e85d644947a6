// What every script asks of its page.

/**
 * The element with an id; a page without it is a mistake of ours and ends the script.
 * @template {Element} T
 * @overload
 * @param {string} id
 * @param {new () => T} kind
 * @returns {T}
 */
/**
 * @overload
 * @param {string} id
 * @returns {HTMLElement}
 */
/**
 * @param {string} id
 * @param {new () => Element} [kind]
 */
export function byId(id, kind = HTMLElement) {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new TypeError(`#${id} is not on this page`);
  return found;
}

/**
 * What an event happened to, or the nearest element around it, that fits a selector.
 * @param {Event} event
 * @param {string} selector
 * @returns {HTMLElement | null}
 */
export function closest(event, selector) {
  return event.target instanceof Element ? event.target.closest(selector) : null;
}

/**
 * The page's language.
 * @returns {'zh' | 'en'}
 */
export function language() {
  return document.documentElement.lang.slice(0, 2) === 'zh' ? 'zh' : 'en';
}

/**
 * A name in the page's language; in Chinese where there is no other.
 * @param {{ name_zh: string, name_en?: string | null }} named
 * @returns {string}
 */
export function nameOf(named) {
  return (language() === 'en' && named.name_en) || named.name_zh;
}

/**
 * In which language a text is read aloud where that is not the page's: Chinese in an English page.
 * @param {string} text
 * @returns {'zh-CN' | ''}
 */
export function spokenIn(text) {
  return language() === 'en' && /[\u3400-\u9fff]/.test(text) ? 'zh-CN' : '';
}

/**
 * Let the browser answer whoever presses something, before more is worked on.
 * @returns {Promise<void>}
 */
export function pause() {
  return new Promise((resolve) => { setTimeout(resolve); });
}

const QUIET_LIMIT_MS = 2000;
const QUIET_MS = 200; // where a browser does not say when it is idle

/**
 * Resolves when the page is there and nothing else is waiting.
 * @returns {Promise<void>}
 */
export function quiet() {
  return new Promise((resolve) => {
    const done = () => resolve();
    const idle = () => (window.requestIdleCallback ? window.requestIdleCallback(done, { timeout: QUIET_LIMIT_MS }) : window.setTimeout(done, QUIET_MS));
    if (document.readyState === 'complete') idle();
    else window.addEventListener('load', idle, { once: true });
  });
}

/**
 * Load a module that is wanted later than the page.
 * @param {string} address
 * @returns {HTMLScriptElement}
 */
export function loadModule(address) {
  const script = document.createElement('script');
  script.type = 'module';
  script.src = address;
  document.head.appendChild(script);
  return script;
}

/**
 * What the server wrote into a JSON script element.
 * @param {string} id
 * @returns {any}
 */
export function readJson(id) {
  return JSON.parse(byId(id, HTMLScriptElement).text);
}

/**
 * Tell above the form what is wrong; with null, that nothing is any more.
 * @param {string | null} text
 */
export function complain(text) {
  const place = byId('form-error');
  place.hidden = !text;
  if (place.lastElementChild) place.lastElementChild.textContent = text || '';
}

/**
 * A text with values in the place of the names that it carries in braces.
 * @param {string} text
 * @param {Record<string, string | number>} values
 * @returns {string}
 */
export function filled(text, values) {
  return Object.keys(values).reduce((made, name) => made.split(`{${name}}`).join(String(values[name])), text);
}
