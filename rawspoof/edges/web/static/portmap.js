// All ports of a host as a picture one can walk in. It is a slider to assistive technology: a value from 0 to 65535,
// moved by keys, with a text for the value.

import { button, h } from "./dom.js";
import { LEVELS, PORTS, legend } from "./levels.js";
import { SIDE, painter } from "./portpaint.js";
import { View } from "./portview.js";
import { shown } from "./words.js";

const BACKING = 1024;
const STRIP_ROWS = 4;
const STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -SIDE, ArrowDown: SIDE, PageUp: -16 * SIDE, PageDown: 16 * SIDE };
const WHO_MS = 250;

/**
 * The map. `who(port)` gives a promise of who lives there, `pick(port)` is called when one is chosen.
 * `set(levels)` shows others; what is new in them glows for a moment.
 */
export function portMap({ label, who, pick }) {
  const levels = new Uint8Array(PORTS);
  const paint = painter(levels);
  const view = new View();
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const colours = legend();
  let waiting = 0;
  let asked = 0;
  let began = false;

  const canvas = h("canvas", {
    class: "map", width: BACKING, height: BACKING, tabindex: "0", role: "slider", "aria-label": label,
    "aria-valuemin": 0, "aria-valuemax": PORTS - 1, "aria-describedby": "map-keys",
  });
  const strip = h("canvas", { class: "strip", width: BACKING, height: 16 * STRIP_ROWS, "aria-hidden": "true" });
  const says = h("output", { class: "says" });
  const rows = view.marks().map(() => h("span", {}));

  const draw = (now) => {
    waiting = 0;
    const glows = paint.paint(now);
    const size = BACKING / view.seen;
    const pen = stamp(canvas, paint.sheet, view.column, view.row, view.seen, view.seen);
    frame(pen, ((view.cursor % SIDE) - view.column) * size, ((view.cursor >> 8) - view.row) * size, size);
    stamp(strip, paint.sheet, 0, 0, SIDE, STRIP_ROWS);
    if (glows) wake();
  };
  const wake = () => (waiting ||= requestAnimationFrame(draw));

  const tell = (text) => {
    says.textContent = text;
    canvas.setAttribute("aria-valuenow", view.cursor);
    canvas.setAttribute("aria-valuetext", text);
  };
  const describe = () => {
    const port = view.cursor;
    const text = `Port ${port}: ${LEVELS[levels[port]].says}`;
    tell(text);
    clearTimeout(asked);
    asked = setTimeout(async () => {
      const lives = await who(port).catch(() => "");
      if (port === view.cursor && lives) tell(`${text} · ${shown(lives, 80)}`);
    }, WHO_MS);
  };
  const move = (port) => {
    view.move(port);
    view.marks().forEach((port, place) => (rows[place].textContent = String(port)));
    describe();
    wake();
  };
  const zoom = (factor) => move(view.cursor, view.zoom(factor));
  const next = () => move(following(levels, view.cursor));

  const under = (event) => {
    const box = canvas.getBoundingClientRect();
    move(view.at((event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height));
  };
  const keys = {
    Home: () => move(0), End: () => move(PORTS - 1), Enter: () => pick(view.cursor), n: next,
    "+": () => zoom(2), "=": () => zoom(2), "-": () => zoom(0.5), 0: () => zoom(1 / SIDE),
  };
  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const act = STEPS[event.key] ? () => move(view.cursor + STEPS[event.key]) : keys[event.key];
    if (act) act(event.preventDefault());
  });
  canvas.addEventListener("pointermove", (event) => event.pointerType === "mouse" && under(event));
  canvas.addEventListener("pointerdown", under);
  canvas.addEventListener("dblclick", () => zoom(2));
  const dress = () => wake(paint.dress());
  addEventListener("theme", dress);

  const element = h("div", { class: "portmap" },
    h("div", { class: "tools" },
      h("span", { role: "group", "aria-label": "Zoom" },
        button("−", () => zoom(0.5), { "aria-label": "Zoom out" }), button("+", () => zoom(2), { "aria-label": "Zoom in" })),
      button("Next touched", next), button("Look up", () => pick(view.cursor)), says),
    h("div", { class: "chart" }, h("div", { class: "rows", "aria-hidden": "true" }, rows), canvas),
    h("p", { class: "dim hint" }, "The first 1024 ports, larger:"),
    strip,
    colours.element,
    h("p", { class: "dim hint", id: "map-keys" },
      "A row is 256 ports. Arrow keys move, + and − zoom, n goes to the next touched port, Enter looks it up."));
  move(view.cursor);

  return {
    element,
    set: (found) => {
      for (let port = 0; began && !still.matches && port < PORTS; port += 1) {
        if (found[port] > levels[port]) paint.light(port, performance.now());
      }
      const news = !began || found[view.cursor] !== levels[view.cursor];
      began = true;
      levels.set(found);
      colours.set(levels);
      if (news) describe();
      wake();
    },
    stop: () => {
      clearTimeout(asked);
      cancelAnimationFrame(waiting);
      removeEventListener("theme", dress);
    },
  };
}

/** Draw this part of a sheet on the whole of a canvas, in hard pixels; its pen. */
function stamp(canvas, sheet, column, row, wide, high) {
  const pen = canvas.getContext("2d");
  pen.imageSmoothingEnabled = false;
  pen.drawImage(sheet, column, row, wide, high, 0, 0, canvas.width, canvas.height);
  return pen;
}

/** A frame around a port that is seen on any colour. */
function frame(pen, x, y, size) {
  for (const [tint, grow] of [["#000", 3], ["#fff", 1]]) {
    pen.strokeStyle = tint;
    pen.lineWidth = 2;
    pen.strokeRect(x - grow, y - grow, size + 2 * grow, size + 2 * grow);
  }
}

/** The next port after this one that was touched, round the end; itself where there is none. */
function following(levels, port) {
  for (let step = 1; step < PORTS; step += 1) {
    if (levels[(port + step) % PORTS]) return (port + step) % PORTS;
  }
  return port;
}
