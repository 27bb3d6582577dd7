// What happened, as far back as the store goes, by kind, source, port and time.

import { get, search } from "./api.js";
import { button, card, field, fill, h } from "./dom.js";
import { eventTable } from "./eventtable.js";
import { names, sensorChoice } from "./role.js";

const PAGE = 100;
const KINDS = {
  "": "all", "session.open": "connections", "service.credential": "passwords tried", "service.request": "requests",
  "session.": "sessions", "tls.": "TLS", "scan.": "scans", "tripwire.": "tripwires", "block.": "blocks", "evidence.": "evidence",
};

export async function show(place) {
  const wish = Object.fromEntries(["kind", "sensor", "source", "port", "since", "until"].map((key) => [key, place.query.get(key) ?? ""]));
  const before = place.query.get("before") ?? "";
  const list = h("div");
  const older = button("Older", () => {});
  const newest = button("Newest", () => (location.hash = `#/events${search(wish)}`), { disabled: !before });
  const sensors = await names();
  if (!place.here()) return;
  fill(place.body, card("Which", {}, form(wish, sensors)), card("What happened", {}, list, h("div", { class: "tools" }, newest, older)));
  const { items, next } = await get("/api/events", { ...wish, before, limit: PAGE });
  if (!place.here()) return;
  fill(list, eventTable(items));
  older.disabled = !next;
  older.addEventListener("click", () => (location.hash = `#/events${search({ ...wish, before: next })}`));
}

function form(wish, sensors) {
  const kind = h("select", {}, Object.entries({ ...KINDS, [wish.kind]: KINDS[wish.kind] ?? wish.kind }).map(([value, says]) => h("option", { value }, says)));
  kind.value = wish.kind;
  const sensor = sensorChoice(sensors, wish.sensor);
  const inputs = {
    source: h("input", { maxlength: 49, value: wish.source, placeholder: "192.0.2.0/24", spellcheck: "false", autocomplete: "off" }),
    port: h("input", { type: "number", min: 1, max: 65535, value: wish.port }),
    since: h("input", { type: "datetime-local", step: 1, value: local(wish.since) }),
    until: h("input", { type: "datetime-local", step: 1, value: local(wish.until) }),
  };
  const send = (event) => {
    event.preventDefault();
    location.hash = `#/events${search({
      kind: kind.value, sensor: sensor.value, source: inputs.source.value.trim(), port: inputs.port.value,
      since: seconds(inputs.since.value), until: seconds(inputs.until.value),
    })}`;
  };
  return h("form", { class: "inline", onsubmit: send }, field("Kind", kind), sensors.length > 0 && field("Sensor", sensor), field("Source or network", inputs.source),
    field("Port", inputs.port), field("From", inputs.since), field("Until", inputs.until), h("button", {}, "Show"));
}

const seconds = (text) => (text ? String(new Date(text).getTime() / 1000) : "");

/** Seconds since the epoch as a datetime-local input writes them. */
function local(text) {
  const at = new Date(Number(text) * 1000);
  if (!text || Number.isNaN(at.getTime())) return "";
  return new Date(at.getTime() - at.getTimezoneOffset() * 60000).toISOString().slice(0, 19);
}
