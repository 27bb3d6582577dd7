// Events as a table; each opens to show all that is known of it.

import { h, table } from "./dom.js";
import { levelBadge, moment, portLink, sourceLink, typed } from "./parts.js";
import { shown } from "./words.js";

const WHOLE_MAX = 65536;

/** The table of these events. */
export function eventTable(items) {
  const hub = items.some((told) => told.sensor);
  const heads = ["at", ...(hub ? ["sensor"] : []), "kind", "level", "source", "port", "what", "all of it"];
  return table("Events", heads, items.map((told) => [
    moment(told.at), ...(hub ? [typed(told.sensor, 64)] : []), typed(told.kind, 40), told.level ? levelBadge(told.level) : "", sourceLink(told.source, told.country),
    told.port ? portLink(told.port, told.target) : "–", typed(told.text), whole(told),
  ]));
}

/** The event as JSON, written out when somebody wants to see it. */
function whole({ number, event }) {
  const inside = h("pre", { class: "typed", tabindex: "0", "aria-label": `Event ${number} as JSON` });
  const open = () => {
    if (inside.textContent) return;
    const lines = JSON.stringify(event, null, 1).slice(0, WHOLE_MAX).split("\n");
    inside.textContent = lines.map((line) => shown(line, WHOLE_MAX)).join("\n");
  };
  return h("details", { ontoggle: open }, h("summary", { "aria-label": `Event ${number}` }, String(number)), inside);
}
