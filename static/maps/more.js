// What a layer left out is loaded where one looks: of what is in view, as much as can be drawn.
window.geoappMore = (() => {
  "use strict";
  const PAUSE_MS = 250;
  // So many are asked for at once, and so many kept when one has moved on.
  const MOST_ASKED = 3000;
  const MOST_KEPT = 20000;
  // The view as the service takes it; null where none of it lies on the map of the world.
  function boxOf(view) {
    const west = Math.max(-180, view.getWest());
    const south = Math.max(-90, view.getSouth());
    const east = Math.min(180, view.getEast());
    const north = Math.min(90, view.getNorth());
    if (west > east || south > north) return null;
    return [west, south, east, north].map((one) => one.toFixed(6)).join(",");
  }

  // A line of the heading that is read out when it changes.
  function noteOf() {
    const line = document.createElement("li");
    const note = document.createElement("span");
    note.setAttribute("role", "status");
    line.append(note);
    document.querySelector(".heading ul").append(line);
    return note;
  }

  // As the page's own data has it; see the layer's data.
  function featureOf(data, { id, geometry, properties }) {
    const lines = data.fields.map((title) => {
      const words = properties.text[title];
      return words === undefined ? null : data.texts.push(words) - 1;
    });
    const place = geometry.type === "Point" ? geometry.coordinates : geometry;
    return [place, String(properties.name || id), properties.look, lines, Boolean(properties.is_sample), null, String(id)];
  }

  function watch(map, group, { words, filled, arrange }) {
    const data = group.geoappData;
    const known = new Set(data.features.map((feature) => feature[6]));
    let loaded = [];
    let whole = null;
    let asked = null;
    let due = 0;
    const note = noteOf();
    note.dataset.layer = data.id;
    const say = (shown, total) => {
      note.textContent = filled(words.in_view, { title: data.title, shown, total });
    };

    function take(answer, view) {
      const fresh = answer.features.filter((one) => !known.has(String(one.id))).map((one) => featureOf(data, one));
      for (const feature of fresh) known.add(feature[6]);
      loaded.push(...group.geoappDraw(fresh));
      if (loaded.length > MOST_KEPT) {
        const kept = new Set(loaded.filter((shape) => group.geoappTouches(shape, view)));
        const gone = new Set(loaded.filter((shape) => !kept.has(shape)));
        for (const shape of gone) known.delete(shape.geoappFeature[6]);
        group.geoappForget(gone);
        loaded = [...kept];
        whole = null;
      }
      if (fresh.length) arrange();
    }

    async function load() {
      asked?.abort();
      asked = null;
      const view = map.getBounds();
      const box = boxOf(view);
      if (!map.hasLayer(group) || box === null) { note.textContent = ""; return; }
      const here = group.geoappInView(view);
      if (whole?.contains(view)) { say(here, here); return; }
      const mine = new AbortController();
      asked = mine;
      // Where enough is drawn already, only their number is asked for.
      const limit = here < MOST_ASKED ? MOST_ASKED : 1;
      let answer = null;
      try {
        const response = await fetch(`${data.more.address}&bbox=${box}&limit=${limit}`, { signal: mine.signal });
        if (response.ok) answer = await response.json();
      } catch {
        // A lost connection; one that was given up is told below.
      }
      if (asked !== mine) return;
      if (answer === null) { note.textContent = filled(words.more_failed, { title: data.title }); return; }
      take(answer, view);
      const shown = group.geoappInView(view);
      const total = answer.numberMatched;
      if (answer.numberReturned === total) {
        whole = view;
        say(shown, shown);
      } else {
        say(Math.min(shown, total), total);
      }
    }

    // Not before one has moved: of the first view the page says itself how much it shows.
    map.on("moveend overlayadd overlayremove", () => {
      clearTimeout(due);
      due = setTimeout(load, PAUSE_MS);
    });
  }

  return { boxOf, featureOf, noteOf, watch };
})();
