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

/** @typedef {{ boxes: Box[], texts: string[] }} Named names that stand on the map already, and where */

/** @typedef {{ place: (layout: { zoom: number }, shape: object, feature: Feature) => { bboxes: Box[] }[] | undefined }} Symbolizer */

/** @typedef {{ tell: (zoom: number, named: Named) => void, known: (zoom: number) => Named }} NamesKept */

/**
 * @typedef {{ colours: string[], givingWay: (symbolizer: Symbolizer, named: (zoom: number) => Named) => Symbolizer,
 *   keepNames: (changed: () => void) => NamesKept, paintRules: (drawing: Symbolizers, colour: Colour, isOver: boolean) => object[],
 *   labelRules: (drawing: Symbolizers, colour: Colour, language: string | undefined, fontFamily: string,
 *     named: (zoom: number) => Named) => object[] }} StreetRules
 */

(() => {
  // The drawing library asks by this name for what Chrome 70 has by others alone.
  if (!('globalThis' in self)) Object.assign(self, { globalThis: self });
  const LINE = 2;
  const AREA = 3;
  const ROOM_PX = 3; // around a name
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

  /** @param {Box} box @param {number} [more] */
  function widened({ minX, minY, maxX, maxY }, more = ROOM_PX) {
    return { minX: minX - more, minY: minY - more, maxX: maxX + more, maxY: maxY + more };
  }

  /** @param {Box} one @param {Box} other */
  function meet(one, other) {
    return one.minX < other.maxX && other.minX < one.maxX && one.minY < other.maxY && other.minY < one.maxY;
  }

  /** @param {Box} outer @param {Box} inner */
  function holds(outer, inner) {
    return outer.minX <= inner.minX && outer.minY <= inner.minY && outer.maxX >= inner.maxX && outer.maxY >= inner.maxY;
  }

  /**
   * What gives way to names that stand on the map already, names nothing twice, and has some room around it: the
   * library's boxes end where the letters do.
   * @param {Symbolizer} symbolizer
   * @param {(zoom: number) => Named} named
   * @returns {Symbolizer}
   */
  function givingWay(symbolizer, named) {
    return {
      place(layout, shape, feature) {
        const { boxes, texts } = named(layout.zoom);
        const { zh, en, name } = feature.props;
        if ([zh, en, name].some((text) => text && texts.includes(text))) return undefined;
        const found = (symbolizer.place(layout, shape, feature) || []).map((label) => (
          Object.assign({}, label, { bboxes: label.bboxes.map((box) => widened(box)) })));
        return found.filter(({ bboxes }) => !bboxes.some((one) => boxes.some((other) => meet(one, other))));
      },
    };
  }

  /**
   * The names that stand on a map by the zoom of its tiles.
   * @param {() => void} changed a name stands where streets may be named already
   * @returns {NamesKept}
   */
  function keepNames(changed) {
    /** @type {Map<number, Named>} */
    const kept = new Map();
    /** @type {Set<number>} */
    const asked = new Set();
    return {
      tell(zoom, named) {
        const before = kept.get(zoom);
        kept.set(zoom, named);
        const isKept = (/** @type {Box} */ box) => before && before.boxes.some((other) => holds(widened(other, 1), box));
        if (!asked.has(zoom) || named.boxes.every(isKept)) return;
        asked.clear();
        changed();
      },
      known(zoom) {
        asked.add(zoom);
        return kept.get(zoom) || { boxes: [], texts: [] };
      },
    };
  }

  /**
   * What is named, the most important first: who comes later keeps away.
   * @param {Symbolizers} drawing
   * @param {Colour} colour
   * @param {string | undefined} language
   * @param {string} fontFamily that of the page, so that nothing is loaded for it
   * @param {(zoom: number) => Named} named
   */
  function labelRules(drawing, colour, language, fontFamily, named) {
    const text = {
      labelProps: [language === 'en' ? 'en' : 'zh', 'name'], fontFamily, fill: colour('--map-name'), stroke: colour('--map-land'), width: 3,
    };
    const station = new drawing.GroupSymbolizer([
      new drawing.CircleSymbolizer({ radius: 3, fill: colour('--map-land'), stroke: colour('--map-name'), width: 1.5 }),
      new drawing.OffsetTextSymbolizer({ ...text, fontSize: 11, offsetX: 5, offsetY: 4 }),
    ]);
    /**
     * @param {string[]} kinds
     * @param {number} fontSize
     * @param {number} minzoom
     */
    const place = (kinds, fontSize, minzoom) => ({
      dataLayer: 'places', filter: only(kinds), minzoom, symbolizer: new drawing.CenteredTextSymbolizer({ ...text, fontSize, fontWeight: 500 }),
    });
    /**
     * @param {string[]} kinds
     * @param {number} minzoom
     */
    const street = (kinds, minzoom) => ({
      dataLayer: 'streets', filter: only(kinds), minzoom,
      symbolizer: new drawing.LineLabelSymbolizer({ ...text, fontSize: 11, position: 2 }),
    });
    // Districts have their names on the map already, by their outlines.
    return [
      place(['city', 'town'], 14, 6), place(['suburb', 'township', 'village', 'island'], 13, 11),
      { dataLayer: 'stations', minzoom: 14, symbolizer: station },
      place(['quarter', 'neighbourhood', 'hamlet'], 12, 14),
      street(GREAT, 14), street(['tertiary', 'minor'], 15.5),
    ].map((rule) => Object.assign({}, rule, { symbolizer: givingWay(/** @type {Symbolizer} */ (rule.symbolizer), named) }));
  }

  /** @type {StreetRules} */
  const made = { colours, givingWay, keepNames, paintRules, labelRules };
  Object.assign(self, { geoappStreetRules: made });
})();
