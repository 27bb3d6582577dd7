// Who lives at a port: what it would say to whom, and who has been there.

import { get, search } from "./api.js";
import { card, facts, field, fill, h } from "./dom.js";
import { eventTable } from "./eventtable.js";
import { typed } from "./parts.js";
import { ofSensor } from "./role.js";
import { hexdump, shown, span } from "./words.js";
import { words } from "./who.js";

const VISITS = 20;

export async function show(place) {
  const port = place.rest[0] ?? "";
  const host = place.query.get("host") ?? "";
  const source = place.query.get("source") ?? "";
  const result = h("div", { class: "stack" });
  if (port) place.heading.textContent = `Port ${shown(port, 6)}`;
  fill(place.body, card("Look up", {}, form(port, host, source)), result);
  if (!port) return;
  const [banner, visits] = await Promise.all([
    ofSensor("/api/banner", { port, host, source }),
    Number(port) > 0 ? get("/api/events", { port, limit: VISITS }) : { items: [] },
  ]);
  if (!place.here()) return;
  if (banner instanceof Error) fill(result, card("Who lives there", {}, h("p", { class: "dim" }, shown(banner.message))), card("Who was here", {}, eventTable(visits.items)));
  else fill(result, identity(banner), greeting(banner), card("Who was here", {}, eventTable(visits.items)));
}

function form(port, host, source) {
  const fields = {
    port: h("input", { type: "number", min: 0, max: 65535, required: "", inputmode: "numeric", value: port }),
    host: h("input", { maxlength: 45, value: host, placeholder: "this machine", spellcheck: "false", autocomplete: "off" }),
    source: h("input", { maxlength: 45, value: source, placeholder: "anybody", spellcheck: "false", autocomplete: "off" }),
  };
  const send = (event) => {
    event.preventDefault();
    const query = search({ host: fields.host.value.trim(), source: fields.source.value.trim() });
    location.hash = `#/port/${fields.port.value}${query}`;
  };
  return h("form", { class: "inline", onsubmit: send },
    field("Port", fields.port), field("Our address", fields.host), field("Seen by", fields.source), h("button", {}, "Look up"));
}

function identity(banner) {
  return card("Who lives there", {}, facts([
    ["Identity", typed(words(banner))],
    ["Service", banner.service && typed(banner.service)],
    ["System", banner.os && typed(banner.os)],
    ["Mode", `${banner.mode}${banner.delay_s ? `, after ${span(banner.delay_s)}` : ""}`],
    ["Hold", banner.hold === "timed" ? `closed after ${span(banner.hold_s)}` : banner.hold],
    ["At", typed(banner.to, 50)],
    ["Seen by", typed(banner.from, 50)],
    ["Greeting", `${banner.banner_len} bytes`],
  ]));
}

function greeting({ banner_hex: hex, banner_text: text }) {
  if (!hex) return card("What it says first", {}, h("p", { class: "dim" }, "Nothing: it waits for the other side, or stays silent."));
  return card("What it says first", {},
    h("h3", {}, "Text"), h("pre", { class: "typed", tabindex: "0", "aria-label": "Greeting as text" }, lines(text)),
    h("h3", {}, "Bytes"), h("pre", { class: "typed", tabindex: "0", "aria-label": "Greeting as hexadecimal digits" }, hexdump(hex)));
}

/** Its line breaks are shown, and break lines as well. */
const lines = (text) => text.slice(0, 16384).split("\n").map((line) => shown(line, 16384)).join("\\n\n");
