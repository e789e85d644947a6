// Draws the layers of a Folium map from compact data. Values are only ever set as text.
window.geoappMaps = (() => {
  "use strict";
  let places = [];
  let points = [];
  const drawn = [];
  // Markers nearer than this hide each other; a pop-up lists so many of them at most.
  const SAME_SPOT_PX = 12;
  const MOST_TOGETHER = 50;
  const MOST_ELEMENTS = 500;

  // A marker whose outline tells its layer apart without colour.
  const OUTLINES = {
    square: [[-0.9, -0.9], [0.9, -0.9], [0.9, 0.9], [-0.9, 0.9]],
    house: [[-0.95, -0.1], [0, -1.15], [0.95, -0.1], [0.95, 0.95], [-0.95, 0.95]],
    triangle: [[0, -1.2], [1.1, 0.85], [-1.1, 0.85]],
    diamond: [[0, -1.25], [1.1, 0], [0, 1.25], [-1.1, 0]],
  };

  function trace(context, shape, x, y, radius) {
    const outline = OUTLINES[shape];
    if (!outline) { context.arc(x, y, radius, 0, 2 * Math.PI); return; }
    outline.forEach(([dx, dy], number) => {
      const move = number ? "lineTo" : "moveTo";
      context[move](x + dx * radius, y + dy * radius);
    });
    context.closePath();
  }

  const Marker = L.CircleMarker.extend({
    _updatePath() {
      const renderer = this._renderer;
      if (!OUTLINES[this.options.shape]) { renderer._updateCircle(this); return; }
      if (!renderer._drawing || this._empty()) return;
      const context = renderer._ctx;
      context.beginPath();
      trace(context, this.options.shape, this._point.x, this._point.y, this._radius);
      renderer._fillStroke(context, this);
    },
  });

  let words = {};

  // Words of the page with numbers in them.
  const filled = (text, numbers) => text.replace(/\{(\w+)\}/g, (_, name) => numbers[name].toLocaleString("en"));

  function titled(element, [, title, , , sample]) {
    element.textContent = title;
    if (!sample) return element;
    const mark = document.createElement("span");
    mark.className = "sample";
    mark.textContent = words.sample;
    element.append(" ", mark);
    return element;
  }

  function facts(data, [, , , lines]) {
    const list = document.createElement("dl");
    lines.forEach((line, number) => {
      if (line === null) return;
      const name = document.createElement("dt");
      name.textContent = data.fields[number];
      const value = document.createElement("dd");
      value.textContent = data.texts[line];
      list.append(name, value);
    });
    return list;
  }

  // What else stands so near that its marker cannot be met: the one that was met comes first.
  function together(shape) {
    const map = shape._map || shape.__parent?._group._map;
    if (!shape.getLatLng || !map) return [shape];
    const here = map.latLngToLayerPoint(shape.getLatLng());
    const others = points.filter((one) => one !== shape && map.hasLayer(one.geoappGroup)
      && map.latLngToLayerPoint(one.getLatLng()).distanceTo(here) < SAME_SPOT_PX);
    return [shape, ...others];
  }

  // What one place tells: of one feature all, of several a list that opens one by one.
  function write(box, entries, total) {
    box.replaceChildren();
    if (entries.length === 1 && total === 1) {
      const [[data, feature]] = entries;
      box.append(titled(document.createElement("h2"), feature), facts(data, feature));
      return;
    }
    const heading = document.createElement("h2");
    heading.textContent = filled(words.together, { n: total });
    box.append(heading);
    entries.slice(0, MOST_TOGETHER).forEach(([data, feature], number) => {
      const part = document.createElement("details");
      part.name = "geoapp-together";
      part.open = !number;
      part.append(titled(document.createElement("summary"), feature), facts(data, feature));
      box.append(part);
    });
    if (total <= MOST_TOGETHER) return;
    const note = document.createElement("p");
    note.className = "none";
    note.setAttribute("role", "status");
    note.textContent = filled(words.cut, { shown: MOST_TOGETHER, total });
    box.append(note);
  }

  function popup(shape) {
    const box = document.createElement("div");
    box.tabIndex = -1;
    const found = together(shape);
    write(box, found.map((one) => [one.geoappData, one.geoappFeature]), found.length);
    return box;
  }

  // The heading lies over the map, and the search box will be added to it.
  const headingHeight = () => document.querySelector(".heading").offsetHeight + 72;

  const popupOptions = () => ({ maxWidth: 320, minWidth: 200, autoPanPaddingTopLeft: [12, headingHeight()] });

  // A marker of its own element is met by the tab key; one that is never gathered lies above the others.
  function elementMarker(place, colour, shape, name, above, order) {
    const title = order ? `${order}. ${name}` : name;
    // Only digits are put in.
    const number = /^\d+$/.test(order || "") ? `<b aria-hidden="true">${order}</b>` : "";
    const drawing = `<svg viewBox="0 0 16 16" aria-hidden="true">${words.signs[shape]}</svg>${number}`;
    const icon = L.divIcon({ html: drawing, className: "sign", iconSize: [32, 32] });
    const marker = L.marker(place, { icon, title, riseOnHover: true, zIndexOffset: above ? 1000 : 0 });
    marker.on("add", () => {
      marker.getElement().style.color = colour;
      marker.getElement().setAttribute("aria-label", title);
    });
    return marker;
  }

  // Lines in the colour of a look, to fill an area with.
  function hatching(colour) {
    const tile = document.createElement("canvas");
    tile.width = 10;
    tile.height = 10;
    const context = tile.getContext("2d");
    context.strokeStyle = colour;
    context.lineWidth = 1.5;
    context.beginPath();
    // The corners too, so that the lines go on in the next tile.
    for (const at of [-10, 0, 10]) {
      context.moveTo(at - 1, 11);
      context.lineTo(at + 11, -1);
    }
    context.stroke();
    return context.createPattern(tile, "repeat");
  }

  // What is somewhere in an area: the area in lines, and a mark in it that says how many. The mark
  // is met by pointer and tab key; the area is not, so that what lies below it can be.
  function somewhere(data, [place, title, , lines, , label], [colour, , fill, outline, width]) {
    const number = document.createElement("span");
    number.textContent = data.texts[lines[0]] || "";
    const icon = L.divIcon({ html: number, className: "somewhere", iconSize: [44, 32] });
    const mark = L.marker([label[1], label[0]], { icon, title, riseOnHover: true });
    mark.on("add", () => {
      mark.getElement().style.color = colour;
      mark.getElement().setAttribute("aria-label", title);
    });
    const area = L.geoJSON(place, {
      interactive: false,
      style: { stroke: width > 0, color: outline, weight: width, fillColor: hatching(colour), fillOpacity: fill },
    });
    mark.getBounds = () => area.getBounds();
    mark.geoappArea = area;
    return mark;
  }

  // Thousands that stand each for itself would be too many elements.
  const isElement = (data) => data.cluster || data.features.length <= MOST_ELEMENTS;

  function pointOf(data, [[lon, lat], title, , , , order], [colour, shape]) {
    if (isElement(data)) {
      return elementMarker([lat, lon], colour, shape, title, !data.gather, order);
    }
    return new Marker([lat, lon], {
      shape, radius: 8, color: "#fff", weight: 1.5, fillColor: colour, fillOpacity: 1,
    });
  }

  function shapeOf(data, feature, group) {
    const [place, title, number] = feature;
    const painted = data.looks[number];
    const [colour, , fill, outline, width, isHatched] = painted;
    const isPoint = Array.isArray(place);
    const shape = isHatched ? somewhere(data, feature, painted) : isPoint
      ? pointOf(data, feature, painted)
      : L.geoJSON(place, {
          style: {
            stroke: width > 0, color: outline, weight: width, fillColor: colour, fillOpacity: fill,
          },
        });
    // Built when it is opened: twenty thousand pop-ups would be twenty thousand trees.
    shape.bindPopup(() => popup(shape), popupOptions());
    Object.assign(shape, { geoappTitle: title, geoappFeature: feature, geoappData: data, geoappGroup: group });
    if (isPoint) points.push(shape);
    return shape;
  }

  function layer(data) {
    const group = data.tiles ? geoappTiled.layer(data) : heldLayer(data);
    group.geoappData = data;
    group.geoappId = data.id;
    drawn.push(group);
    return group;
  }

  const codeOf = (data, [, , , lines]) => (data.code === null ? null : data.texts[lines[data.code]]);

  // A layer whose features the page holds.
  function heldLayer(data) {
    const group = data.cluster
      ? geoappClusters.layer(data.title, data.looks[0][0])
      : L.featureGroup();
    let all = [];
    const list = (shapes) => {
      if (!data.search) return;
      for (const shape of shapes) places.push({ title: shape.geoappTitle, code: codeOf(data, shape.geoappFeature), shape, group });
    };
    // Drawn when the layer is first shown: what nobody looks at costs nothing.
    group.geoappFill = () => {
      if (group.geoappFilled) return;
      group.geoappFilled = true;
      const shapes = data.features.map((feature) => shapeOf(data, feature, group));
      all = shapes;
      group.geoappNames = L.layerGroup(data.features.flatMap((feature, number) => (
        data.label && feature[5] && !shapes[number].geoappArea ? [geoappNames.marker([feature[5][1], feature[5][0]], feature[1], shapes[number].getBounds())] : [])));
      if (data.cluster) {
        // Areas cannot be clustered: they lie beside the clusters.
        group.hold(shapes.filter((one) => one.getLatLng));
        group.geoappAreas = L.featureGroup(shapes.filter((one) => !one.getLatLng));
      } else {
        for (const shape of shapes) {
          if (shape.geoappArea) group.addLayer(shape.geoappArea);
          group.addLayer(shape);
        }
      }
      list(shapes);
    };
    // What the page left out, where one looks; see more.js.
    group.geoappDraw = (features) => {
      const shapes = features.map((feature) => shapeOf(data, feature, group));
      all = all.concat(shapes);
      if (data.cluster) group.more(shapes.filter((one) => one.getLatLng));
      const apart = data.cluster ? group.geoappAreas : group;
      for (const shape of shapes) if (!data.cluster || !shape.getLatLng) apart.addLayer(shape);
      list(shapes);
      return shapes;
    };
    group.geoappForget = (gone) => {
      const stays = (one) => !gone.has(one);
      all = all.filter(stays);
      points = points.filter(stays);
      places = places.filter((one) => stays(one.shape));
      if (data.cluster) group.hold(all.filter((one) => one.getLatLng));
      const apart = data.cluster ? group.geoappAreas : group;
      for (const shape of gone) apart.removeLayer(shape);
    };
    group.geoappTouches = (shape, view) => {
      if (shape.getLatLng) return view.contains(shape.getLatLng());
      if (!shape.geoappBounds) shape.geoappBounds = shape.getBounds();
      return view.intersects(shape.geoappBounds);
    };
    group.geoappInView = (view) => all.filter((one) => group.geoappTouches(one, view)).length;
    return group;
  }

  function arrange(map) {
    // Large areas below small ones, whatever was switched on last.
    for (const group of [...drawn].reverse()) {
      if (map.hasLayer(group)) group.bringToBack?.();
    }
  }

  function show(map, found) {
    if (!map.hasLayer(found.group)) map.addLayer(found.group);
    // Who came by the keyboard goes on in the pop-up.
    const open = () => {
      found.shape.openPopup();
      map.getContainer().querySelector(".leaflet-popup-content > div")?.focus({ preventScroll: true });
    };
    if (found.group.showMarker && found.shape.getLatLng) {
      found.group.showMarker(found.shape, open);
      return;
    }
    const bounds = found.shape.getBounds ? found.shape.getBounds() : found.shape.getLatLng().toBounds(800);
    map.fitBounds(bounds, { maxZoom: 16 });
    open();
  }

  // Where the heading would lie on what is drawn, that is drawn below it or beside it, whichever is
  // larger; a heading that takes up most of the map is not made way for.
  function showAll(map, bounds, space) {
    const size = map.getSize();
    const frame = map.getContainer().getBoundingClientRect();
    const heading = document.querySelector(".heading")?.getBoundingClientRect();
    const [right, low] = heading ? [heading.right - frame.left, heading.bottom - frame.top] : [0, 0];
    const ways = [[space, space]];
    if (low + space < size.y * 0.6) ways.push([space, low + space / 2]);
    if (right + space < size.x * 0.6) ways.push([right + space / 2, space]);
    const shown = ways.map(([left, top]) => {
      const room = L.point(left + space, top + space);
      const zoom = Math.min(16, map.getBoundsZoom(bounds, false, room));
      const [one, other] = [bounds.getNorthWest(), bounds.getSouthEast()].map((place) => map.project(place, zoom));
      const first = L.point(left + size.x - space, top + size.y - space).subtract(other.subtract(one)).divideBy(2);
      return { left, top, zoom, clear: first.x >= right || first.y >= low };
    });
    const best = shown.filter((one) => one.clear).sort((one, other) => other.zoom - one.zoom)[0] || shown[0];
    map.fitBounds(bounds, {
      paddingTopLeft: [best.left, best.top], paddingBottomRight: [space, space], maxZoom: 16, animate: false,
    });
  }

  const middleOf = (shape) => (shape.getLatLng ? shape.getLatLng() : shape.getBounds().getCenter());

  // What a place is found by; made when somebody first looks for words.
  function foundBy(one) {
    if (!one.names) one.names = [one.title, one.code].filter(Boolean).map(geoappFind.folded);
    return one.names;
  }

  // What is in view and nearest to its middle comes first; with no words typed, only that.
  function look(map, wanted, most) {
    const centre = map.getCenter();
    const view = map.getBounds();
    const near = (one) => map.hasLayer(one.group) && view.contains(middleOf(one.shape));
    const found = places
      .filter((one) => (wanted ? foundBy(one).some((name) => name.includes(wanted)) : near(one)))
      .map((one) => [wanted && foundBy(one).includes(wanted) ? -1 : centre.distanceTo(middleOf(one.shape)), one.title, () => show(map, one)])
      .sort((one, other) => one[0] - other[0]);
    return [found.slice(0, most), found.length];
  }

  function legend(map) {
    const box = document.querySelector(".legend");
    if (window.innerWidth < 640) box.removeAttribute("open");
    const update = () => {
      for (const group of drawn) {
        const section = box.querySelector(`section[data-layer="${group.geoappId}"]`);
        if (section) section.hidden = !map.hasLayer(group);
      }
    };
    map.on("overlayadd overlayremove", update);
    update();
  }

  // The bounds of all that the layers draw which are switched on.
  function extent(map) {
    const bounds = L.latLngBounds([]);
    for (const group of drawn) {
      if (!map.hasLayer(group)) continue;
      for (const part of [group, group.geoappAreas]) {
        const own = part?.getBounds();
        if (own?.isValid()) bounds.extend(own);
      }
    }
    return bounds;
  }

  // Whether streets are to lie above what is drawn: coloured areas, and beside them no lines nor points on their canvas,
  // which would lie below with them.
  function isCovered(layers) {
    const isArea = ([place]) => Boolean(place.type) && place.type.endsWith("Polygon");
    const isApart = (data) => (feature) => isArea(feature) || (Array.isArray(feature[0]) && isElement(data));
    const isFilled = (data) => (feature) => isArea(feature) && data.looks[feature[2]][2] > 0;
    return layers.some((data) => data.features.some(isFilled(data))) && layers.every((data) => data.features.every(isApart(data)));
  }

  // What draws the streets comes later, as a module, and finds the map here.
  const shared = { layer, finish, extent };

  function finish(map, texts) {
    words = texts;
    shared.map = map;
    shared.isCovered = isCovered(drawn.map((one) => one.geoappData));
    Object.assign(map.getContainer().dataset, texts.ground);
    map.getContainer().setAttribute("role", "region");
    map.getContainer().setAttribute("aria-label", words.map);
    L.control.zoom({ position: "bottomright", zoomInTitle: words.zoom_in, zoomOutTitle: words.zoom_out })
      .addTo(map);
    const toggle = map.getContainer().querySelector(".leaflet-control-layers-toggle");
    if (toggle) { toggle.title = words.layers; toggle.setAttribute("aria-label", words.layers); }
    map.attributionControl?.setPrefix(false);
    map.on("popupopen", (event) => {
      event.popup.getElement().querySelector(".leaflet-popup-close-button")
        ?.setAttribute("aria-label", words.close);
    });
    // Leaflet hears of the key only while the map itself has the focus.
    map.getContainer().addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !event.target.closest(".leaflet-popup")) return;
      map.closePopup();
      map.getContainer().focus({ preventScroll: true });
    });
    const beside = (group, change) => {
      for (const part of [group.geoappAreas, group.geoappNames]) if (part) map[change](part);
    };
    const names = map.createPane("geoapp-names");
    names.style.zIndex = 450;
    names.style.pointerEvents = "none";
    L.control.scale({ imperial: false, position: "bottomleft" }).addTo(map);
    for (const group of drawn) {
      const begin = () => { group.geoappFill?.(); beside(group, "addLayer"); };
      group.on("add", begin);
      group.on("remove", () => beside(group, "removeLayer"));
      if (map.hasLayer(group)) begin();
    }
    map.on("overlayadd", () => arrange(map));
    const below = geoappNames.ground(map, texts.names);
    const tidy = () => {
      const named = drawn.filter((one) => map.hasLayer(one)).flatMap((one) => one.geoappNames?.getLayers() || []);
      geoappNames.tidy(map, named, below(named));
    };
    map.on("moveend viewreset resize overlayadd overlayremove land", tidy);
    geoappClusters.onChange(tidy);
    // What comes and goes otherwise, such as markers at the edge of what a move shows.
    let due = 0;
    map.on("layeradd layerremove", ({ layer: one }) => {
      if (!(one instanceof L.Marker) || one.options.pane !== "markerPane") return;
      clearTimeout(due);
      due = setTimeout(tidy, 0);
    });
    geoappFind.start(map, {
      words,
      cut: (number, total) => filled(words.cut, { shown: number, total }),
      held: (wanted, most) => look(map, wanted, most),
      asked: () => drawn.filter((one) => one.geoappData.tiles && one.geoappData.search && map.hasLayer(one)),
    });
    const bounds = extent(map);
    const view = texts.view ? L.latLngBounds(texts.view) : bounds;
    shared.isPlaced = view.isValid();
    if (shared.isPlaced) {
      showAll(map, view, texts.view ? 72 : 24);
    }
    arrange(map);
    tidy();
    legend(map);
    const { dataset } = map.getContainer();
    geoappPaper.start(map, {
      legend: document.querySelector(".legend"),
      comes: () => Boolean(dataset.streets || dataset.bases || drawn.some((one) => one.geoappData.tiles)),
      content: () => extent(map),
    });
    if (drawn.some((one) => one.geoappData.tiles)) {
      geoappTiled.start({ map, words, popupOptions, write, trace, shapeOf, changed: tidy });
    }
    for (const group of drawn) {
      if (group.geoappData.more) geoappMore.watch(map, group, { words, filled, arrange: () => arrange(map) });
    }
    document.documentElement.dataset.ready = "yes";
  }

  return shared;
})();
