// A month's report that is opened as a file: the line between two days, and the week by the hour.
// All of it stands in the page already; without this script both days show half, and the table the hours.

(() => {
  const STEP_MS = 600;
  const HOURS = 168;
  document.querySelectorAll('.control').forEach((one) => one.removeAttribute('hidden'));

  const swipe = document.getElementById('swipe');
  const line = document.getElementById('line');
  if (swipe instanceof HTMLElement && line instanceof HTMLInputElement) {
    line.addEventListener('input', () => swipe.style.setProperty('--part', `${line.value}%`));
  }

  const week = document.getElementById('week');
  const slider = document.getElementById('hour');
  const told = document.getElementById('told');
  const play = document.getElementById('play');
  const hours = document.getElementById('hours');
  if (!week || !told || !hours || !(slider instanceof HTMLInputElement) || !(play instanceof HTMLButtonElement)) return;
  /** @type {{ regions: Record<string, { classes: string, low: (number | null)[], high: (number | null)[] }>, words: string[], colours: string[] }} */
  const { regions, words, colours } = JSON.parse(week.textContent || '');
  hours.hidden = false;

  /** @param {number | null} share in parts of a thousand */
  const percent = (share) => (share === null ? '—' : `${(share / 10).toFixed(1)}%`);

  /** @param {string} code @param {number} hour */
  function band(code, hour) {
    const { low, high } = regions[code];
    if (low[hour] === high[hour]) return percent(low[hour]);
    return `${percent(low[hour]).replace('%', '')}–${percent(high[hour])}`;
  }

  function draw() {
    const hour = Number(slider.value);
    told.textContent = words[hour];
    slider.setAttribute('aria-valuetext', words[hour]);
    /** @param {Element} one */
    const colour = (one) => colours[Number(regions[one.getAttribute('data-code') || ''].classes[hour])];
    document.querySelectorAll('path[data-code]').forEach((one) => one.setAttribute('fill', colour(one)));
    document.querySelectorAll('#below tr[data-code]').forEach((row) => {
      const [swatch, text] = Array.from(row.querySelectorAll('span'));
      swatch.style.background = colour(row);
      text.textContent = band(row.getAttribute('data-code') || '', hour);
    });
    document.querySelectorAll('td[data-hour]').forEach((cell) => cell.classList.toggle('chosen', cell.getAttribute('data-hour') === slider.value));
  }

  /** @type {number | undefined} */
  let timer;

  function pause() {
    window.clearInterval(timer);
    timer = undefined;
    play.textContent = play.dataset.play || '';
    told.setAttribute('aria-live', 'polite');
  }

  play.addEventListener('click', () => {
    if (timer !== undefined) {
      pause();
      return;
    }
    // A screen reader is not told of every step, only of where it stops.
    told.setAttribute('aria-live', 'off');
    play.textContent = play.dataset.pause || '';
    timer = window.setInterval(() => {
      slider.value = String((Number(slider.value) + 1) % HOURS);
      draw();
    }, STEP_MS);
  });
  slider.addEventListener('input', () => {
    pause();
    draw();
  });
  document.querySelectorAll('td[data-hour]').forEach((cell) => cell.addEventListener('click', () => {
    pause();
    slider.value = cell.getAttribute('data-hour') || '0';
    draw();
  }));
  draw();
})();
