// Names of areas: the larger area's first, then those of the ground, areas and spots. One that finds no place beside
// the others and beside the counts of markers, or is wider than its own area, waits until the map is closer.
window.geoappNames = (() => {
  "use strict";
  const ROOM_PX = 3;
  // A district narrower than this has no room for a name; spots of the ground are named from this zoom on.
  const LEAST_NAMED_PX = 20;
  const SPOTS_FROM = 11;
  // Where a name may stand, from its own place.
  const STEPS = [[0, 0], [0, -28], [0, 28], [-44, 0], [44, 0], [0, -52], [0, 52], [-44, -28], [44, -28], [-44, 28], [44, 28],
    [-88, 0], [88, 0], [0, -80], [0, 80], [-88, -44], [88, -44], [-88, 44], [88, 44]];

  function marker([lat, lon], title, bounds, kind = "") {
    const name = document.createElement("span");
    name.textContent = title;
    const icon = L.divIcon({ html: name, className: `area-name ${kind}`, iconSize: [0, 0] });
    const made = L.marker([lat, lon], { icon, pane: "geoapp-names", interactive: false, keyboard: false });
    made.geoappBounds = bounds;
    made.geoappTitle = title;
    return made;
  }

  // Names below everything else, as [name, lon, lat, box of its area or null]: elements only for what is in sight.
  function ground(map, told) {
    const all = told.map(([title, lon, lat, box]) => {
      const bounds = box && L.latLngBounds([[box[1], box[0]], [box[3], box[2]]]);
      return { place: L.latLng(lat, lon), bounds, made: marker([lat, lon], title, bounds, "below") };
    });
    const wide = (bounds) => map.latLngToLayerPoint(bounds.getNorthEast()).x - map.latLngToLayerPoint(bounds.getSouthWest()).x;
    // What layers name already is not named twice.
    return (named) => {
      const titles = new Set(named.map((one) => one.geoappTitle));
      const view = map.getBounds();
      const zoom = map.getZoom();
      const shown = all.filter(({ place, bounds, made }) => {
        const isSeen = view.contains(place) && !titles.has(made.geoappTitle)
          && (bounds ? wide(bounds) >= LEAST_NAMED_PX : zoom >= SPOTS_FROM);
        if (isSeen) made.addTo(map);
        else made.remove();
        return isSeen;
      });
      return shown.map(({ made }) => made);
    };
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

  // Tells where names stand: those of the streets give way.
  function tell(map, names) {
    const frame = map.getContainer().getBoundingClientRect();
    const spot = (x, y) => map.containerPointToLatLng([x - frame.left, y - frame.top]);
    map.geoappNamed = names.map(([text, place]) => (
      { text, bounds: L.latLngBounds(spot(place.left, place.bottom), spot(place.right, place.top)) }));
    map.fire("named");
  }

  // `below` gives way to `markers`, which are names of areas all.
  function tidy(map, markers, below) {
    const signs = map.getPane("markerPane").getElementsByClassName("leaflet-marker-icon");
    const taken = Array.from(signs, (sign) => sign.getBoundingClientRect()).concat(window.geoappTiled?.standing() || []);
    const width = (area) => (area ? area.right - area.left : 0);
    const sorted = (some) => some.filter((one) => one.getElement())
      .map((one) => [one.getElement().firstElementChild, one.geoappBounds && boxOf(map, one.geoappBounds)])
      .sort(([, one], [, other]) => width(other) - width(one));
    const names = [...sorted(markers), ...sorted(below)];
    const shown = [];
    for (const [name] of names) name.style.margin = "0";
    for (const [name, area] of names) {
      const place = name.getBoundingClientRect();
      const fits = !area || width(area) >= (place.right - place.left) * 0.9;
      const step = fits && STEPS.find((one) => {
        const there = moved(place, one);
        const x = (there.left + there.right) / 2;
        const y = (there.top + there.bottom) / 2;
        return (!area || (x > area.left && x < area.right && y > area.top && y < area.bottom))
          && !taken.some((other) => meet(there, other));
      });
      name.style.visibility = step ? "" : "hidden";
      if (!step) continue;
      name.style.margin = `${step[1]}px 0 0 ${step[0]}px`;
      taken.push(moved(place, step));
      shown.push([name.textContent, moved(place, step)]);
    }
    tell(map, shown);
  }

  return { marker, ground, tidy };
})();
