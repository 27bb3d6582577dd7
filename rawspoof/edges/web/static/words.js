// Values as people read them. What attackers typed becomes visible here: nothing in it steers the page or the reader.

const NUMBER = new Intl.NumberFormat("en");
const SHORT = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });

// Control characters, and all that turns, joins or hides text.
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb]|[\u{e0000}-\u{e0fff}]/gu;
const NAMED = { "\t": "\\t", "\n": "\\n", "\r": "\\r" };

/** 65,535. */
export const count = (value) => (Number.isFinite(value) ? NUMBER.format(value) : "–");

/** 65.5K, where there is little room. */
export const brief = (value) => (Number.isFinite(value) ? (value < 10_000 ? count(value) : SHORT.format(value)) : "–");

/** A duration in its two largest units: 2 h 14 min. */
export function span(seconds) {
  if (!Number.isFinite(seconds) || seconds < 0) return "–";
  if (seconds < 10) return `${seconds.toFixed(seconds < 1 ? 2 : 1)} s`;
  const units = [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]];
  const first = units.findIndex(([size]) => seconds >= size);
  const parts = units.slice(first, first + 2).map(([size, name], place) => {
    const whole = Math.floor(place ? (seconds % units[first][0]) / size : seconds / size);
    return whole ? `${whole} ${name}` : "";
  });
  return parts.filter(Boolean).join(" ");
}

/** The same where there is little room: 2h 14m. */
export const tight = (seconds) => span(Math.floor(seconds)).replace(/ (d|h|m|s)(in)?\b/g, "$1").replace("0.00s", "0s");

/** 1.5 MiB. */
export function bytes(value) {
  const power = Math.min(4, Math.floor(Math.log2(Math.max(value, 1)) / 10));
  return `${(value / 2 ** (10 * power)).toFixed(power && value / 2 ** (10 * power) < 100 ? 1 : 0)} ${["B", "KiB", "MiB", "GiB", "TiB"][power]}`;
}

/** A moment, given as seconds since the epoch or ISO 8601, as milliseconds. NaN for none. */
export function millis(moment) {
  return typeof moment === "number" ? moment * 1000 : Date.parse(moment ?? "");
}

/** 2026-11-22 08:41:07, in the reader's own time zone. */
export function date(moment) {
  const at = new Date(millis(moment));
  if (Number.isNaN(at.getTime())) return "–";
  const two = (value) => String(value).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${clock(moment)}`;
}

/** 08:41:07. */
export function clock(moment) {
  const at = new Date(millis(moment));
  return Number.isNaN(at.getTime()) ? "–" : at.toLocaleTimeString("en-GB");
}

/** Text of anybody's in which nothing is hidden: a line break is \n, a mark that turns the text is \u{202e}. */
export function shown(text, most = 240) {
  const whole = String(text ?? "");
  const cut = whole.length > most ? whole.slice(0, most) : whole;
  const seen = cut.replace(UNSEEN, (mark) => {
    const code = mark.codePointAt(0);
    return NAMED[mark] ?? (code < 0x100 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u{${code.toString(16)}}`);
  });
  return cut === whole ? seen : `${seen}… (${count(whole.length - most)} more)`;
}

/** Bytes of hexadecimal digits as lines: offset, sixteen bytes, the same as text. */
export function hexdump(hex, most = 4096) {
  const lines = [];
  for (let at = 0; at < Math.min(hex.length / 2, most); at += 16) {
    const row = hex.slice(2 * at, 2 * at + 32).match(/../g);
    const text = row.map((byte) => {
      const code = parseInt(byte, 16);
      return code >= 0x20 && code < 0x7f ? String.fromCharCode(code) : "·";
    });
    lines.push(`${at.toString(16).padStart(4, "0")}  ${row.join(" ").padEnd(47)}  ${text.join("")}`);
  }
  if (hex.length / 2 > most) lines.push(`… ${count(hex.length / 2 - most)} more bytes`);
  return lines.map((line) => shown(line)).join("\n");
}
