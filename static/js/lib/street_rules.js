// How streets are painted and named. Pages read this as a module, what paints them (street_painter.js) by
// importScripts, so nothing is exported: it makes `geoappStreetRules`.

/**
 * What is used of the drawing library (protomaps-leaflet), a classic script.
 * @typedef {Record<'PolygonSymbolizer' | 'LineSymbolizer' | 'LineLabelSymbolizer' | 'CenteredTextSymbolizer' | 'CircleSymbolizer'
 *   | 'GroupSymbolizer' | 'OffsetTextSymbolizer', new (...options: any[]) => object>} Symbolizers
 */

/** @typedef {{ geomType: number, props: Record<string, string> }} Feature */

/** @typedef {(name: string) => string} Colour a colour of the style sheets */

/** @typedef {{ minX: number, minY: number, maxX: number, maxY: number }} Box in pixels of a zoom */

/** @typedef {{ boxes: Box[], texts: string[], within: Box }} Named what stands on the map already: where, and the names among it;
 * of what is not within a box nothing is told */

/** @typedef {Omit<Named, 'within'> & { met: Set<Box> }} Kept `met` are those that a name of the streets gave way to */

/** @typedef {{ anchor: { x: number, y: number }, bboxes: Box[] }} Label */

/** @typedef {{ place: (layout: { zoom: number }, shape: object, feature: Feature) => Label[] | undefined }} Symbolizer */

/** @typedef {{ tell: (zoom: number, named: Named | null) => void, known: (zoom: number) => Kept | null }} NamesKept
 * null: it is not known what stands at that zoom */

/** @typedef {{ getIndex: (zoom: number) => { bboxCollides: (box: Box, order: number) => boolean } | undefined }} Labelled names that the library has placed */

/** @typedef {[number, number]} Step in pixels right and down */

/**
 * @typedef {{ colours: string[], givingWay: (symbolizer: Symbolizer, known: (zoom: number) => Kept | null, steps?: Step[]) => Symbolizer,
 *   keepNames: (placed: () => Labelled, placeAnew: () => void, placeLeft: () => void) => NamesKept,
 *   paintRules: (drawing: Symbolizers, colour: Colour, isOver: boolean) => object[],
 *   labelRules: (drawing: Symbolizers, colour: Colour, language: string | undefined, fontFamily: string,
 *     known: (zoom: number) => Kept | null) => object[] }} StreetRules
 */

(() => {
  // The drawing library asks by this name for what Chrome 70 has by others alone.
  if (!('globalThis' in self)) Object.assign(self, { globalThis: self });
  const LINE = 2;
  const AREA = 3;
  const ROOM_PX = 3; // around a name
  const RIM_PX = 3; // of letters, in the colour of the land
  const RING_PX = 4.5; // of a railway's station, from its middle
  // Where the name of a place may stand instead, which is of all that is around it.
  /** @type {Step[]} */
  const STEPS = [[0, -14], [0, 14], [-24, 0], [24, 0], [0, -28], [0, 28], [-24, -14], [24, -14], [-24, 14], [24, 14],
    [-48, 0], [48, 0], [-24, -28], [24, -28], [-24, 28], [24, 28]];
  // All that the rules ask for.
  const colours = ['--map-building', '--map-green', '--map-land', '--map-line', '--map-name', '--map-sea', '--street', '--street-edge'];

  // From the least to the greatest, so that greater ones lie above: kind -> width at zoom 16 in pixels.
  /** @type {[string, number][]} */
  const WIDTHS = [['path', 1], ['service', 2.5], ['minor', 5], ['tertiary', 7], ['secondary', 8], ['primary', 9], ['trunk', 10], ['motorway', 10]];
  const GREAT = ['motorway', 'trunk', 'primary', 'secondary'];

  /**
   * @param {number} width at zoom 16
   * @param {number} [more] around it
   * @returns {(zoom: number) => number}
   */
  function wide(width, more = 0) {
    return (zoom) => Math.max(0.6, width * 1.5 ** (Math.min(zoom, 19) - 16)) + more;
  }

  /**
   * @param {string[]} kinds
   * @param {number} [shape]
   */
  function only(kinds, shape) {
    return (/** @type {number} */ _zoom, /** @type {Feature} */ feature) => kinds.includes(feature.props.kind) && (!shape || feature.geomType === shape);
  }

  // How much of their colour areas keep above coloured ones, which are to be seen through them.
  const THIN = 0.2;

  /**
   * How areas and lines are painted, in this order.
   * @param {Symbolizers} drawing
   * @param {Colour} colour
   * @param {boolean} isOver whether they lie above coloured areas
   */
  function paintRules(drawing, colour, isOver) {
    /**
     * @param {string} dataLayer
     * @param {string} name
     * @param {number} minzoom
     */
    const area = (dataLayer, name, minzoom) => ({
      dataLayer, minzoom, symbolizer: new drawing.PolygonSymbolizer({ fill: colour(name), opacity: isOver ? THIN : 1 }),
      filter: (/** @type {number} */ _zoom, /** @type {Feature} */ feature) => feature.geomType === AREA,
    });
    /**
     * @param {string} name
     * @param {number} more
     */
    const streets = (name, more) => WIDTHS.map(([kind, width]) => ({
      dataLayer: 'streets', filter: only([kind]), minzoom: kind === 'path' ? 15 : 0,
      symbolizer: new drawing.LineSymbolizer({
        color: colour(kind === 'path' && !more ? '--street-edge' : name), width: wide(width, kind === 'path' ? 0 : more),
        lineCap: 'round', lineJoin: 'round',
      }),
    }));
    const rail = (/** @type {string[]} */ kinds) => ({
      dataLayer: 'rail', filter: only(kinds), symbolizer: new drawing.LineSymbolizer({ color: colour('--map-line'), width: wide(1.6), dash: [6, 4] }),
    });
    return [
      area('green', '--map-green', 9), area('squares', '--street', 14), area('water', '--map-sea', 4),
      { dataLayer: 'waterways', symbolizer: new drawing.LineSymbolizer({ color: colour('--map-sea'), width: wide(4) }) },
      { dataLayer: 'water', filter: only(['coast'], LINE), symbolizer: new drawing.LineSymbolizer({ color: colour('--map-line'), width: 0.8 }) },
      area('buildings', '--map-building', 15),
      // What runs below the ground or in the street stays out of the way.
      rail(['subway', 'tram']), ...streets('--street-edge', 1.6), ...streets('--street', 0), rail(['rail', 'light_rail', 'monorail']),
    ];
  }

  /** @param {Box} box */
  function widened({ minX, minY, maxX, maxY }) {
    return { minX: minX - ROOM_PX, minY: minY - ROOM_PX, maxX: maxX + ROOM_PX, maxY: maxY + ROOM_PX };
  }

  /** @param {Box} one @param {Box} other */
  function meet(one, other) {
    return one.minX < other.maxX && other.minX < one.maxX && one.minY < other.maxY && other.minY < one.maxY;
  }

  /**
   * @param {Label} label
   * @param {Step} step
   */
  function moved(label, [right, down]) {
    return Object.assign({}, label, {
      anchor: { x: label.anchor.x + right, y: label.anchor.y + down },
      bboxes: label.bboxes.map(({ minX, minY, maxX, maxY }) => ({ minX: minX + right, minY: minY + down, maxX: maxX + right, maxY: maxY + down })),
    });
  }

  /**
   * What gives way to all that stands on the map already, names nothing twice, and has some room around it: the
   * library's boxes end where the letters do.
   * @param {Symbolizer} symbolizer
   * @param {(zoom: number) => Kept | null} known
   * @param {Step[]} [steps] where it may stand instead, from its own place, the first that is free
   * @returns {Symbolizer}
   */
  function givingWay(symbolizer, known, steps = []) {
    return {
      place(layout, shape, feature) {
        const standing = known(layout.zoom);
        if (!standing) return undefined; // placed once it is known
        const { boxes, texts, met } = standing;
        const { zh, en, name } = feature.props;
        if ([zh, en, name].some((text) => text && texts.includes(text))) return undefined;
        const meeting = (/** @type {Label} */ { bboxes }) => boxes.find((other) => bboxes.some((one) => meet(one, other)));
        /** @type {Label[]} */
        const found = [];
        (symbolizer.place(layout, shape, feature) || []).forEach((label) => {
          const roomy = Object.assign({}, label, { bboxes: label.bboxes.map((box) => widened(box)) });
          const here = meeting(roomy);
          if (here) met.add(here);
          const free = here ? steps.map((step) => moved(roomy, step)).find((one) => !meeting(one)) : roomy;
          if (free) found.push(free);
        });
        return found;
      },
    };
  }

  /**
   * Those of some boxes that are not among others, to a pixel.
   * @param {Box[]} boxes
   * @param {Box[]} others
   */
  function lacking(boxes, others) {
    let next = 0; // of the others: most come in the order that they had before
    return boxes.filter((box) => {
      const isSame = (/** @type {Box | undefined} */ other) => other && other.minX - 1 <= box.minX && other.minY - 1 <= box.minY
        && other.maxX + 1 >= box.maxX && other.maxY + 1 >= box.maxY;
      if (!isSame(others[next])) next = others.findIndex(isSame);
      next += 1;
      return next === 0;
    });
  }

  /**
   * What stands on a map by the zoom of its tiles. Names of the streets are placed anew where something comes to stand on
   * one, or goes that one gave way to. While it is not known none is placed: it would be seen, and go again.
   * @param {() => Labelled} placed the names that are placed
   * @param {() => void} placeAnew
   * @param {() => void} placeLeft place those that were asked for while it was not known what stands there
   * @returns {NamesKept}
   */
  function keepNames(placed, placeAnew, placeLeft) {
    /** @type {Map<number, Kept>} */
    const kept = new Map();
    /** @type {Set<number>} */
    const asked = new Set();
    /** @type {number | null} the zoom of which it is known */
    let now = null;
    let isLeft = false;
    return {
      tell(zoom, named) {
        now = named ? zoom : null;
        if (!named) return;
        const { boxes, texts, within } = named;
        const before = kept.get(zoom) || { boxes: [], texts: [], met: new Set() };
        const gone = lacking(Array.from(before.met).filter((one) => meet(one, within)), boxes);
        const met = new Set(Array.from(before.met).filter((box) => !gone.includes(box)));
        kept.set(zoom, { boxes, texts, met });
        const hasLeft = isLeft;
        isLeft = false;
        const index = placed().getIndex(zoom);
        const isOnName = (/** @type {Box} */ box) => Boolean(index && index.bboxCollides(box, Infinity));
        const isNew = texts.some((text) => text && !before.texts.includes(text));
        if (asked.has(zoom) && (gone.length || isNew || lacking(boxes, before.boxes).some(isOnName))) {
          asked.clear();
          met.clear();
          placeAnew();
        } else if (hasLeft) placeLeft();
      },
      known(zoom) {
        const known = zoom === now && kept.get(zoom);
        if (known) asked.add(zoom);
        else isLeft = true;
        return known || null;
      },
    };
  }

  /**
   * What is named, the most important first: who comes later keeps away.
   * @param {Symbolizers} drawing
   * @param {Colour} colour
   * @param {string | undefined} language
   * @param {string} fontFamily that of the page, so that nothing is loaded for it
   * @param {(zoom: number) => Kept | null} known
   */
  function labelRules(drawing, colour, language, fontFamily, known) {
    const text = {
      labelProps: [language === 'en' ? 'en' : 'zh', 'name'], fontFamily, fill: colour('--map-name'), stroke: colour('--map-land'), width: RIM_PX,
    };
    const station = new drawing.GroupSymbolizer([
      new drawing.CircleSymbolizer({ radius: RING_PX - 1.5, fill: colour('--map-land'), stroke: colour('--map-name'), width: 1.5 }),
      new drawing.OffsetTextSymbolizer({ ...text, fontSize: 11, offsetX: RING_PX + RIM_PX + 1, offsetY: 4 }),
    ]);
    /** @type {(symbolizer: object, steps?: Step[]) => Symbolizer} */
    const yielding = (symbolizer, steps) => givingWay(/** @type {Symbolizer} */ (symbolizer), known, steps);
    /**
     * @param {string[]} kinds
     * @param {number} fontSize
     * @param {number} minzoom
     */
    const place = (kinds, fontSize, minzoom) => ({
      dataLayer: 'places', filter: only(kinds), minzoom,
      symbolizer: yielding(new drawing.CenteredTextSymbolizer({ ...text, fontSize, fontWeight: 500 }), STEPS),
    });
    /**
     * @param {string[]} kinds
     * @param {number} minzoom
     */
    const street = (kinds, minzoom) => ({
      dataLayer: 'streets', filter: only(kinds), minzoom,
      symbolizer: yielding(new drawing.LineLabelSymbolizer({ ...text, fontSize: 11, position: 2 })),
    });
    // Districts have their names on the map already, by their outlines.
    return [
      place(['city', 'town'], 14, 6), place(['suburb', 'township', 'village', 'island'], 13, 11),
      { dataLayer: 'stations', minzoom: 14, symbolizer: yielding(station) },
      place(['quarter', 'neighbourhood', 'hamlet'], 12, 14),
      street(GREAT, 14), street(['tertiary', 'minor'], 15.5),
    ];
  }

  /** @type {StreetRules} */
  const made = { colours, givingWay, keepNames, paintRules, labelRules };
  Object.assign(self, { geoappStreetRules: made });
})();
