// Where one stands in the port map, and which part of it is seen. Arithmetic only: knows no canvas.

import { PORTS } from "./levels.js";
import { SIDE } from "./portpaint.js";

const ZOOM_MAX = 16;

/** What is seen: `column` and `row` of its corner, `seen` ports a side; `cursor` is the port one stands on. */
export class View {
  column = 0;
  row = 0;
  seen = SIDE;
  cursor = 22;

  /** Stand on this port, or the nearest there is; what is seen follows. */
  move(port) {
    this.cursor = Math.max(0, Math.min(PORTS - 1, port));
    this.column = follow(this.column, this.cursor % SIDE, this.seen);
    this.row = follow(this.row, this.cursor >> 8, this.seen);
  }

  /** See ports so many times as large, about the cursor. */
  zoom(factor) {
    this.seen = Math.min(SIDE, Math.max(SIDE / ZOOM_MAX, this.seen / factor));
    this.column = centred(this.cursor % SIDE, this.seen);
    this.row = centred(this.cursor >> 8, this.seen);
  }

  /** The port at these shares (0 to 1) of the picture's width and height. */
  at(across, down) {
    const step = (share) => Math.min(this.seen - 1, Math.max(0, Math.floor(share * this.seen)));
    return (this.row + step(down)) * SIDE + this.column + step(across);
  }

  /** The first port of each quarter of the picture, from the top. */
  marks() {
    return [0, 1, 2, 3].map((quarter) => (this.row + (quarter * this.seen) / 4) * SIDE + this.column);
  }
}

const centred = (place, seen) => Math.max(0, Math.min(SIDE - seen, Math.round(place - seen / 2)));

/** Where what is seen must begin so that this place is in it. */
const follow = (begin, place, seen) => (place < begin ? place : place >= begin + seen ? place - seen + 1 : begin);
