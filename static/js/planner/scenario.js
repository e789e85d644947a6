// A scenario's page: who may read it, bringing back a version, removing it.

import { byId, readJson } from '../lib/page.js';
import { post } from '../lib/request.js';

const main = byId('content');
const told = byId('told');
const texts = readJson('texts');

/**
 * Answer whether the service did it; where not, say why.
 * @param {string} path
 * @param {object} body
 */
async function send(path, body) {
  const { error } = await post(`${main.dataset.address}/${path}`, body, texts);
  if (error !== null) told.textContent = error;
  return error === null;
}

document.querySelectorAll('[name="audience"]').forEach((one) => one.addEventListener('change', async () => {
  const audience = /** @type {HTMLInputElement} */ (one).value;
  if (await send('audience', { audience })) told.textContent = texts.shared;
}));

document.querySelectorAll('[data-restore]').forEach((button) => button.addEventListener('click', async () => {
  const body = { old: Number(button.getAttribute('data-restore')), version: Number(main.dataset.version) };
  if (await send('restore', body)) window.location.reload();
  else told.scrollIntoView({ block: 'center' });
}));

const remove = document.getElementById('remove');
if (remove) {
  remove.addEventListener('click', async () => {
    if (!remove.dataset.sure) {
      remove.dataset.sure = 'true';
      remove.textContent = texts.sure;
    } else if (await send('remove', {})) window.location.assign(main.dataset.list || '');
  });
}
