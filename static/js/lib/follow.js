// Follows a run without reloading: progress, cancelling, and the result when it has ended.

const POLL_MS = 700;

export function token() {
  return document.querySelector('meta[name="csrf-token"]').content;
}

export function complain(text) {
  const place = document.getElementById('form-error');
  place.hidden = !text;
  place.lastElementChild.textContent = text || '';
}

/**
 * The page has #follow, #follow-step, #cancel, #runs and #result; `main` names the addresses.
 * `shown(id)` is called when a run's result has been put into #result.
 */
export function makeFollower(main, texts, language, shown) {
  const follow = document.getElementById('follow');
  const result = document.getElementById('result');
  let following = null;

  function showProgress(run) {
    const percent = Math.round(run.progress_share * 100);
    const bar = follow.querySelector('[role="progressbar"]');
    follow.hidden = false;
    bar.setAttribute('aria-valuenow', percent);
    bar.firstElementChild.style.width = `${Math.max(percent, 2)}%`;
    const step = run.cancel_requested ? texts.cancelling : run.step[language];
    const line = run.status === 'running' ? `${step} · ${percent}%` : step;
    const place = document.getElementById('follow-step');
    if (place.textContent !== line) place.textContent = line;
    document.getElementById('cancel').disabled = run.cancel_requested;
  }

  function followRun(run) {
    following = run.id;
    main.dataset.run = run.id;
    history.replaceState(null, '', `?run=${run.id}`);
    step(run);
  }

  async function step(run) {
    if (following !== run.id) return;
    main.dataset.status = run.status;
    if (run.status !== 'queued' && run.status !== 'running') {
      following = null;
      follow.hidden = true;
      await showResult(run.id);
      return;
    }
    showProgress(run);
    window.setTimeout(async () => {
      let next = run;
      try {
        const response = await fetch(`${main.dataset.runs}/${run.id}`);
        if (response.ok) next = await response.json();
        else document.getElementById('follow-step').textContent = texts.offline;
      } catch (error) {
        document.getElementById('follow-step').textContent = texts.offline;
      }
      step(next);
    }, POLL_MS);
  }

  async function showResult(id) {
    const response = await fetch(main.dataset.fragment.replace('/0', `/${id}`));
    if (!response.ok) {
      complain(texts.offline);
      return;
    }
    result.innerHTML = await response.text();
    const fresh = document.getElementById('fresh-runs');
    document.getElementById('runs').replaceChildren(fresh.content);
    fresh.remove();
    await shown(id);
    result.dataset.shown = id;
    const title = document.getElementById('figures-title');
    if (title) title.focus();
  }

  document.getElementById('cancel').addEventListener('click', async () => {
    document.getElementById('cancel').disabled = true;
    try {
      await fetch(`${main.dataset.runs}/${main.dataset.run}/cancel`, { method: 'POST', headers: { 'X-CSRFToken': token() } });
    } catch (error) {
      document.getElementById('cancel').disabled = false;
    }
  });

  /** Start a run with this question; false where it was refused. */
  async function start(body) {
    const button = document.getElementById('start');
    button.disabled = true;
    let answer = null;
    try {
      const response = await fetch(main.dataset.runs, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'X-CSRFToken': token() },
        body: JSON.stringify(body),
      });
      answer = await response.json();
      if (!response.ok) {
        complain((language === 'zh' && answer.detail_zh) || answer.detail);
        answer = null;
      }
    } catch (error) {
      complain(texts.offline);
    }
    button.disabled = false;
    if (answer) followRun(answer);
  }

  /** Show the run that the page was opened with, or go on following it. */
  async function resume() {
    if (!main.dataset.run) return;
    if (main.dataset.status === 'queued' || main.dataset.status === 'running') {
      fetch(`${main.dataset.runs}/${main.dataset.run}`).then((response) => response.json()).then(followRun, () => complain(texts.offline));
    } else {
      await shown(main.dataset.run);
      result.dataset.shown = main.dataset.run;
    }
  }

  return { start, resume };
}

export function showAll(table) {
  document.getElementById(table).classList.remove('short');
  const all = document.getElementById('all');
  if (all) all.hidden = true;
}
