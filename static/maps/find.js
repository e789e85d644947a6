// The search box of a map. What the page holds is listed at once; of layers that come by tiles, the service is asked.
window.geoappFind = (() => {
  "use strict";
  const MOST_FOUND = 40;
  const PAUSE_MS = 250;

  function item(text, act) {
    const made = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = text;
    button.addEventListener("click", act);
    made.append(button);
    return made;
  }

  function told(text) {
    const made = document.createElement("li");
    made.className = "none";
    const note = document.createElement("span");
    note.setAttribute("role", "status");
    note.textContent = text;
    made.append(note);
    return made;
  }

  // As the service folds names: without gaps, accents and differences of width and case.
  const GAPS = /[\s\-_.,;:/\\·、，。；：（）()[\]【】'"“”‘’]+/g;
  const folded = (text) => text.normalize("NFKC").toLowerCase().normalize("NFD").replace(/\p{M}/gu, "").replace(GAPS, "");

  // given: words; cut(shown, total), the words for a list that is cut; held(words), which returns what the page
  // holds as [distance, title, show] with their number; asked(), the layers to be asked for.
  function start(map, { words, cut, held, asked }) {
    const box = document.createElement("div");
    box.className = "find";
    const input = document.createElement("input");
    input.type = "search";
    input.placeholder = words.search;
    input.setAttribute("aria-label", words.search);
    const list = document.createElement("ul");
    list.setAttribute("aria-label", words.found);
    let turn = 0;
    let due = 0;
    let takesFirst = false;

    const close = () => {
      turn += 1;
      clearTimeout(due);
      list.replaceChildren();
    };

    function append(found) {
      for (const [, title, show] of found) {
        list.append(item(title, () => {
          close();
          show();
        }));
      }
    }

    // What the service finds, in portions that are asked for one after the other.
    function portions(wanted) {
      let open = asked();
      const each = Math.max(1, Math.floor(MOST_FOUND / Math.max(1, open.length)));
      let offset = 0;
      return async () => {
        const answers = await Promise.all(open.map((layer) => layer.find(wanted, each, offset)));
        const total = answers.reduce((sum, answer) => sum + answer.total, 0);
        offset += each;
        const centre = map.getCenter();
        const found = answers.flatMap((answer) => answer.found).map(([layer, feature]) => (
          [centre.distanceTo(L.geoJSON(feature).getBounds().getCenter()), String(feature.properties.name || feature.id), () => layer.show(feature)]));
        open = open.filter((_, number) => offset < answers[number].total);
        return { found, total, more: open.length > 0 };
      };
    }

    async function ask(portion, found, total, wanted) {
      const mine = turn;
      list.append(told(words.waiting));
      let answer;
      try {
        answer = await portion();
      } catch {
        if (mine === turn) list.lastElementChild.firstElementChild.textContent = words.rows_failed;
        return;
      }
      if (mine !== turn) return;
      list.lastElementChild.remove();
      const isFirst = !list.children.length;
      // The name as it was typed comes first.
      const rank = ([distance, title]) => (wanted && folded(title) === folded(wanted) ? -1 : distance);
      append([...found, ...answer.found].sort((one, other) => rank(one) - rank(other)));
      const whole = total ?? answer.total + found.length;
      const shown = list.querySelectorAll("button").length;
      if (!shown && wanted) list.append(told(words.nothing));
      if (answer.more) {
        const note = told(cut(shown, whole));
        const more = item(words.further, () => {
          const last = note.previousElementSibling;
          note.remove();
          more.remove();
          ask(portion, [], whole, "").then(() => last.nextElementSibling?.querySelector("button")?.focus());
        });
        list.append(note, more);
      }
      if (isFirst && takesFirst) list.querySelector("button")?.click();
    }

    function fill() {
      close();
      takesFirst = false;
      const wanted = input.value.trim();
      const [found, total] = held(folded(wanted), MOST_FOUND);
      if (asked().length) {
        const mine = turn;
        due = setTimeout(() => { if (mine === turn) ask(portions(wanted), found, null, wanted); }, wanted ? PAUSE_MS : 0);
        return;
      }
      append(found);
      if (total > found.length) list.append(told(cut(found.length, total)));
      if (!found.length && wanted) list.append(told(words.nothing));
    }

    input.addEventListener("input", fill);
    input.addEventListener("focus", fill);
    box.addEventListener("keydown", (event) => {
      if (event.key === "Escape") { close(); input.blur(); }
      if (event.key !== "Enter" || event.target !== input) return;
      const first = list.querySelector("button");
      if (first) first.click();
      else takesFirst = true;
    });
    map.on("click movestart popupopen", close);
    box.append(input, list);
    document.querySelector(".heading").append(box);
  }

  return { start, folded };
})();
