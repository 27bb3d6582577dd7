// The sensors of this hub: who was heard of when, who has fallen silent, who has events that did not come yet.

import { get } from "./api.js";
import { card, facts, h, refill, table } from "./dom.js";
import { moment, typed } from "./parts.js";
import { brief, count, span } from "./words.js";

const POLL_S = 3;

export async function show(place) {
  const update = async () => {
    const found = await get("/api/sensors");
    if (place.here()) refill(place.body, parts(found));
  };
  await update();
  place.every(POLL_S, update);
}

function parts({ items, behind, troubles }) {
  const well = troubles.length === 0;
  return [
    card("In short", {}, h("p", { class: well ? "fine" : "alarm" }, well ? "All is well." : "Not all is well:"),
      well ? null : h("ul", {}, troubles.map((line) => h("li", {}, typed(line)))),
      facts([["Sensors", count(items.length)], ["Still to be read", `${count(behind)} messages`]])),
    card("Sensors", {}, table("Sensors", HEADS, items.map(row), [3, 4, 5, 6, 7])),
    card("Counters", {}, items.map(counters)),
  ];
}

const HEADS = ["sensor", "", "last heard", "events", "waiting there", "lost there", "refused", "late by", "version", "host", "since"];
const STATES = { ok: "well", silent: "silent", gone: "gone, has no key" };

function row(one) {
  return [
    h("a", { href: `#/events?${new URLSearchParams({ sensor: one.name })}` }, typed(one.name, 64)),
    h("span", { class: one.status === "silent" ? "badge level3" : "badge" }, STATES[one.status] ?? ""),
    moment(one.heard_at), brief(one.events), brief(one.waiting), brief(one.lost), brief(one.refused),
    one.event_at === null ? "–" : span(one.late_s), typed(one.version, 20), typed(one.host, 40), moment(one.started_at),
  ];
}

function counters(one) {
  const told = Object.entries(one.counters).filter(([, value]) => value);
  return h("details", {}, h("summary", {}, typed(one.name, 64), ` ${count(told.length)} that are not zero`),
    table("Counters of a sensor", ["counter", "value"], told.map(([name, value]) => [typed(name, 80), count(value)]), [1]));
}
