// Names of areas: the larger area's first. One that finds no place beside the others and beside the
// counts of markers, or is wider than its own area, waits until the map is closer.
window.geoappNames = (() => {
  "use strict";
  const ROOM_PX = 3;
  // Where a name may stand, from its own place.
  const STEPS = [[0, 0], [0, -28], [0, 28], [-44, 0], [44, 0], [0, -52], [0, 52], [-44, -28], [44, -28], [-44, 28], [44, 28]];

  function marker([lat, lon], title, bounds) {
    const name = document.createElement("span");
    name.textContent = title;
    const icon = L.divIcon({ html: name, className: "area-name", iconSize: [0, 0] });
    const made = L.marker([lat, lon], { icon, pane: "geoapp-names", interactive: false, keyboard: false });
    made.geoappBounds = bounds;
    return made;
  }

  const meet = (one, other) => one.left < other.right + ROOM_PX && other.left < one.right + ROOM_PX
    && one.top < other.bottom + ROOM_PX && other.top < one.bottom + ROOM_PX;

  const moved = (place, [x, y]) => (
    { left: place.left + x, right: place.right + x, top: place.top + y, bottom: place.bottom + y });

  function boxOf(map, bounds) {
    const frame = map.getContainer().getBoundingClientRect();
    const high = map.latLngToContainerPoint(bounds.getNorthWest());
    const low = map.latLngToContainerPoint(bounds.getSouthEast());
    return {
      left: frame.left + high.x, right: frame.left + low.x, top: frame.top + high.y, bottom: frame.top + low.y,
    };
  }

  function tidy(map, markers) {
    if (!markers.length) return;
    const signs = map.getPane("markerPane").getElementsByClassName("leaflet-marker-icon");
    const taken = Array.from(signs, (sign) => sign.getBoundingClientRect()).concat(window.geoappTiled?.standing() || []);
    const names = markers.filter((one) => one.getElement())
      .map((one) => [one.getElement().firstElementChild, boxOf(map, one.geoappBounds)])
      .sort(([, one], [, other]) => (other.right - other.left) - (one.right - one.left));
    for (const [name] of names) name.style.margin = "0";
    for (const [name, area] of names) {
      const place = name.getBoundingClientRect();
      const fits = area.right - area.left >= (place.right - place.left) * 0.9;
      const step = fits && STEPS.find((one) => {
        const there = moved(place, one);
        const x = (there.left + there.right) / 2;
        const y = (there.top + there.bottom) / 2;
        return x > area.left && x < area.right && y > area.top && y < area.bottom
          && !taken.some((other) => meet(there, other));
      });
      name.style.visibility = step ? "" : "hidden";
      if (!step) continue;
      name.style.margin = `${step[1]}px 0 0 ${step[0]}px`;
      taken.push(moved(place, step));
    }
  }

  return { marker, tidy };
})();
