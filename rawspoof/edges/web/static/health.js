// Whether all is well: what waits, what was dropped, who has stopped.

import { get } from "./api.js";
import { card, facts, h, refill, table } from "./dom.js";
import { typed } from "./parts.js";
import { bytes, count, span } from "./words.js";

const POLL_S = 2;

export async function show(place) {
  const update = async () => {
    const health = await get("/api/health");
    if (place.here()) refill(place.body, parts(health));
  };
  await update();
  place.every(POLL_S, update);
}

function parts(health) {
  const well = health.status === "ok";
  return [
    card("In short", {}, h("p", { class: well ? "fine" : "alarm" }, well ? "All is well." : "Not all is well:"),
      well ? null : h("ul", {}, health.reasons.map((reason) => h("li", {}, typed(reason)))),
      facts([
        ["Version", health.version], ["Uptime", span(Math.floor(health.uptime_s))], ["Memory", bytes(health.memory_bytes)],
        ["Events", count(health.events)], ["Sources forgotten", count(health.forgotten)],
        ["Store", health.store.enabled ? `${bytes(health.store.bytes)} on ${count(health.store.days)} days` : "off"],
        ["Browsers watching", count(health.web.watching)], ["Lines they were spared", count(health.web.skipped)],
        ["Requests refused", count(health.web.refused)], ["Failed logins", count(health.web.logins_failed)],
      ])),
    card("Sinks", {}, table("Sinks", ["name", "kind", "waiting", "of", "written", "failed", "dropped"], health.sinks.map((sink) => [
      typed(sink.name, 80), typed(sink.kind, 30), count(sink.queued), count(sink.queue_max), count(sink.written), count(sink.failed), count(sink.dropped),
    ]), [2, 3, 4, 5, 6])),
    // A hub has none, and a sensor that may not read the kernel's list knows of none.
    health.queues.length > 0 && card("Queues", {}, table("Queues", ["queue", "waiting", "dropped", "packets"],
      health.queues.map((queue) => [queue.number, queue.waiting, queue.dropped, queue.packets].map(count)), [0, 1, 2, 3])),
    card("Counters", {}, table("Counters", ["counter", "value"],
      Object.entries(health.counters).filter(([, value]) => value).map(([name, value]) => [typed(name, 80), count(value)]), [1])),
  ];
}
