// What can have happened to a port, from least to most, and how that is written and coloured.

import { unpacked } from "./api.js";
import { h } from "./dom.js";
import { count } from "./words.js";

export const PORTS = 65536;

/** By number: 0 is a port that nobody touched. */
export const LEVELS = [
  { name: "none", says: "not touched" },
  { name: "touched", says: "only probed" },
  { name: "opened", says: "connected to" },
  { name: "asked", says: "talked to" },
  { name: "login", says: "password tried" },
];

/** A level for each port, of bitmaps by name; the most that happened wins. */
export function levels(bitmaps) {
  const found = new Uint8Array(PORTS);
  LEVELS.forEach(({ name }, level) => {
    if (bitmaps[name]) mark(found, unpacked(bitmaps[name]), level);
  });
  return found;
}

/** Raise the ports whose bit is set, the lowest bit of a byte first. */
function mark(found, bits, level) {
  bits.forEach((byte, place) => {
    for (let bit = 0; byte >> bit; bit += 1) {
      if ((byte >> bit) & 1) found[8 * place + bit] = Math.max(found[8 * place + bit], level);
    }
  });
}

/** How many ports are at each level. */
export function tally(found) {
  const counts = new Array(LEVELS.length).fill(0);
  for (const level of found) counts[level] += 1;
  return counts;
}

/** The colours and what they mean, with how many ports have them; `set(levels)` counts anew. */
export function legend() {
  const numbers = LEVELS.map(() => h("b", {}, "0"));
  const element = h("ul", { class: "legend" },
    LEVELS.slice(1).map(({ name, says }, place) =>
      h("li", {}, h("span", { class: `swatch tint-${name}`, "aria-hidden": "true" }), numbers[place + 1], ` ${says}`)));
  return {
    element,
    set: (found) => tally(found).forEach((number, level) => (numbers[level].textContent = count(number))),
  };
}

/** Ports of at least this level as ranges, `22, 80-90`; at most so many, then an ellipsis. */
export function ranges(found, least = 1, most = 60) {
  const told = [];
  for (let port = 0; port < PORTS; port += 1) {
    if (found[port] < least) continue;
    const first = port;
    while (port + 1 < PORTS && found[port + 1] >= least) port += 1;
    if (told.length === most) return `${told.join(", ")}, …`;
    told.push(first === port ? String(first) : `${first}-${port}`);
  }
  return told.join(", ");
}
