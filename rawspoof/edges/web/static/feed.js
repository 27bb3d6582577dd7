// What happens, as it happens: the latest on top. It can be halted to be read; a screen reader hears of it now and
// then, not at every line.

import { button, fill, h } from "./dom.js";
import { listen } from "./live.js";
import { moment, portLink, sourceLink, typed } from "./parts.js";
import { count, shown } from "./words.js";

const LINES = 60;
const SAY_MS = 5000;

/** The list, the button that halts it, `begin(items)` (oldest first) and `stop()`. */
export function feed() {
  const list = h("ol", { class: "feed", "aria-label": "Latest events" });
  const aloud = h("p", { class: "unseen", "aria-live": "polite" });
  let halted = false;
  let missed = 0;
  let unsaid = 0;
  let latest = "";
  const halt = button("Pause", () => {
    halted = !halted;
    halt.setAttribute("aria-pressed", String(halted));
    if (!halted) missed = 0;
    label();
  }, { "aria-pressed": "false" });
  const label = () => (halt.textContent = halted ? `Paused${missed ? ` (${count(missed)} since)` : ""}: go on` : "Pause");

  const add = (items) => {
    list.prepend(...items.map(line).reverse());
    while (list.children.length > LINES) list.lastChild.remove();
  };
  const stop = listen("feed", ({ items, skipped }) => {
    unsaid += items.length + skipped;
    latest = items.at(-1)?.text ?? latest;
    if (!halted) return add(items);
    missed += items.length + skipped;
    label();
  });
  const timer = setInterval(() => {
    if (unsaid && !halted) fill(aloud, `${unsaid} new events, the latest: ${shown(latest)}`);
    unsaid = 0;
  }, SAY_MS);
  return {
    element: h("div", {}, aloud, list),
    halt,
    /** Lines from before this page was opened; those that came meanwhile stay on top. */
    begin: (items) => {
      list.append(...items.map(line).reverse());
      while (list.children.length > LINES) list.lastChild.remove();
    },
    stop: () => {
      stop();
      clearInterval(timer);
    },
  };
}

function line({ at, kind, level, source, country, target, port, text, sensor }) {
  return h("li", { class: `kind-${String(kind).slice(0, 12).split(".")[0].replace(/\W/g, "")} level${Number(level)}` },
    moment(at), sourceLink(source, country),
    port ? h("span", {}, h("span", { "aria-label": "to port" }, "→"), " ", portLink(port, target)) : h("span", {}),
    h("span", { class: "what" }, sensor && h("span", { class: "dim" }, shown(sensor, 64), " "), typed(text)));
}
