// Pieces that several pages are made of.

import { h, table } from "./dom.js";
import { clock, count, date, millis, shown } from "./words.js";

/** A link to a source's page, its country beside it. */
export function sourceLink(address, country = "") {
  return h("span", { class: "typed" },
    h("a", { href: `#/source/${encodeURIComponent(address)}` }, shown(address, 50)),
    country && h("abbr", { class: "country", title: countryName(country) }, shown(country, 2)));
}

/** A link to a port's page, for this host of ours and that source where they are known. */
export function portLink(port, host = "", source = "") {
  const who = new URLSearchParams(Object.entries({ host, source }).filter(([, value]) => value));
  return h("a", { class: "typed", href: `#/port/${port}${who.size ? `?${who}` : ""}` }, String(port));
}

/** What somebody typed, in a typewriter's letters, and never as anything but text. */
export function typed(text, most = 240) {
  const whole = String(text ?? "");
  if (whole === "") return h("span", { class: "dim" }, "–");
  const line = h("bdi", { class: "typed", dir: "ltr" }, shown(whole, most));
  if (whole.length <= most) return line;
  const more = h("button", { type: "button", class: "link" }, "more");
  more.addEventListener("click", () => {
    line.textContent = shown(whole, 16384);
    more.remove();
  });
  return h("span", {}, line, " ", more);
}

/** A moment: the clock where it is today's, the whole of it on demand. */
export function moment(at) {
  if (!Number.isFinite(millis(at))) return h("span", { class: "dim" }, "never");
  const today = date(at).slice(0, 10) === date(Date.now() / 1000).slice(0, 10);
  return h("time", { datetime: new Date(millis(at)).toISOString(), title: date(at) }, today ? clock(at) : date(at));
}

/** How bad it is: 0 to 3 as a word on a colour. */
export function levelBadge(level) {
  return h("span", { class: `badge level${level}` }, ["quiet", "low", "medium", "high"][level] ?? String(level));
}

/** Names with a bar for each count: a table to those who cannot see the bars. */
export function bars(caption, heads, items) {
  const most = Math.max(1, ...items.map(([, value]) => value));
  const rows = items.map(([name, value]) => {
    const bar = h("span", { class: "bar", "aria-hidden": "true" });
    // Not an attribute, which the page's policy forbids.
    bar.style.inlineSize = `${(100 * value) / most}%`;
    return [h("span", { class: "barred" }, name, bar), count(value)];
  });
  return table(caption, heads, rows, [1]);
}

/** Say something at the foot of the page, read out as well. */
export function notice(text, bad = false) {
  const line = document.getElementById("notice");
  line.textContent = shown(text);
  line.className = bad ? "bad" : "good";
  clearTimeout(notice.timer);
  notice.timer = setTimeout(() => (line.textContent = line.className = ""), 8000);
}

/** Do something that may be refused, and say how it went; whether it went well. */
export async function attempt(done, act) {
  try {
    await act();
    notice(done);
    return true;
  } catch (error) {
    notice(error.message, true);
    return false;
  }
}

function countryName(code) {
  try {
    return new Intl.DisplayNames(["en"], { type: "region" }).of(code);
  } catch {
    return "";
  }
}
