// Names of areas: the larger area's first, then those of the ground, areas and spots. One that finds no place in its own
// land beside the others and beside the counts of markers, or is wider than its own area, waits until the map is closer.
window.geoappNames = (() => {
  "use strict";
  const ROOM_PX = 3;
  // A district narrower than this has no room for a name; spots of the ground are named from this zoom on.
  const LEAST_NAMED_PX = 20;
  const SPOTS_FROM = 11;
  // Where a spot's name may stand, from its own place.
  const STEPS = [[0, 0], [0, -28], [0, 28], [-44, 0], [44, 0], [0, -52], [0, 52], [-44, -28], [44, -28], [-44, 28], [44, 28],
    [-88, 0], [88, 0], [0, -80], [0, 80], [-88, -44], [88, -44], [-88, 44], [88, 44]];
  // Where an area's may: anywhere in it, so many pixels apart or, in a large one, so many to a side; near its own place first.
  const GRID_PX = 5;
  const GRID_MOST = 40;
  // So much of a name's line may lie beyond its own land, at either end.
  const BEYOND = 0.06;
  // Of counts a rim is left free that a finger meets and nobody sees.
  const RIM_PX = 5;
  // What a finger meets of a single marker is wider than its sign by so much.
  const FINGER_PX = 6;
  const SHORT = / (?:City|County|District)$/;
  const BRACKETS = /\s*[(（].*$/;

  function marker([lat, lon], title, bounds, kind = "") {
    const name = document.createElement("span");
    const told = title.replace(BRACKETS, ""); // does without what stands in brackets
    name.textContent = told;
    name.dataset.told = told;
    const icon = L.divIcon({ html: name, className: `area-name ${kind}`, iconSize: [0, 0] });
    const made = L.marker([lat, lon], { icon, pane: "geoapp-names", interactive: false, keyboard: false });
    made.geoappBounds = bounds;
    made.geoappTitle = told;
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

  // Where a line from west to east lies in a part of the land: from and to, in degrees.
  function spans(rings, lat) {
    const cuts = [];
    for (const ring of rings) {
      for (let one = 1; one < ring.length; one += 1) {
        const [[x, y], [u, v]] = [ring[one], ring[one - 1]];
        if ((y > lat) !== (v > lat)) cuts.push(((u - x) * (lat - y)) / (v - y) + x);
      }
    }
    cuts.sort((one, other) => one - other);
    return cuts.flatMap((from, number) => (number % 2 ? [] : [[from, cuts[number + 1]]]));
  }

  // The part of the land that a place lies in: rings as (lon, lat), the box first; undefined where none is known.
  const landOf = (map, { lat, lng }) => (map.geoappLand || []).find(({ box: [west, south, east, north], rings }) => (
    lng >= west && lng <= east && lat >= south && lat <= north && spans(rings, lat).some(([from, to]) => lng >= from && lng <= to)));

  // Tells names whose land is whose, once the outlines are there.
  function setLand(map, features) {
    map.geoappLand = features.flatMap(({ geometry }) => (geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates))
      .map((rings) => {
        const [lons, lats] = [0, 1].map((axis) => rings[0].map((one) => one[axis]));
        const edge = (pick, values) => values.reduce((one, other) => pick(one, other));
        return { rings, box: [edge(Math.min, lons), edge(Math.min, lats), edge(Math.max, lons), edge(Math.max, lats)] };
      });
    map.fire("land");
  }

  // Steps to all places of an area's box in the order of their distance from its name's own place.
  function stepsIn(area, place) {
    const [x, y] = [(place.left + place.right) / 2, (place.top + place.bottom) / 2];
    const gap = (from, to) => Math.max(GRID_PX, (to - from) / GRID_MOST);
    const along = (from, to, at) => {
      const [steps, by] = [[0], gap(from, to)];
      for (let step = by; at - step > from; step += by) steps.push(-step);
      for (let step = by; at + step < to; step += by) steps.push(step);
      return steps;
    };
    const downs = along(area.top, area.bottom, y);
    return along(area.left, area.right, x).flatMap((right) => downs.map((down) => [right, down]))
      .sort(([a, b], [c, d]) => a * a + b * b - c * c - d * d);
  }

  // Tells where names and markers stand, markers as null while they are on their way: names of the streets give way.
  let told = { names: [], markers: null };
  let hear = () => {};
  function tell(map, names, marks) {
    const frame = map.getContainer().getBoundingClientRect();
    const spot = (x, y) => map.containerPointToLatLng([x - frame.left, y - frame.top]);
    const stands = ([text, place]) => (
      { text, bounds: L.latLngBounds(spot(place.left, place.bottom), spot(place.right, place.top)) });
    told = { names: names.map(stands), markers: marks && marks.map((place) => stands(["", place])) };
    hear(told);
  }

  // What draws the streets comes later, as a module.
  function follow(then) {
    hear = then;
    hear(told);
  }

  // Where a marker stands, which one that is still on its way there does not yet.
  function drawnBox(map, frame, sign) {
    const { x, y } = map.layerPointToContainerPoint(L.DomUtil.getPosition(sign));
    const [left, top] = [frame.left + x + parseFloat(sign.style.marginLeft), frame.top + y + parseFloat(sign.style.marginTop)];
    const rim = sign.firstElementChild?.classList.contains("cluster") ? RIM_PX : 0;
    return { left: left + rim, right: left + sign.offsetWidth - rim, top: top + rim, bottom: top + sign.offsetHeight - rim };
  }

  // As much of a marker as is seen.
  function seenBox(sign, { left, right, top, bottom }) {
    const rim = sign.classList.contains("sign") ? FINGER_PX : 0;
    return { left: left + rim, right: right - rim, top: top + rim, bottom: bottom - rim };
  }

  // `below` gives way to `markers`, which are names of areas all.
  function tidy(map, markers, below) {
    const frame = map.getContainer().getBoundingClientRect();
    const signs = Array.from(map.getPane("markerPane").getElementsByClassName("leaflet-marker-icon"));
    const boxes = signs.map((sign) => drawnBox(map, frame, sign));
    const standing = window.geoappTiled?.standing() || [];
    const taken = boxes.concat(standing);
    const width = (area) => (area ? area.right - area.left : 0);
    const sorted = (some) => some.filter((one) => one.getElement())
      .map((one) => [one.getElement().firstElementChild, one.geoappBounds && boxOf(map, one.geoappBounds), one.getLatLng()])
      .sort(([, one], [, other]) => width(other) - width(one));
    const names = [...sorted(markers), ...sorted(below)];
    const shown = [];
    const spot = (x, y) => map.containerPointToLatLng([x - frame.left, y - frame.top]);
    for (const [name] of names) name.style.margin = "0";
    const shorts = names.map(([name]) => name.dataset.told.replace(SHORT, ""));
    // What a name is where it has no room otherwise; not what another's is, too.
    const shortOf = ({ dataset: { told: whole } }) => {
      const short = whole.replace(SHORT, "");
      return short !== whole && shorts.filter((one) => one === short).length === 1 ? short : null;
    };
    // The step to where a name may stand, if anywhere.
    const stepOf = (name, area, here) => {
      const place = name.getBoundingClientRect();
      if (area && width(area) < (place.right - place.left) * 0.9) return undefined;
      const land = area && landOf(map, here);
      const lines = new Map(); // a line of the grid is looked at once
      const stands = (there) => {
        const y = (there.top + there.bottom) / 2;
        if (!lines.has(y)) lines.set(y, spans(land.rings, spot(0, y).lat));
        const beyond = BEYOND * (there.right - there.left);
        const [from, to] = [spot(there.left + beyond, y).lng, spot(there.right - beyond, y).lng];
        return lines.get(y).some(([one, other]) => from >= one && to <= other);
      };
      return (land ? stepsIn(area, place) : STEPS).find((one) => {
        const there = moved(place, one);
        const x = (there.left + there.right) / 2;
        const y = (there.top + there.bottom) / 2;
        return (!area || (x > area.left && x < area.right && y > area.top && y < area.bottom))
          && !taken.some((other) => meet(there, other)) && (!land || stands(there));
      });
    };
    for (const [name, area, here] of names) {
      name.textContent = name.dataset.told;
      let step = stepOf(name, area, here);
      const short = !step && area && shortOf(name);
      if (short) {
        name.textContent = short;
        step = stepOf(name, area, here);
      }
      name.style.visibility = step ? "" : "hidden";
      if (!step) continue;
      const place = name.getBoundingClientRect();
      name.style.margin = `${step[1]}px 0 0 ${step[0]}px`;
      taken.push(moved(place, step));
      shown.push([name.textContent, moved(place, step)]);
    }
    const areMoving = window.geoappClusters.areMoving();
    tell(map, shown, areMoving ? null : signs.map((sign, number) => seenBox(sign, boxes[number])).concat(standing));
  }

  return { marker, ground, setLand, tidy, follow };
})();
