// Draws the layers of a Folium map from compact data. Values are only ever set as text.
window.geoappMaps = (() => {
  "use strict";
  const places = [];
  const drawn = [];
  const MOST_FOUND = 40;

  // A marker whose outline tells its layer apart without colour.
  const OUTLINES = {
    square: [[-0.9, -0.9], [0.9, -0.9], [0.9, 0.9], [-0.9, 0.9]],
    house: [[-0.95, -0.1], [0, -1.15], [0.95, -0.1], [0.95, 0.95], [-0.95, 0.95]],
    triangle: [[0, -1.2], [1.1, 0.85], [-1.1, 0.85]],
    diamond: [[0, -1.25], [1.1, 0], [0, 1.25], [-1.1, 0]],
  };

  const Marker = L.CircleMarker.extend({
    _updatePath() {
      const outline = OUTLINES[this.options.shape];
      const renderer = this._renderer;
      if (!outline) { renderer._updateCircle(this); return; }
      if (!renderer._drawing || this._empty()) return;
      const context = renderer._ctx;
      const { x, y } = this._point;
      context.beginPath();
      outline.forEach(([dx, dy], number) => {
        const move = number ? "lineTo" : "moveTo";
        context[move](x + dx * this._radius, y + dy * this._radius);
      });
      context.closePath();
      renderer._fillStroke(context, this);
    },
  });

  function popup(data, words, [, title, , lines, sample]) {
    const box = document.createElement("div");
    const heading = document.createElement("h2");
    heading.textContent = title;
    if (sample) {
      const mark = document.createElement("span");
      mark.className = "sample";
      mark.textContent = words.sample;
      heading.append(" ", mark);
    }
    box.append(heading);
    const list = document.createElement("dl");
    lines.forEach((line, number) => {
      if (line === null) return;
      const name = document.createElement("dt");
      name.textContent = data.fields[number];
      const value = document.createElement("dd");
      value.textContent = data.texts[line];
      list.append(name, value);
    });
    box.append(list);
    return box;
  }

  function clusterIcon(colour) {
    return (cluster) => {
      const count = cluster.getChildCount();
      const size = Math.round(34 + 7 * Math.log10(count));
      const box = document.createElement("div");
      box.className = "cluster";
      box.style.cssText = `width:${size}px;height:${size}px;background:${colour}`;
      box.textContent = count;
      return L.divIcon({ html: box, className: "", iconSize: [size, size] });
    };
  }

  let words = {};

  // The heading lies over the map, and the search box will be added to it.
  const headingHeight = () => document.querySelector(".heading").offsetHeight + 72;

  function shapeOf(data, feature) {
    const [place, title, number] = feature;
    const [colour, shape, fill, outline, width] = data.looks[number];
    const drawnShape = Array.isArray(place)
      ? new Marker([place[1], place[0]], {
          shape, radius: 8, color: "#fff", weight: 1.5, fillColor: colour, fillOpacity: 1,
        })
      : L.geoJSON(place, {
          style: {
            stroke: width > 0, color: outline, weight: width, fillColor: colour, fillOpacity: fill,
          },
        });
    // Built when it is opened: twenty thousand pop-ups would be twenty thousand trees.
    drawnShape.bindPopup(() => popup(data, words, feature), {
      maxWidth: 320, minWidth: 200, autoPanPaddingTopLeft: [12, headingHeight()],
    });
    drawnShape.geoappTitle = title;
    return drawnShape;
  }

  function areaName([, title, , , , [lon, lat]]) {
    const name = document.createElement("span");
    name.textContent = title;
    const icon = L.divIcon({ html: name, className: "area-name", iconSize: [0, 0] });
    return L.marker([lat, lon], { icon, pane: "geoapp-names", interactive: false, keyboard: false });
  }

  function layer(data) {
    const colour = data.looks[0][0];
    const group = data.cluster
      ? L.markerClusterGroup({
          iconCreateFunction: clusterIcon(colour), chunkedLoading: true, maxClusterRadius: 60,
          showCoverageOnHover: false, disableClusteringAtZoom: 16, spiderfyOnMaxZoom: false,
        })
      : L.featureGroup();
    // Drawn when the layer is first shown: what nobody looks at costs nothing.
    group.geoappFill = () => {
      if (group.geoappFilled) return;
      group.geoappFilled = true;
      const shapes = data.features.map((feature) => shapeOf(data, feature));
      group.geoappNames = L.layerGroup(data.features.filter((one) => one[5]).map(areaName));
      if (data.cluster) {
        // Areas cannot be clustered: they lie beside the clusters.
        group.addLayers(shapes.filter((one) => one.getLatLng));
        group.geoappAreas = L.featureGroup(shapes.filter((one) => !one.getLatLng));
      } else {
        shapes.forEach((shape) => group.addLayer(shape));
      }
      if (data.search) {
        for (const shape of shapes) places.push({ title: shape.geoappTitle, shape, group });
      }
    };
    group.on("add", () => group.geoappFill());
    group.geoappId = data.id;
    drawn.push(group);
    return group;
  }

  function arrange(map) {
    // Large areas below small ones, whatever was switched on last.
    for (const group of [...drawn].reverse()) {
      if (map.hasLayer(group) && !group.zoomToShowLayer) group.bringToBack();
    }
  }

  function show(map, found) {
    if (!map.hasLayer(found.group)) map.addLayer(found.group);
    if (found.group.zoomToShowLayer && found.shape.getLatLng) {
      found.group.zoomToShowLayer(found.shape, () => found.shape.openPopup());
      return;
    }
    const bounds = found.shape.getBounds ? found.shape.getBounds() : found.shape.getLatLng().toBounds(800);
    map.fitBounds(bounds, { maxZoom: 16 });
    found.shape.openPopup();
  }

  const middleOf = (shape) => (shape.getLatLng ? shape.getLatLng() : shape.getBounds().getCenter());

  // With no words typed: what is in view, nearest to the middle first.
  function look(map, wanted) {
    if (wanted) {
      const found = [];
      for (const one of places) {
        if (one.title.toLowerCase().includes(wanted)) found.push(one);
        if (found.length === MOST_FOUND) break;
      }
      return found;
    }
    const centre = map.getCenter();
    const view = map.getBounds();
    return places
      .filter((one) => map.hasLayer(one.group) && view.contains(middleOf(one.shape)))
      .map((one) => [centre.distanceTo(middleOf(one.shape)), one])
      .sort((one, other) => one[0] - other[0])
      .slice(0, MOST_FOUND)
      .map(([, one]) => one);
  }

  function search(map) {
    const box = document.createElement("div");
    box.className = "find";
    const input = document.createElement("input");
    input.type = "search";
    input.placeholder = words.search;
    input.setAttribute("aria-label", words.search);
    const list = document.createElement("ul");
    list.setAttribute("aria-label", words.found);
    const close = () => list.replaceChildren();
    const fill = () => {
      close();
      const wanted = input.value.trim().toLowerCase();
      const found = look(map, wanted);
      for (const one of found) {
        const item = document.createElement("li");
        const button = document.createElement("button");
        button.type = "button";
        button.textContent = one.title;
        button.addEventListener("click", () => {
          close();
          show(map, one);
        });
        item.append(button);
        list.append(item);
      }
      if (!found.length && wanted) {
        const item = document.createElement("li");
        item.className = "none";
        item.setAttribute("role", "status");
        item.textContent = words.nothing;
        list.append(item);
      }
    };
    input.addEventListener("input", fill);
    input.addEventListener("focus", fill);
    box.addEventListener("keydown", (event) => {
      if (event.key === "Escape") { close(); input.blur(); }
      if (event.key === "Enter" && event.target === input) list.querySelector("button")?.click();
    });
    map.on("click movestart popupopen", close);
    box.append(input, list);
    document.querySelector(".heading").append(box);
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

  function finish(map, texts) {
    words = texts;
    map.getContainer().setAttribute("role", "region");
    map.getContainer().setAttribute("aria-label", words.map);
    L.control.zoom({ position: "bottomright", zoomInTitle: words.zoom_in, zoomOutTitle: words.zoom_out })
      .addTo(map);
    const toggle = map.getContainer().querySelector(".leaflet-control-layers-toggle");
    if (toggle) { toggle.title = words.layers; toggle.setAttribute("aria-label", words.layers); }
    map.on("popupopen", (event) => {
      event.popup.getElement().querySelector(".leaflet-popup-close-button")
        ?.setAttribute("aria-label", words.close);
    });
    const beside = (group, change) => {
      for (const part of [group.geoappAreas, group.geoappNames]) if (part) map[change](part);
    };
    const names = map.createPane("geoapp-names");
    names.style.zIndex = 450;
    names.style.pointerEvents = "none";
    L.control.scale({ imperial: false, position: "bottomleft" }).addTo(map);
    for (const group of drawn) {
      group.on("add", () => beside(group, "addLayer"));
      group.on("remove", () => beside(group, "removeLayer"));
      if (map.hasLayer(group)) beside(group, "addLayer");
    }
    map.on("overlayadd", () => arrange(map));
    const bounds = L.latLngBounds([]);
    for (const group of drawn) {
      if (!map.hasLayer(group)) continue;
      for (const part of [group, group.geoappAreas]) {
        const own = part?.getBounds();
        if (own?.isValid()) bounds.extend(own);
      }
    }
    const view = texts.view ? L.latLngBounds(texts.view) : bounds;
    if (view.isValid()) map.fitBounds(view, { padding: texts.view ? [72, 72] : [24, 24], maxZoom: 16 });
    arrange(map);
    search(map);
    legend(map);
    document.documentElement.dataset.ready = "yes";
  }

  return { layer, finish };
})();
