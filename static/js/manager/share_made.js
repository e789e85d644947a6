// The link that is shown once: a button copies it, and says so.

import { copyText } from '../lib/copy.js';
import { byId } from '../lib/page.js';

const link = byId('link', HTMLTextAreaElement);
const button = byId('copy');
const said = byId('copied');

button.hidden = false;
button.addEventListener('click', async () => {
  const done = await copyText(link.value);
  said.textContent = (done ? said.dataset.done : said.dataset.failed) || '';
  if (done) button.focus();
  else link.select(); // ready for the keyboard
});
