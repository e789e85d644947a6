// What paints the streets of a page's maps, in a thread of its own: on a phone it takes longer than all else
// of the page, which would not answer meanwhile. It is told what to paint, and sends pictures.

/**
 * @typedef {{ z: number, x: number, y: number }} Square
 * @typedef {{ key: string, square: Square, tile: object | null, isNamed: boolean }} Wanted `tile` is null where its data did not come
 * What a layer is painted by: the address of its tiles and the last zoom that there are some of, the colours of
 * the style sheets by name, whether they lie above coloured areas, and how many pixels are a picture's side.
 * @typedef {{ source: string, deepest: number, language: string | undefined, fontFamily: string, isOver: boolean,
 *   colours: Record<string, string>, side: number }} Look
 * @typedef {{ drawing?: string, layer: number, look?: Look, draw?: Square & { number: number }, drop?: number,
 *   zoom?: number, named?: Named | null, end?: true }} Told
 * @typedef {{ draw: (number: number, square: Square) => void, drop: (number: number) => void, names: NamesKept }} Layer
 * What is used of the drawing library (protomaps-leaflet) here.
 * @typedef {Symbolizers & {
 *   sourcesToViews: (options: object) => Map<string, { getDisplayTile: (square: Square) => Promise<object> }>,
 *   Labelers: new (scratch: OffscreenCanvasRenderingContext2D, rules: object[], most: number, changed: (keys: Set<string>) => void) => {
 *     add: (zoom: number, tiles: Map<string, object[]>) => void, getIndex: Labelled['getIndex'] },
 *   paint: (pen: OffscreenCanvasRenderingContext2D, zoom: number, tiles: Map<string, object[]>, labels: object | undefined, rules: object[],
 *     box: object, origin: { x: number, y: number }, isFlat: boolean, debug: string) => void }} Painting
 */

(() => {
  const here = /** @type {DedicatedWorkerGlobalScope & { protomapsL: Painting, geoappStreetRules: StreetRules }} */ (/** @type {unknown} */ (self));
  const SIDE = 256;
  const AROUND = 16; // what stands beside a tile may reach into it
  const MOST_LABELLED = 16; // tiles whose names are kept, as the library has it for itself
  /** @type {Map<number, Layer>} */
  const layers = new Map();

  /** @param {number} side */
  function pen(side) {
    const canvas = new OffscreenCanvas(side, side);
    return /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext('2d'));
  }

  /**
   * @param {number} layer
   * @param {Look} look
   * @returns {Layer}
   */
  function makeLayer(layer, { source, deepest, language, fontFamily, isOver, colours, side }) {
    const { protomapsL: drawing, geoappStreetRules: rules } = here;
    const colour = (/** @type {string} */ name) => colours[name];
    const paintRules = rules.paintRules(drawing, colour, isOver);
    const [view] = Array.from(drawing.sourcesToViews({ url: source, maxDataZoom: deepest }).values());
    /** @type {Map<number, Wanted>} */
    const wanted = new Map();
    /** @type {Set<number>} tiles to paint, in this order */
    const due = new Set();
    const names = rules.keepNames(() => labelers, nameAnew, nameLeft);
    const labelRules = rules.labelRules(drawing, colour, language, fontFamily, names.known);
    const makeLabelers = () => new drawing.Labelers(pen(1), labelRules, MOST_LABELLED, (keys) => {
      wanted.forEach((one, number) => { if (keys.has(one.key)) due.add(number); });
    });
    let labelers = makeLabelers();
    let zoom = 0;
    let isDue = false;

    /** @param {Wanted} one */
    const tilesOf = ({ tile }) => new Map(tile ? [['', [tile]]] : []);

    /** @param {number} number */
    function paint(number) {
      const one = wanted.get(number);
      if (!one || one.square.z !== zoom) return; // gone, or of another zoom than the map has by now
      const { x, y, z } = one.square;
      const canvas = pen(side);
      canvas.setTransform(side / SIDE, 0, 0, side / SIDE, 0, 0);
      const origin = { x: SIDE * x, y: SIDE * y };
      const box = { minX: origin.x - AROUND, minY: origin.y - AROUND, maxX: origin.x + SIDE + AROUND, maxY: origin.y + SIDE + AROUND };
      drawing.paint(canvas, z, tilesOf(one), labelers.getIndex(z), paintRules, box, origin, false, '');
      const picture = canvas.canvas.transferToImageBitmap();
      here.postMessage({ layer, number, picture }, [picture]);
    }

    /** One tile in each task: what is said meanwhile is heard, such as that a tile is not wanted any more. */
    function work() {
      if (isDue) return;
      isDue = true;
      setTimeout(() => {
        isDue = false;
        const [number] = Array.from(due);
        due.delete(number);
        if (due.size) work();
        paint(number);
      });
    }

    /** @param {Wanted} one */
    function nameTile(one) {
      one.isNamed = Boolean(names.known(zoom));
      if (one.isNamed) labelers.add(zoom, tilesOf(one));
    }

    function nameLeft() {
      wanted.forEach((one, number) => {
        if (!one.tile || one.square.z !== zoom || one.isNamed) return;
        nameTile(one);
        due.add(number);
      });
      if (due.size) work();
    }

    function nameAnew() {
      labelers = makeLabelers();
      wanted.forEach((one) => { one.isNamed = false; });
      nameLeft();
    }

    return {
      names,
      async draw(number, square) {
        zoom = square.z;
        /** @type {Wanted} */
        const one = { key: `${square.x}:${square.y}:${square.z}`, square, tile: null, isNamed: false };
        wanted.set(number, one);
        one.tile = await view.getDisplayTile(square).catch(() => null);
        if (!wanted.has(number) || square.z !== zoom) return;
        nameTile(one);
        due.add(number);
        work();
      },
      drop(number) {
        wanted.delete(number);
        due.delete(number);
      },
    };
  }

  /**
   * @param {string} drawing the address of the library
   * @returns {boolean} whether it can be painted here
   */
  function begin(drawing) {
    try {
      here.importScripts('street_rules.js', drawing);
      return Boolean(pen(1));
    } catch {
      return false; // not reached, or not read by this browser
    }
  }

  here.addEventListener('message', ({ data }) => {
    const { drawing, layer, look, draw, drop, zoom, named, end } = /** @type {Told} */ (data);
    if (drawing !== undefined) here.postMessage({ isReady: begin(drawing) });
    if (look) layers.set(layer, makeLayer(layer, look));
    if (end) layers.delete(layer);
    const one = layers.get(layer);
    if (one && named !== undefined && zoom !== undefined) one.names.tell(zoom, named);
    if (one && draw) one.draw(draw.number, draw);
    if (one && drop !== undefined) one.drop(drop);
  });
})();
