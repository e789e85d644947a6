// The stops of a way as rows of words; empty rows wait to be filled in.

/**
 * What a stop is called: A, B, C; the stations have the numbers.
 * @param {number} index from 0
 */
export function letterOf(index) {
  return String.fromCharCode(65 + index);
}

/**
 * @param {string[]} words
 * @returns {string[]} those that are written
 */
export function filledIn(words) {
  return words.filter((one) => one.trim() !== '');
}

/**
 * A stop more, where the first row is empty or at the end.
 * @param {string[]} words
 * @param {string} next
 * @param {number} most
 * @returns {string[] | null} null where there is no room
 */
export function withNext(words, next, most) {
  const free = words.findIndex((one) => one.trim() === '');
  if (free >= 0) return words.map((one, index) => (index === free ? next : one));
  return words.length < most ? [...words, next] : null;
}

/**
 * Begin at another place: where one was known to be before gives way, else the others move on.
 * @param {string[]} words
 * @param {string} first
 * @param {number} most
 */
export function withFirst(words, first, most) {
  const name = first.split(' (')[0];
  const gives = words.length > 0 && (words[0].trim() === '' || words[0].indexOf(`${name} (`) === 0 || words.length >= most);
  return [first, ...(gives ? words.slice(1) : filledIn(words))];
}
