// One gathering of the markers of all layers: two of them never lie over each other.
window.geoappClusters = (() => {
  "use strict";
  // So many are added at once; between portions the page answers.
  const PORTION = 2000;
  const NS = "http://www.w3.org/2000/svg";
  const shown = [];
  let run = 0;
  let due = 0;
  let pool = null;
  let changed = () => {};

  // A count is drawn smaller than what a finger meets, as far as its figures leave room: less of the streets' names is hidden.
  const inset = (total) => Math.max(0, 7 - String(total).length);

  // A ring whose parts are the layers' shares. Drawn, not a background: it prints always.
  function ring(size, parts, total, words) {
    const drawing = document.createElementNS(NS, "svg");
    const middle = size / 2;
    const outer = middle - inset(total);
    const radius = outer - 3;
    const round = 2 * Math.PI * radius;
    drawing.setAttribute("viewBox", `0 0 ${size} ${size}`);
    drawing.setAttribute("role", "img");
    drawing.setAttribute("aria-label", words);
    const circle = (look) => {
      const part = document.createElementNS(NS, "circle");
      for (const [name, value] of Object.entries({ cx: middle, cy: middle, ...look })) part.setAttribute(name, value);
      drawing.append(part);
    };
    circle({ r: outer - 0.5, class: "disc" });
    let done = 0;
    for (const [layer, count] of parts) {
      const share = (count / total) * round;
      circle({
        r: radius, fill: "none", stroke: layer.colour, "stroke-width": 4,
        "stroke-dasharray": `${share} ${round - share}`, "stroke-dashoffset": round / 4 - done,
      });
      done += share;
    }
    return drawing;
  }

  function icon(cluster) {
    const counts = new Map();
    for (const marker of cluster.getAllChildMarkers()) {
      const layer = marker.geoappLayer;
      counts.set(layer, (counts.get(layer) || 0) + 1);
    }
    const parts = shown.filter((layer) => counts.has(layer)).map((layer) => [layer, counts.get(layer)]);
    const total = cluster.getChildCount();
    const size = Math.round(44 + 5 * Math.log10(total));
    const words = parts.map(([layer, count]) => `${layer.title} ${count}`).join(", ");
    const box = document.createElement("div");
    box.className = "cluster";
    box.title = words;
    box.style.width = `${size}px`;
    box.style.height = `${size}px`;
    const count = document.createElement("span");
    count.textContent = total;
    box.append(ring(size, parts, total, words), count);
    return L.divIcon({ html: box, className: "", iconSize: [size, size] });
  }

  function add(markers, mine) {
    if (mine !== run) return;
    pool.addLayers(markers.slice(0, PORTION));
    if (markers.length > PORTION) setTimeout(() => add(markers.slice(PORTION), mine), 0);
    else changed();
  }

  // From the beginning: taking thousands out one by one is slower than gathering the others anew.
  function gather() {
    if (!pool) return;
    run += 1;
    pool.clearLayers();
    add(shown.flatMap((layer) => layer.markers), run);
  }

  // A layer of the map's control whose markers stand in the common gathering while it is shown.
  const Gathered = L.Layer.extend({
    initialize(title, colour) {
      this.title = title;
      this.colour = colour;
      this.markers = [];
    },
    hold(markers) {
      this.markers = markers;
      for (const marker of markers) marker.geoappLayer = this;
      // After the first view is chosen: what is gathered before would be seen to merge.
      clearTimeout(due);
      due = setTimeout(gather, 0);
    },
    // Beside those that it holds, without gathering them all anew.
    more(markers) {
      this.markers = this.markers.concat(markers);
      for (const marker of markers) marker.geoappLayer = this;
      if (pool && shown.includes(this)) add(markers, run);
    },
    onAdd(map) {
      if (!pool) {
        pool = L.markerClusterGroup({
          iconCreateFunction: icon, maxClusterRadius: 60, showCoverageOnHover: false,
          disableClusteringAtZoom: 16, spiderfyOnMaxZoom: false,
          animate: !window.matchMedia("(prefers-reduced-motion: reduce)").matches,
        });
        pool.on("animationend", () => changed());
        // Another base map may move everything: what is gathered by pixels is gathered anew.
        map.on("groundmoved", gather);
      }
      if (!map.hasLayer(pool)) map.addLayer(pool);
      shown.push(this);
      gather();
    },
    onRemove() {
      shown.splice(shown.indexOf(this), 1);
      gather();
    },
    getBounds() {
      return L.latLngBounds(this.markers.map((marker) => marker.getLatLng()));
    },
    // Zooms until a marker stands for itself; it may still wait for its portion.
    showMarker(marker, then) {
      if (!pool.hasLayer(marker)) setTimeout(() => this.showMarker(marker, then), 50);
      else pool.zoomToShowLayer(marker, then);
    },
  });

  return {
    inset,
    layer: (title, colour) => new Gathered(title, colour),
    onChange: (then) => { changed = then; },
    // Counts that part or join: `changed` comes when they have.
    areMoving: () => Boolean(pool && pool._inZoomAnimation),
  };
})();
