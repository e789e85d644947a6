// A run that is being computed: its progress, and the page anew when it has ended.

import { byId, language } from '../lib/page.js';
import { get } from '../lib/request.js';

const POLL_MS = 700;
const waiting = byId('waiting');
const bar = byId('waiting-bar', HTMLProgressElement);
const step = byId('waiting-step');

async function look() {
  const { answer, error } = await get(waiting.dataset.run || '');
  if (answer && !['queued', 'running'].includes(answer.status)) {
    window.location.reload();
    return;
  }
  if (answer) bar.value = answer.progress_share;
  const words = answer ? answer.step[language()] : error;
  if (step.textContent !== words) step.textContent = words;
  setTimeout(look, POLL_MS);
}

look();
