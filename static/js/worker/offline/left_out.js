// What is said of stations of unknown hours that are left out where only open ones are listed, or are listed, in the
// service's words (geoapp/reports/words/nearest.py).

import { farText, icon, made, t } from './cards.js';
import { isUnknownThen, nearest } from './nearest.js';

const MOST = 50;

/**
 * The sentence with its button; null where nothing is left out.
 * @param {import('./nearest.js').Kept} kept
 * @param {import('./nearest.js').Question} question
 * @param {import('./nearest.js').Item[]} shown
 * @param {number} accuracy_m
 */
export function hoursOf(kept, question, shown, accuracy_m) {
  if (!question.openOnArrival || !shown.length) return null;
  if (question.orUnknown) return line(t('开放时间未知的也列在里面。', 'Those with unknown hours are listed, too.'), '', t('不列', 'Leave them out'));
  const wider = nearest(kept, { ...question, k: MOST, orUnknown: true });
  const { code } = shown[shown.length - 1].station;
  const last = wider.findIndex(({ station }) => station.code === code);
  const hidden = wider.slice(0, last < 0 ? undefined : last).filter((item) => isUnknownThen(item) && !item.noWay);
  if (!hidden.length) return null;
  const isMore = last < 0 && wider.length === MOST;
  const far = farText(kept, hidden[0], accuracy_m + (hidden[0].station.off_m || 0));
  return line(t(
    `还有${isMore ? '至少 ' : ' '}${hidden.length} 处开放时间未知，最近的 ${far.zh}。`,
    `${isMore ? 'At least ' : ''}${hidden.length} more with unknown hours, nearest ${far.en}.`,
  ), '1', t('也列出来', 'Show them too'));
}

/**
 * @param {string} words
 * @param {string} wanted what the button asks for
 * @param {string} name of the button
 */
function line(words, wanted, name) {
  return made('p', { class: 'small hours-left-out' }, icon('unknown'), made('span', {}, words), ' ',
    made('button', { class: 'button', type: 'button', 'data-unknown': wanted }, name));
}
