// A scenario's page: who may read it, bringing back a version, removing it.

import { token } from '../lib/follow.js';

const main = document.getElementById('content');
const told = document.getElementById('told');
const texts = JSON.parse(document.getElementById('texts').textContent);
const language = document.documentElement.lang.slice(0, 2);

/** Answer whether the service did it; where not, say why. */
async function send(path, body) {
  try {
    const response = await fetch(`${main.dataset.address}/${path}`, {
      method: 'POST', headers: { Accept: 'application/json', 'Content-Type': 'application/json', 'X-CSRFToken': token() }, body: JSON.stringify(body),
    });
    const answer = await response.json();
    if (!response.ok) told.textContent = (language === 'zh' && answer.detail_zh) || answer.detail;
    return response.ok;
  } catch (error) {
    told.textContent = texts.offline;
    return false;
  }
}

document.querySelectorAll('[name="audience"]').forEach((one) => one.addEventListener('change', async () => {
  if (await send('audience', { audience: one.value })) told.textContent = texts.shared;
}));

document.querySelectorAll('[data-restore]').forEach((button) => button.addEventListener('click', async () => {
  const body = { old: Number(button.dataset.restore), version: Number(main.dataset.version) };
  if (await send('restore', body)) window.location.reload();
  else told.scrollIntoView({ block: 'center' });
}));

const remove = document.getElementById('remove');
if (remove) {
  remove.addEventListener('click', async () => {
    if (!remove.dataset.sure) {
      remove.dataset.sure = 'true';
      remove.textContent = texts.sure;
    } else if (await send('remove', {})) window.location.assign(main.dataset.list);
  });
}
