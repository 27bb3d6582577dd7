// All ports of a host as a picture one can walk in. It is a slider to assistive technology: a value from 0 to 65535,
// moved by keys, with a text for the value.

import { button, h } from "./dom.js";
import { LEVELS, PORTS, legend } from "./levels.js";
import { SIDE, painter } from "./portpaint.js";
import { shown } from "./words.js";

const BACKING = 1024;
const STRIP_ROWS = 4;
const ZOOM_MAX = 16;
const STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -SIDE, ArrowDown: SIDE, PageUp: -16 * SIDE, PageDown: 16 * SIDE };
const WHO_MS = 250;

/**
 * The map. `who(port)` gives a promise of who lives there, `pick(port)` is called when one is chosen.
 * `set(levels)` shows others; what is new in them glows for a moment.
 */
export function portMap({ label, who, pick }) {
  const levels = new Uint8Array(PORTS);
  const paint = painter(levels);
  const view = { column: 0, row: 0, zoom: 1 };
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const colours = legend();
  let cursor = 22;
  let waiting = 0;
  let asked = 0;
  let began = false;

  const canvas = h("canvas", {
    class: "map", width: BACKING, height: BACKING, tabindex: "0", role: "slider", "aria-label": label,
    "aria-valuemin": 0, "aria-valuemax": PORTS - 1, "aria-describedby": "map-keys",
  });
  const strip = h("canvas", { class: "strip", width: BACKING, height: 16 * STRIP_ROWS, "aria-hidden": "true" });
  const says = h("output", { class: "says" });
  const rows = [0, 1, 2, 3].map(() => h("span", {}));

  const draw = (now) => {
    waiting = 0;
    const glows = paint.paint(now);
    const seen = SIDE / view.zoom;
    const pen = canvas.getContext("2d");
    pen.imageSmoothingEnabled = false;
    pen.drawImage(paint.sheet, view.column, view.row, seen, seen, 0, 0, BACKING, BACKING);
    const size = BACKING / seen;
    frame(pen, ((cursor % SIDE) - view.column) * size, ((cursor >> 8) - view.row) * size, size);
    const band = strip.getContext("2d");
    band.imageSmoothingEnabled = false;
    band.drawImage(paint.sheet, 0, 0, SIDE, STRIP_ROWS, 0, 0, BACKING, 16 * STRIP_ROWS);
    if (glows) wake();
  };
  const wake = () => (waiting ||= requestAnimationFrame(draw));

  /** Put the cursor on a port; the view follows. */
  const move = (port) => {
    cursor = Math.max(0, Math.min(PORTS - 1, port));
    const seen = SIDE / view.zoom;
    view.column = follow(view.column, cursor % SIDE, seen);
    view.row = follow(view.row, cursor >> 8, seen);
    rows.forEach((mark, place) => (mark.textContent = String((view.row + (place * seen) / 4) * SIDE + view.column)));
    describe();
    wake();
  };

  const describe = () => {
    const text = `Port ${cursor}: ${LEVELS[levels[cursor]].says}`;
    tell(text);
    clearTimeout(asked);
    asked = setTimeout(async () => {
      const port = cursor;
      const lives = await who(port).catch(() => "");
      if (port === cursor && lives) tell(`${text} · ${shown(lives, 80)}`);
    }, WHO_MS);
  };
  const tell = (text) => {
    says.textContent = text;
    canvas.setAttribute("aria-valuenow", cursor);
    canvas.setAttribute("aria-valuetext", text);
  };

  const zoom = (factor) => {
    view.zoom = Math.max(1, Math.min(ZOOM_MAX, view.zoom * factor));
    const seen = SIDE / view.zoom;
    view.column = centred(cursor % SIDE, seen);
    view.row = centred(cursor >> 8, seen);
    move(cursor);
  };

  /** The next port after the cursor that was touched, round the end. */
  const next = () => {
    for (let step = 1; step <= PORTS; step += 1) {
      if (levels[(cursor + step) % PORTS]) return move((cursor + step) % PORTS);
    }
  };

  const under = (event) => {
    const box = canvas.getBoundingClientRect();
    const seen = SIDE / view.zoom;
    const at = (offset, length) => Math.min(seen - 1, Math.max(0, Math.floor((offset / length) * seen)));
    return (view.row + at(event.clientY - box.top, box.height)) * SIDE + view.column + at(event.clientX - box.left, box.width);
  };
  const keys = {
    Home: () => move(0), End: () => move(PORTS - 1), Enter: () => pick(cursor), n: next,
    "+": () => zoom(2), "=": () => zoom(2), "-": () => zoom(0.5), 0: () => zoom(1 / ZOOM_MAX),
  };
  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const act = STEPS[event.key] ? () => move(cursor + STEPS[event.key]) : keys[event.key];
    if (act) act(event.preventDefault());
  });
  canvas.addEventListener("pointermove", (event) => event.pointerType === "mouse" && move(under(event)));
  canvas.addEventListener("pointerdown", (event) => move(under(event)));
  canvas.addEventListener("dblclick", () => zoom(2));
  const dress = () => wake(paint.dress());
  addEventListener("theme", dress);

  const element = h("div", { class: "portmap" },
    h("div", { class: "tools" },
      h("span", { role: "group", "aria-label": "Zoom" },
        button("−", () => zoom(0.5), { "aria-label": "Zoom out" }), button("+", () => zoom(2), { "aria-label": "Zoom in" })),
      button("Next touched", next), button("Look up", () => pick(cursor)), says),
    h("div", { class: "chart" }, h("div", { class: "rows", "aria-hidden": "true" }, rows), canvas),
    h("p", { class: "dim hint" }, "The first 1024 ports, larger:"),
    strip,
    colours.element,
    h("p", { class: "dim hint", id: "map-keys" },
      "A row is 256 ports. Arrow keys move, + and − zoom, n goes to the next touched port, Enter looks it up."));
  move(cursor);

  return {
    element,
    set: (found) => {
      for (let port = 0; began && !still.matches && port < PORTS; port += 1) {
        if (found[port] > levels[port]) paint.light(port, performance.now());
      }
      began = true;
      levels.set(found);
      colours.set(levels);
      describe();
      wake();
    },
    stop: () => {
      clearTimeout(asked);
      cancelAnimationFrame(waiting);
      removeEventListener("theme", dress);
    },
  };
}

/** A frame around a port that is seen on any colour. */
function frame(pen, x, y, size) {
  for (const [tint, grow] of [["#000", 3], ["#fff", 1]]) {
    pen.strokeStyle = tint;
    pen.lineWidth = 2;
    pen.strokeRect(x - grow, y - grow, size + 2 * grow, size + 2 * grow);
  }
}

const centred = (place, seen) => Math.max(0, Math.min(SIDE - seen, Math.round(place - seen / 2)));

/** Where the view must begin so that this place is in it. */
const follow = (begin, place, seen) => (place < begin ? place : place >= begin + seen ? place - seen + 1 : begin);
