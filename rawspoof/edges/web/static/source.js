// One source: what it is, what it did, the shape of its scan, and the button that shuts it out.

import { get } from "./api.js";
import { blockButtons } from "./block.js";
import { card, facts, fill, h, refill, table } from "./dom.js";
import { levelBadge, moment, portLink, typed } from "./parts.js";
import { plot } from "./plot.js";
import { sourceMap } from "./sourcemap.js";
import { techniqueName } from "./attack.js";
import { isHub } from "./role.js";
import { brief, bytes, count, span } from "./words.js";

const POLL_S = 3;

export async function show(place) {
  const address = place.rest[0] ?? "";
  const path = `/api/sources/${encodeURIComponent(address)}`;
  fill(place.heading, typed(address, 50));
  const top = h("div", { class: "tools" });
  const head = h("div");
  const chart = plot("Events and connections over time", [["events", "touched"], ["connections", "asked"]], [[], [], []]);
  const rest = h("div", { class: "stack" });
  const map = sourceMap(address, path);
  const hub = await isHub();
  if (!place.here()) return;
  const update = async () => {
    const source = await get(path);
    if (!place.here()) return;
    // The map knows of ports at once, the source's own record with its next report.
    const ports = await map.update();
    refill(head, summary({ ...source, ports: Math.max(ports, source.ports) }));
    chart.set(["at", "events", "connections"].map((key) => source.timeline.map((bin) => bin[key])));
    refill(rest, details(source, hub));
    refill(top, hub ? h("p", { class: "dim" }, "This is a hub: block it at a sensor, and the others hear of it.") : blockButtons(source, update));
  };
  for (const part of [chart, map]) place.onleave(part.stop);
  fill(place.body, top, h("div", { class: "grid wide-narrow" },
    h("div", { class: "stack" }, map.element, card("Timeline", {}, chart.element)),
    card("What it is", {}, head)), rest);
  await update();
  place.every(POLL_S, update);
}

function summary(source) {
  return facts([
    ["Level", h("span", {}, levelBadge(source.level), ` risk ${source.risk} of 1000`)],
    ["Country", source.country],
    ["Address", source.verified ? "genuine: it completed a handshake" : "not proven: it completed no handshake"],
    ["Tool", source.tool && typed(`${source.tool}, ${Math.round(100 * source.confidence)} % sure`)],
    ["Given away by", source.signs.length ? typed(source.signs.join(", ")) : ""],
    ["System", source.system && typed(source.system)],
    ["Techniques", source.techniques.length ? typed(source.techniques.join(", ")) : ""],
    ["ATT&CK", source.attack.length ? h("ul", { class: "plain" }, source.attack.map((id) => h("li", {}, h("b", {}, typed(id, 12)), ` ${techniqueName(id)}`))) : ""],
    ["Seen by", source.sensors.length ? typed(source.sensors.join(", ")) : ""],
    ["First seen", moment(source.first_at)],
    ["Last seen", moment(source.last_at)],
    ["Ports touched", `${count(source.ports)} on ${count(source.targets)} of our addresses`],
    ["Packets", `${count(source.packets)}: ${Object.entries(source.kinds).map(([kind, number]) => `${brief(number)} ${kind}`).join(", ")}`],
    ["Connections", count(source.connections)],
    ["Heard and said", `${bytes(source.bytes_in)}, ${bytes(source.bytes_out)}`],
    ["Time it wasted", span(source.held_s)],
    ["Everything", h("a", { href: `#/events?source=${encodeURIComponent(source.address)}` }, "its events")],
  ]);
}

function details({ address, addresses, logins, asked, scans, evidence }, hub) {
  const who = hub ? ["sensor"] : [];
  const by = (one) => (hub ? [typed(one.sensor, 64)] : []);
  const port = (number) => portLink(number, "", address);
  return [
    card("Passwords it tried", {}, table("Passwords it tried", ["at", "port", "service", "how", "user", "secret", ...who],
      logins.map((login) => [moment(login.at), port(login.port), typed(login.service, 40), typed(login.method, 40), typed(login.user), typed(login.secret), ...by(login)]))),
    card("What it asked for", {}, table("What it asked for", ["at", "port", "service", "size", "request", ...who],
      asked.map((one) => [moment(one.at), port(one.port), typed(one.service, 40), bytes(one.size), typed(one.text), ...by(one)]), [3])),
    card("Where it went", {}, table("Where it went", ["our address", "ports", "which", ...who],
      addresses.map((one) => [typed(one.address, 50), count(one.count), typed(one.ports, 400), ...by(one)]), [1])),
    card("Scans", {}, table("Scans", ["scan", "first", "last", "packets", "ports", "tool", hub ? "sensor" : "evidence"],
      scans.map((scan) => [typed(scan.scan, 16), moment(scan.first_at), moment(scan.last_at), count(scan.packets), count(scan.ports), typed(scan.tool, 40),
        hub ? typed(scan.sensor, 64) : download(evidence.find((file) => file.scan === scan.scan))]), [3, 4])),
  ];
}

function download(file) {
  if (!file) return h("span", { class: "dim" }, "–");
  return h("a", { href: `/api/evidence/${encodeURIComponent(file.scan)}`, download: `${file.scan}.pcap` }, `pcap, ${bytes(file.bytes)}`);
}
