// A text into the clipboard, in old browsers and on plain http as well.

/**
 * @param {string} text
 * @returns {boolean} whether an old browser, or one on an insecure origin, has copied it
 */
function copyByHand(text) {
  const holder = document.createElement('textarea');
  holder.value = text;
  holder.setAttribute('readonly', '');
  holder.style.position = 'fixed';
  document.body.appendChild(holder);
  holder.select();
  const done = document.execCommand('copy');
  document.body.removeChild(holder);
  return done;
}

/**
 * Copy a text.
 * @param {string} text
 * @returns {Promise<boolean>} whether it is in the clipboard
 */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyByHand(text);
  }
}
