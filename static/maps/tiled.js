// Layers of more markers than a page can carry: by vector tiles, fetched where one looks. Near markers stand
// as one count; what a marker tells, the service is asked for when it is opened.
window.geoappTiled = (() => {
  "use strict";
  const { CELL, SINGLES_FROM } = geoappMarks;
  // Tiles are drawn at twice their usual size, and so half as many are asked for.
  const SIZE = 512;
  const LIST_FROM = 18;
  const SAME_SPOT_PX = 12;
  const MOST_TOGETHER = 50;
  // An area at least so wide is drawn as one, fetched whole.
  const AREA_PX = 24;
  const MOST_AREAS = 200;
  const AREAS_AT_ONCE = 50;
  // So much of the view is fetched beyond each side.
  const AHEAD = 0.25;
  const FINGER_PX = 16;
  // So much is drawn beyond a tile's sides: half a sign.
  const EDGE = 12;
  // Finer than this nobody sees, and a tile would take too much memory.
  const MOST_SCALE = 2;
  // Sooner, that something is loading is no news.
  const QUIET_MS = 1000;
  // Told apart from a lost connection, for which trying again helps.
  const GONE = "gone";

  // Pictures that were taken away, to be painted on again: what collects the memory of new ones stops the page for longer
  // than all the painting.
  const MOST_SPARE = 32;
  const spare = [];

  const shown = [];
  const tiles = new Map();
  const waiting = [];
  let map = null;
  let tools = null;
  let note = null;
  let zoom = null;
  let former = [];
  let font = "";
  let colours = null;
  let telling = 0;

  const placeAt = (tile, x, y) => L.CRS.EPSG3857.pointToLatLng(L.point(tile.x * SIZE + x, tile.y * SIZE + y), tile.z + 1);

  // One piece of drawing after the other; between them the page answers.
  function later(work) {
    waiting.push(work);
    if (waiting.length === 1) setTimeout(next, 0);
  }

  function next() {
    waiting[0]();
    waiting.shift();
    if (waiting.length) setTimeout(next, 0);
  }

  function itemOf(data, { geom, geomType, bbox, props }) {
    const title = (data.tiles.english && props.name_en) || props.name_zh || props.name_en || props.id || "";
    const item = { id: props.id, title, count: props.count, look: props.look || 0 };
    if (geomType === 1) return { ...item, x: geom[0][0].x, y: geom[0][0].y };
    const width = Math.max(bbox.maxX - bbox.minX, bbox.maxY - bbox.minY);
    const within = (value) => Math.min(SIZE - 0.01, Math.max(0, value));
    return { ...item, wide: width >= AREA_PX, x: within((bbox.minX + bbox.maxX) / 2), y: within((bbox.minY + bbox.maxY) / 2) };
  }

  async function itemsOf(data, tile, signal) {
    const source = {
      async getZxy(z, x, y) {
        const address = data.tiles.address.replace("{z}", z).replace("{y}", y).replace("{x}", x);
        const response = await fetch(address, { signal });
        if (!response.ok) throw new Error(String(response.status));
        const body = await response.arrayBuffer();
        return body.byteLength ? { data: body } : undefined;
      },
    };
    const layers = await new protomapsL.PmtilesSource(source, false).get(tile, SIZE);
    return (layers.get(data.id) || []).map((feature) => itemOf(data, feature));
  }

  async function rows(group, asked) {
    // A list is asked for by its name over and over.
    const words = new URLSearchParams(Object.entries(asked).flatMap(([name, value]) => [value].flat().map((one) => [name, one])));
    const response = await fetch(`${group.geoappData.tiles.rows}&${words}`);
    if (!response.ok) throw new Error(String(response.status));
    return response.json();
  }

  // A pop-up that says that it waits, and then what the service answers.
  async function tell(place, answer) {
    const box = document.createElement("div");
    box.tabIndex = -1;
    box.setAttribute("role", "status");
    box.textContent = tools.words.waiting;
    const opened = L.popup(tools.popupOptions()).setLatLng(place).setContent(box).openOn(map);
    box.focus({ preventScroll: true });
    try {
      const { entries, total } = await answer();
      box.removeAttribute("role");
      tools.write(box, entries, total);
    } catch (error) {
      box.textContent = error.message === GONE ? tools.words.gone : tools.words.rows_failed;
    }
    const isRead = box.contains(document.activeElement);
    opened.update();
    // Laid out anew, it lost the focus: who came by the keyboard reads the answer and goes on from there.
    if (isRead) box.focus({ preventScroll: true });
  }

  const entryOf = (group, feature) => [group.geoappData, geoappMore.featureOf(group.geoappData, feature)];

  function boxAround(tile, [x, y], [right, low]) {
    const high = placeAt(tile, x, y);
    const deep = placeAt(tile, right, low);
    return [high.lng, deep.lat, deep.lng, high.lat].map((one) => one.toFixed(7)).join(",");
  }

  // Of what stands in a box, the one that was met first.
  async function inBox(groups, bbox, near, first) {
    const answers = await Promise.all(groups.map((group) => rows(group, { bbox, near, limit: MOST_TOGETHER })));
    const entries = answers.flatMap(({ features }, number) => features.map((one) => [groups[number], one]));
    entries.sort(([, one], [, other]) => (String(other.id) === first) - (String(one.id) === first));
    const total = answers.reduce((sum, { numberMatched }) => sum + numberMatched, 0);
    if (!total) throw new Error(GONE);
    return { entries: entries.map(([group, one]) => entryOf(group, one)), total };
  }

  const xOf = (mark) => mark.tile.x * SIZE + mark.x;
  const yOf = (mark) => mark.tile.y * SIZE + mark.y;

  function openSingle(mark) {
    const { tile, group, item } = mark;
    const place = placeAt(tile, item.x, item.y);
    const near = [...tiles.values()].flatMap((one) => one.marks).filter((one) => one.item
      && Math.hypot(xOf(one) - xOf(mark), yOf(one) - yOf(mark)) < SAME_SPOT_PX);
    tell(place, async () => {
      if (near.length > 1) {
        const groups = shown.filter((one) => near.some((other) => other.group === one));
        const box = boxAround(tile, [item.x - SAME_SPOT_PX, item.y - SAME_SPOT_PX], [item.x + SAME_SPOT_PX, item.y + SAME_SPOT_PX]);
        return inBox(groups, box, `${place.lng},${place.lat}`, String(item.id));
      }
      // The box spares the service looking through all of them.
      const bbox = boxAround(tile, [item.x - AREA_PX, item.y - AREA_PX], [item.x + AREA_PX, item.y + AREA_PX]);
      const { features } = await rows(group, { id: item.id, bbox });
      if (!features.length) throw new Error(GONE);
      return { entries: [entryOf(group, features[0])], total: 1 };
    });
  }

  function openCount({ tile, column, row, parts, x, y }) {
    const corner = [column * CELL, row * CELL];
    const other = [corner[0] + CELL, corner[1] + CELL];
    if (map.getZoom() < LIST_FROM) {
      const box = L.latLngBounds(placeAt(tile, ...corner), placeAt(tile, ...other));
      map.fitBounds(box, { maxZoom: Math.max(SINGLES_FROM, map.getZoom() + 2) });
      return;
    }
    const place = placeAt(tile, x, y);
    tell(place, () => inBox([...parts.keys()], boxAround(tile, corner, other), `${place.lng},${place.lat}`, ""));
  }

  function erase(picture) {
    picture.remove();
    const canvas = picture.getElement();
    if (spare.length >= MOST_SPARE) return;
    canvas.style.opacity = "";
    spare.push(canvas);
  }

  function blank(size) {
    const canvas = spare.pop() || document.createElement("canvas");
    // To set its size empties it, and takes new memory even where that is as it was.
    if (canvas.width !== size) Object.assign(canvas, { width: size, height: size });
    const context = canvas.getContext("2d");
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, size, size);
    return { canvas, context };
  }

  function draw(tile) {
    if (tile.picture) erase(tile.picture);
    tile.marks = geoappMarks.of(tile, shown);
    tile.wide = shown.flatMap((group) => (tile.items.get(group) || []).filter((item) => item.wide).map((item) => [group, item.id]));
    if (!tile.marks.length) { tile.picture = null; return; }
    const scale = Math.min(MOST_SCALE, window.devicePixelRatio || 1);
    const { canvas, context } = blank(Math.round((SIZE + 2 * EDGE) * scale));
    context.setTransform(scale, 0, 0, scale, EDGE * scale, EDGE * scale);
    Object.assign(context, { font, textAlign: "center", textBaseline: "middle" });
    for (const mark of tile.marks) geoappMarks.paint(context, mark, tools.trace, colours);
    const bounds = L.latLngBounds(placeAt(tile, -EDGE, -EDGE), placeAt(tile, SIZE + EDGE, SIZE + EDGE));
    tile.picture = L.svgOverlay(canvas, bounds, { pane: "geoapp-tiled" }).addTo(map);
  }

  // What is met at a point of the screen; what is smaller than a finger is met beside it, too.
  function markAt({ clientX, clientY }) {
    const frame = map.getContainer().getBoundingClientRect();
    const place = map.containerPointToLatLng([clientX - frame.left, clientY - frame.top]);
    const { x, y } = L.CRS.EPSG3857.latLngToPoint(place, zoom + 1);
    let best = null;
    let least = Infinity;
    for (const tile of tiles.values()) {
      if (x < tile.x * SIZE - CELL || x > (tile.x + 1) * SIZE + CELL || y < tile.y * SIZE - CELL || y > (tile.y + 1) * SIZE + CELL) continue;
      for (const mark of tile.marks) {
        const away = Math.hypot(xOf(mark) - x, yOf(mark) - y);
        if (away <= Math.max(mark.radius, FINGER_PX) && away < least) [best, least] = [mark, away];
      }
    }
    return best;
  }

  const ABOVE = ".leaflet-popup, .leaflet-control, .leaflet-marker-icon";

  // Before Leaflet hears of it: what lies below a mark is not met through it.
  function clicked(event) {
    if (event.target.closest(ABOVE) || map.dragging?.moved()) return;
    const mark = markAt(event);
    if (!mark) return;
    event.stopPropagation();
    if (mark.item) openSingle(mark); else openCount(mark);
  }

  const wordsOf = (mark) => (mark.item ? mark.item.title : [...mark.parts].map(([group, number]) => `${group.title} ${number}`).join(", "));

  function hovered(event) {
    const mark = event.target.closest?.(ABOVE) ? null : markAt(event);
    map.getContainer().classList.toggle("over-mark", Boolean(mark));
    map.getContainer().title = mark ? wordsOf(mark) : "";
  }

  // Where marks stand on the screen, with what each stands for.
  function standing() {
    if (!map) return [];
    const frame = map.getContainer().getBoundingClientRect();
    return [...tiles.values()].flatMap((tile) => tile.marks.map((mark) => {
      const { x, y } = map.latLngToContainerPoint(placeAt(tile, mark.x, mark.y));
      const [left, top] = [frame.left + x - mark.radius, frame.top + y - mark.radius];
      return { left, top, right: left + 2 * mark.radius, bottom: top + 2 * mark.radius, total: mark.total, words: wordsOf(mark) };
    }));
  }

  // Areas that can be seen as such lie beside the markers.
  function drawAreas() {
    const wanted = new Map(shown.map((group) => [group, new Set()]));
    for (const tile of tiles.values()) for (const [group, id] of tile.wide) wanted.get(group)?.add(String(id));
    for (const [group, ids] of wanted) {
      for (const [id, area] of group.areas) {
        if (ids.has(id)) continue;
        if (area) group.geoappAreas.removeLayer(area);
        group.areas.delete(id);
      }
      const fresh = [...ids].filter((id) => !group.areas.has(id)).slice(0, MOST_AREAS - group.areas.size);
      for (const id of fresh) group.areas.set(id, null);
      for (let begin = 0; begin < fresh.length; begin += AREAS_AT_ONCE) fetchAreas(group, fresh.slice(begin, begin + AREAS_AT_ONCE));
    }
  }

  // Many with one request: each would have the service look through all of them.
  async function fetchAreas(group, ids) {
    const bbox = geoappMore.boxOf(map.getBounds().pad(2));
    try {
      const { features } = await rows(group, { id: ids, limit: MOST_AREAS, ...(bbox && { bbox }) });
      for (const feature of features) {
        const id = String(feature.id);
        if (!group.areas.has(id) || group.areas.get(id)) continue;
        const area = tools.shapeOf(...entryOf(group, feature), group);
        group.areas.set(id, area);
        group.geoappAreas.addLayer(area);
      }
    } catch {
      for (const id of ids) group.areas.delete(id);
      note.textContent = tools.words.tiles_failed;
    }
  }

  function settle() {
    const all = [...tiles.values()];
    const isDrawn = !all.some((tile) => tile.isLoading);
    map.getContainer().dataset.tiles = isDrawn ? "drawn" : "loading";
    if (!isDrawn) {
      if (!telling) telling = setTimeout(() => { note.textContent = tools.words.tiles_waiting; }, QUIET_MS);
      return;
    }
    clearTimeout(telling);
    telling = 0;
    for (const picture of former) erase(picture);
    former = [];
    note.textContent = all.some((tile) => tile.failed) ? tools.words.tiles_failed : "";
    drawAreas();
    tools.changed();
  }

  async function load(tile) {
    const mine = shown.filter((group) => !tile.items.has(group));
    tile.isLoading = true;
    tile.failed = false;
    const found = await Promise.allSettled(mine.map(async (group) => {
      tile.items.set(group, await itemsOf(group.geoappData, tile, tile.given.signal));
    }));
    if (tile.given.signal.aborted) return;
    tile.failed = found.some(({ status }) => status === "rejected");
    later(() => {
      if (tiles.get(tile.key) !== tile) return;
      tile.isLoading = false;
      draw(tile);
      // A layer that was switched on meanwhile.
      if (!tile.failed && shown.some((group) => !tile.items.has(group))) load(tile);
      else settle();
    });
  }

  function drop(tile) {
    tile.given.abort();
    tiles.delete(tile.key);
    return tile.picture ? [tile.picture] : [];
  }

  function refresh() {
    if (!shown.length) return;
    const deepest = Math.min(...shown.map((group) => group.geoappData.tiles.deepest));
    const z = Math.max(0, Math.min(deepest, map.getZoom() - 1));
    if (z !== zoom) {
      // They are seen, faintly, until the new ones have come.
      for (const tile of [...tiles.values()]) former.push(...drop(tile));
      for (const picture of former) picture.setOpacity(0.35);
      zoom = z;
    }
    const view = map.getBounds().pad(AHEAD);
    const indexOf = (place) => L.CRS.EPSG3857.latLngToPoint(place, z + 1).divideBy(SIZE).floor();
    const high = indexOf(view.getNorthWest());
    const low = indexOf(view.getSouthEast());
    const within = (value) => Math.min(2 ** z - 1, Math.max(0, value));
    const wanted = new Set();
    for (let x = within(high.x); x <= within(low.x); x += 1) {
      for (let y = within(high.y); y <= within(low.y); y += 1) wanted.add(`${z}/${x}/${y}`);
    }
    for (const tile of [...tiles.values()]) {
      if (!wanted.has(tile.key)) for (const picture of drop(tile)) erase(picture);
      else if (tile.failed) load(tile);
    }
    for (const key of wanted) {
      if (tiles.has(key)) continue;
      const [, x, y] = key.split("/").map(Number);
      const tile = { key, z, x, y, items: new Map(), marks: [], wide: [], picture: null, given: new AbortController() };
      tile.isLoading = true;
      tiles.set(key, tile);
      later(() => { if (tiles.get(key) === tile) load(tile); });
    }
    settle();
  }

  // A layer of the map's control whose markers come by tiles while it is shown.
  const Tiled = L.Layer.extend({
    initialize(data) {
      this.geoappData = data;
      this.title = data.title;
      [[this.colour]] = data.looks;
      this.areas = new Map();
      this.geoappAreas = L.featureGroup();
    },
    onAdd() {
      shown.push(this);
      if (!tools) return;
      refresh();
      for (const tile of tiles.values()) if (!tile.items.has(this) && !tile.isLoading) load(tile);
    },
    onRemove() {
      shown.splice(shown.indexOf(this), 1);
      for (const tile of tiles.values()) {
        tile.items.delete(this);
        draw(tile);
      }
      tools.changed();
    },
    getBounds() {
      return L.latLngBounds(this.geoappData.tiles.box);
    },
    // What has these words in its name, or is in view; nearest to the middle of the map first.
    async find(words, limit, offset) {
      const { lng, lat } = map.getCenter();
      const asked = { near: `${lng.toFixed(6)},${lat.toFixed(6)}`, limit, offset };
      const bbox = geoappMore.boxOf(map.getBounds());
      if (words) asked.q = words;
      else if (bbox !== null) asked.bbox = bbox;
      const { features, numberMatched } = await rows(this, asked);
      return { found: features.map((feature) => [this, feature]), total: numberMatched };
    },
    show(feature) {
      const area = L.geoJSON(feature);
      const bounds = area.getBounds();
      const place = bounds.getCenter();
      if (feature.geometry.type === "Point") map.setView(place, Math.max(SINGLES_FROM, map.getZoom()));
      else map.fitBounds(bounds, { maxZoom: SINGLES_FROM });
      tell(place, async () => ({ entries: [entryOf(this, feature)], total: 1 }));
    },
  });

  // Once the map's first view is chosen.
  function start(given) {
    tools = given;
    map = given.map;
    note = geoappMore.noteOf();
    const pane = map.createPane("geoapp-tiled");
    pane.style.zIndex = 590; // below markers that the page holds
    pane.style.pointerEvents = "none";
    font = `600 14px ${getComputedStyle(map.getContainer()).fontFamily}`;
    colours = geoappMarks.colours();
    window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
      colours = geoappMarks.colours();
      for (const tile of tiles.values()) later(() => { if (tiles.get(tile.key) === tile) draw(tile); });
    });
    map.getContainer().addEventListener("click", clicked, true);
    map.getContainer().addEventListener("mousemove", hovered);
    map.on("moveend groundmoved", refresh);
    refresh();
  }

  // How many areas are drawn as such.
  const areas = () => shown.reduce((sum, group) => sum + group.geoappAreas.getLayers().length, 0);

  return { layer: (data) => new Tiled(data), standing, areas, start };
})();
