// A map on paper: all that was in sight, the title above it, the legend below or beside it, and nothing upon it.
window.geoappPaper = (() => {
  "use strict";
  // A square leaves an upright sheet room for a title and a legend below it, and one on its side room beside it.
  const SIDE_PX = 700;
  // What a page may be wide and high beside the words, without its margins: A4, and Letter.
  const UPRIGHT = [SIDE_PX, 760];
  const ON_ITS_SIDE = [740, 708];

  const LEAST_PX = 600;
  const MARGIN_PX = 24;
  const MOST_LARGER = 1.6;

  // What was in sight of what is drawn; all that was in sight where nothing is.
  function seen(map, drawn) {
    const view = map.getBounds();
    if (!drawn.isValid() || !view.intersects(drawn)) return view;
    const low = L.latLng(Math.max(view.getSouth(), drawn.getSouth()), Math.max(view.getWest(), drawn.getWest()));
    const high = L.latLng(Math.min(view.getNorth(), drawn.getNorth()), Math.min(view.getEast(), drawn.getEast()));
    return L.latLngBounds(low, high);
  }

  // A square of about a sheet's width that holds what was seen: once closer than on the screen at most, so that a
  // single place keeps its neighbourhood.
  function square(map, bounds) {
    const shown = map.getZoom();
    const size = map.project(bounds.getSouthEast(), shown).subtract(map.project(bounds.getNorthWest(), shown));
    const seenPx = Math.max(size.x, size.y);
    const steps = Math.max(-1, Math.round(Math.log2(Math.max(seenPx, 1) / SIDE_PX)));
    const zoom = Math.min(map.getMaxZoom(), Math.max(map.getMinZoom(), shown - steps));
    const [high, low] = [bounds.getNorthWest(), bounds.getSouthEast()].map((corner) => map.project(corner, zoom));
    const side = Math.ceil(Math.max(LEAST_PX, low.x - high.x + 2 * MARGIN_PX, low.y - high.y + 2 * MARGIN_PX));
    return { centre: map.unproject(high.add(low).divideBy(2), zoom), zoom, width: side, height: side };
  }

  // The part of the screen that holds what was seen, as square as there is room, and not much larger than it was
  // drawn.
  function cut(map, bounds) {
    const size = map.getSize();
    const high = map.latLngToContainerPoint(bounds.getNorthWest());
    const low = map.latLngToContainerPoint(bounds.getSouthEast());
    const side = Math.max(low.x - high.x, low.y - high.y, SIDE_PX / MOST_LARGER - 2 * MARGIN_PX) + 2 * MARGIN_PX;
    const [width, height] = [Math.min(size.x, side), Math.min(size.y, side)].map(Math.round);
    const within = (at, length, most) => Math.min(most - length / 2, Math.max(length / 2, at));
    const middle = L.point(within((high.x + low.x) / 2, width, size.x), within((high.y + low.y) / 2, height, size.y));
    return { centre: map.containerPointToLatLng(middle), zoom: map.getZoom(), width, height };
  }

  // `comes` tells whether something on the map is fetched for what is in sight: that cannot be waited for, and
  // what was drawn is printed, cut to what was seen. `content` tells the bounds of what the layers draw.
  function start(map, { legend, comes, content }) {
    const box = map.getContainer();
    let before = null;

    function enter() {
      if (before) return;
      before = { centre: map.getCenter(), zoom: map.getZoom(), open: legend.open };
      const { centre, zoom, width, height } = (comes() ? cut : square)(map, seen(map, content()));
      const fit = ([most, tallest]) => String(Math.min(most / width, tallest / height));
      const told = [["width", `${width}px`], ["height", `${height}px`], ["upright", fit(UPRIGHT)], ["on-its-side", fit(ON_ITS_SIDE)]];
      for (const [name, value] of told) box.style.setProperty(`--paper-${name}`, value);
      box.classList.add("on-paper");
      legend.open = true; // nobody can open it on paper
      lay(centre, zoom);
    }

    function leave() {
      if (!before) return;
      box.classList.remove("on-paper");
      legend.open = before.open;
      lay(before.centre, before.zoom);
      before = null;
    }

    function lay(centre, zoom) {
      map.invalidateSize({ animate: false, pan: false });
      map.setView(centre, zoom, { animate: false });
    }

    window.addEventListener("beforeprint", enter);
    window.addEventListener("afterprint", leave);
  }

  return { start };
})();
