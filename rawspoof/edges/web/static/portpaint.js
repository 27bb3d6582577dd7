// Paints levels of ports as pixels. Ours: rows of 256 from the top left, not a Hilbert curve. Then anybody can say
// where a port is (row: port / 256, column: the rest), an arrow key is a neighbouring number, a scan that counts
// upwards fills the picture like text, and steps of a power of two stand as columns. A curve keeps ranges in blots,
// which is prettier and tells less; the ports below 1024, four thin rows here, have a strip of their own instead.

import { parts } from "./colours.js";
import { h } from "./dom.js";
import { LEVELS, PORTS } from "./levels.js";

export const SIDE = 256;
const GLOW_MS = 1600;
const FRESH_MAX = 4096;

/** A painter of `levels` (one number for each port). `light` says that a port has just been touched. */
export function painter(levels) {
  const picture = new ImageData(SIDE, SIDE);
  const pixels = new Uint32Array(picture.data.buffer);
  const sheet = new OffscreenCanvas(SIDE, SIDE);
  const fresh = new Map();
  let palette = [];
  let glow = 0;

  const dress = () => {
    palette = LEVELS.map(({ name }) => parts(name));
    glow = parts("glow");
  };

  /** All ports as they are at this moment (milliseconds); whether something still glows. */
  const paint = (now) => {
    const flat = palette.map((tint) => packed(tint));
    for (let port = 0; port < PORTS; port += 1) pixels[port] = flat[levels[port]];
    for (const [port, since] of fresh) {
      const left = 1 - (now - since) / GLOW_MS;
      if (left <= 0) fresh.delete(port);
      else pixels[port] = packed(palette[levels[port]].map((value, channel) => value + (glow[channel] - value) * left));
    }
    sheet.getContext("2d").putImageData(picture, 0, 0);
    return fresh.size > 0;
  };

  const light = (port, now) => {
    if (fresh.size < FRESH_MAX) fresh.set(port, now);
  };

  dress();
  return { dress, paint, light, sheet };
}

/** A pixel of an ImageData, which has red in its lowest byte. */
const packed = ([red, green, blue]) => ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;

/** The whole picture, small, without a cursor; `set(levels)` shows others. */
export function thumb() {
  const levels = new Uint8Array(PORTS);
  const paint = painter(levels);
  const element = h("canvas", { class: "map thumb", width: 2 * SIDE, height: 2 * SIDE, role: "img" });
  const draw = () => {
    paint.dress();
    paint.paint(0);
    const pen = element.getContext("2d");
    pen.imageSmoothingEnabled = false;
    pen.drawImage(paint.sheet, 0, 0, 2 * SIDE, 2 * SIDE);
    element.setAttribute("aria-label", `All ports: ${levels.reduce((sum, level) => sum + (level > 0), 0)} of them touched`);
  };
  addEventListener("theme", draw);
  draw();
  return {
    element,
    set: (found) => draw(levels.set(found)),
    stop: () => removeEventListener("theme", draw),
  };
}
