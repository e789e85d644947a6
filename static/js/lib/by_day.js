// What a dark screen paints, on paper, which is white. Once a page is being printed nothing that takes a thread or a fetch
// comes in time: the pictures that are on the map change their colours instead, each of the night for that of the day.

/** @typedef {[number, number, number]} Ink red, green, blue */

const INK = 0xffffff; // the part of a pixel, read as one number, that is not its opacity
// Greys of the night lie on one line: of mixtures that come about as near, that of two colours which are alike is likelier.
const UNLIKE = 0.01;

/**
 * The colours of the style sheets by day, whatever the screen has.
 * @param {HTMLElement} box any element of the page
 * @param {string[]} names
 * @returns {Record<string, string>}
 */
function coloursByDay(box, names) {
  const paper = box.appendChild(document.createElement('div'));
  paper.className = 'by-day';
  const style = getComputedStyle(paper);
  /** @type {Record<string, string>} */
  const found = {};
  names.forEach((name) => { found[name] = style.getPropertyValue(name).trim(); });
  paper.remove();
  return found;
}

/**
 * @param {string} colour as #rrggbb, which is how the style sheets write it
 * @returns {Ink}
 */
function inkOf(colour) {
  return /** @type {Ink} */ ([1, 3, 5].map((place) => parseInt(colour.slice(place, place + 2), 16)));
}

/**
 * What changes each of some colours for another. Where two of them meet, a pixel has some of both: it is taken for that
 * mixture of two which comes nearest to it.
 * @param {Ink[]} from
 * @param {Ink[]} to as many
 * @returns {(pixels: Uint32Array) => void}
 */
export function colourChange(from, to) {
  /** @type {Map<number, number>} */
  const known = new Map();

  /** @param {number} pixel */
  function changed(pixel) {
    const ink = [pixel & 255, (pixel >> 8) & 255, (pixel >> 16) & 255];
    let least = Infinity;
    let found = 0;
    from.forEach((one, first) => {
      for (let second = 0; second <= first; second += 1) {
        const way = from[second].map((level, place) => level - one[place]);
        const long = way.reduce((sum, step) => sum + step * step, 0);
        const along = way.reduce((sum, step, place) => sum + step * (ink[place] - one[place]), 0);
        const share = long ? Math.min(1, Math.max(0, along / long)) : 0;
        const off = way.reduce((sum, step, place) => sum + (one[place] + share * step - ink[place]) ** 2, UNLIKE * long);
        if (off < least) {
          least = off;
          found = to[first].reduce((sum, level, place) => (
            sum + (Math.round(level + share * (to[second][place] - level)) << (8 * place))), 0);
        }
      }
    });
    return found;
  }

  return (pixels) => {
    let last = -1; // most pixels are what the one before them is
    let now = 0;
    for (let place = 0; place < pixels.length; place += 1) {
      const pixel = pixels[place];
      if (!pixel) continue;
      const ink = pixel & INK;
      if (ink !== last) {
        last = ink;
        const kept = known.get(ink);
        now = kept === undefined ? changed(ink) : kept;
        known.set(ink, now);
      }
      pixels[place] = (pixel & ~INK) | now;
    }
  };
}

/** @typedef {{ isOn: () => boolean, take: (picture: HTMLCanvasElement) => void }} Paper whether it is printed now; one more for it */

/**
 * Have what is painted in colours of the screen printed in those of the day.
 * @param {HTMLElement} box
 * @param {Colour} colour as the screen has it
 * @param {string[]} names of the colours
 * @param {() => HTMLCanvasElement[]} pictures that are on the map
 * @returns {Paper}
 */
export function printByDay(box, colour, names, pictures) {
  /** @type {((pixels: Uint32Array) => void) | null} */
  let change = null;
  /** @type {Map<HTMLCanvasElement, ImageData>} */
  const before = new Map();

  /** @param {HTMLCanvasElement} picture */
  function take(picture) {
    const pen = picture.getContext('2d');
    if (!change || !pen || !picture.width) return;
    const painted = pen.getImageData(0, 0, picture.width, picture.height);
    before.set(picture, painted);
    const printed = new ImageData(painted.data.slice(), picture.width);
    change(new Uint32Array(printed.data.buffer));
    pen.putImageData(printed, 0, 0);
  }

  window.addEventListener('beforeprint', () => {
    const day = coloursByDay(box, names);
    if (change || names.every((name) => day[name] === colour(name))) return;
    change = colourChange(names.map((name) => inkOf(colour(name))), names.map((name) => inkOf(day[name])));
    pictures().forEach(take);
  });
  window.addEventListener('afterprint', () => {
    change = null;
    before.forEach((painted, picture) => {
      const pen = picture.getContext('2d');
      if (pen) pen.putImageData(painted, 0, 0);
    });
    before.clear();
  });
  return { isOn: () => Boolean(change), take };
}
