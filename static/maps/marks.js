// What of a tile stands for itself, what as one count, and how both are painted on its picture.
window.geoappMarks = (() => {
  "use strict";
  // One count for each cell, which its ring never leaves: counts do not lie over each other.
  const CELL = 64;
  // From this zoom on markers stand for themselves, unless a tile has more than so many.
  const SINGLES_FROM = 16;
  const MOST_SINGLES = 500;
  const SIGN_PX = 8;

  // Where a count stands: in the middle of what it stands for, and in its cell.
  function countOf(tile, column, row, { parts, total, x, y }) {
    const radius = Math.min(CELL / 2, 22 + 2.5 * Math.log10(total));
    const room = Math.min(CELL / 2, radius + 2);
    const inside = (value, cell) => Math.min((cell + 1) * CELL - room, Math.max(cell * CELL + room, value / total));
    return { tile, column, row, parts, total, radius, x: inside(x, column), y: inside(y, row) };
  }

  function of(tile, shown) {
    const cells = new Map();
    let all = 0;
    for (const group of shown) {
      for (const item of tile.items.get(group) || []) {
        // What is counted in another tile, or drawn as an area.
        if (!item.count || item.wide) continue;
        all += item.count;
        const name = `${Math.floor(item.x / CELL)},${Math.floor(item.y / CELL)}`;
        let cell = cells.get(name);
        if (!cell) cells.set(name, cell = { parts: new Map(), total: 0, x: 0, y: 0, items: [] });
        cell.parts.set(group, (cell.parts.get(group) || 0) + item.count);
        cell.total += item.count;
        cell.x += item.x * item.count;
        cell.y += item.y * item.count;
        cell.items.push([group, item]);
      }
    }
    const apart = tile.z + 1 >= SINGLES_FROM && all <= MOST_SINGLES;
    const marks = [];
    for (const [name, cell] of cells) {
      const [column, row] = name.split(",").map(Number);
      if (cell.total === 1 || (apart && cell.items.length === cell.total)) {
        for (const [group, item] of cell.items) {
          marks.push({ tile, group, item, parts: new Map([[group, 1]]), total: 1, radius: SIGN_PX, x: item.x, y: item.y });
        }
      } else marks.push(countOf(tile, column, row, cell));
    }
    return marks;
  }

  function paintSign(context, { x, y, group, item }, trace) {
    const { looks } = group.geoappData;
    const [colour, shape] = looks[item.look] || looks[0];
    context.beginPath();
    trace(context, shape, x, y, SIGN_PX);
    Object.assign(context, { fillStyle: colour, strokeStyle: "#fff", lineWidth: 1.5 });
    context.fill();
    context.stroke();
  }

  // A ring whose parts are the layers' shares, as that of markers which the page holds.
  function paintCount(context, { x, y, parts, total, radius }, { disc, rim, ink }) {
    const round = 2 * Math.PI;
    const outer = radius - geoappClusters.inset(total);
    context.beginPath();
    context.arc(x, y, outer, 0, round);
    Object.assign(context, { fillStyle: disc, strokeStyle: rim, lineWidth: 1 });
    context.fill();
    context.stroke();
    let begin = -Math.PI / 2;
    context.lineWidth = 4;
    for (const [group, number] of parts) {
      const share = (number / total) * round;
      context.beginPath();
      context.arc(x, y, outer - 3, begin, begin + share);
      context.strokeStyle = group.colour;
      context.stroke();
      begin += share;
    }
    context.fillStyle = ink;
    context.fillText(total, x, y);
  }

  // By day or by night.
  function colours() {
    const style = getComputedStyle(document.documentElement);
    const [disc, rim, ink] = ["--panel", "--line", "--ink"].map((name) => style.getPropertyValue(name).trim());
    return { disc, rim, ink };
  }

  function paint(context, mark, trace, given) {
    if (mark.item) paintSign(context, mark, trace); else paintCount(context, mark, given);
  }

  return { CELL, SINGLES_FROM, of, paint, colours };
})();
