// Everything at a glance: how much, how fast, who, where, and what happens now.

import { get } from "./api.js";
import { card, fill, h, refill } from "./dom.js";
import { feed } from "./feed.js";
import { legend, levels } from "./levels.js";
import { listen, rates } from "./live.js";
import { bars, moment, portLink, sourceLink, typed } from "./parts.js";
import { plot } from "./plot.js";
import { thumb } from "./portpaint.js";
import { brief, count, shown, tight } from "./words.js";

const TOP = 10;
const MAP_S = 3;
const BEGIN = 40;

export async function show(place) {
  place.heading.classList.add("unseen");
  const cards = h("dl", { class: "cards" });
  const chart = plot("Packets and connections a second, over the last minutes",
    [["packets/s", "touched"], ["connections/s", "asked"]], rates);
  const map = thumb();
  const colours = legend();
  const tops = h("div", { class: "grid thirds" });
  const lines = feed();
  fill(cards, tiles({}));
  fill(place.body, cards,
    h("div", { class: "grid wide-narrow level" },
      h("div", { class: "stack" }, card("Rates", {}, chart.element), card("Now", { tools: [lines.halt], name: "fills" }, lines.element)),
      card("Port map", { tools: [h("a", { href: "#/ports" }, "walk in it")] }, map.element, colours.element)),
    tops);
  for (const part of [chart, map, lines]) place.onleave(part.stop);

  const told = (stats) => {
    refill(cards, tiles(stats));
    chart.set(rates);
  };
  const lists = async () => {
    const stats = await get("/api/stats");
    told(stats);
    refill(tops, rankings(stats));
  };
  const begin = async () => {
    const { items } = await get("/api/events", { limit: BEGIN });
    if (place.here()) lines.begin(items.reverse());
  };
  const ports = async () => {
    const found = levels(await get("/api/ports"));
    map.set(found);
    colours.set(found);
  };
  place.onleave(listen("stats", told));
  place.onleave(listen("rates", () => chart.set(rates)));
  place.every(MAP_S, ports);
  place.every(MAP_S, lists);
  // Nothing waits for anything else: what is known is shown.
  await Promise.all([lists(), ports(), begin()]);
}

function tiles(stats) {
  const tile = (name, value, detail) => h("div", {}, h("dt", {}, name), h("dd", {}, value), detail && h("dd", { class: "dim" }, detail));
  return [
    tile("Connections", brief(stats.total_connections), h("span", {}, "last ", moment(stats.last_connection_at))),
    tile("Last 60 s", brief(stats.connections_per_min), `${brief(stats.connections_per_s)}/s now`),
    tile("Held now", brief(stats.held), `of ${brief(stats.sources)} sources`),
    tile("Time wasted", tight(stats.wasted_s), "by attackers"),
    stats.role === "hub"
      ? tile("Sensors", count(stats.sensors), h("a", { href: "#/sensors" }, "how they are"))
      : tile("Packets", brief(stats.packets), `${brief(stats.packets_per_s)}/s now`),
    tile("Blocked", brief(stats.blocked), h("a", { href: "#/blocks" }, "who")),
    tile("Ports", count(stats.ports_mapped), "mapped"),
    tile("Uptime", tight(stats.uptime_s), `rawspoof ${shown(stats.version, 20)}`),
  ];
}

function rankings(stats) {
  const named = (items) => items.slice(0, TOP).map(({ name, count: number }) => [typed(name, 40), number]);
  const sources = stats.top_ips.slice(0, TOP).map(({ ip, country, count: number }) => [sourceLink(ip, country), number]);
  const ports = stats.top_ports.slice(0, TOP).map(({ port, count: number }) => [portLink(port), number]);
  return [
    card("Top sources", {}, bars("Sources by connections", ["source", "connections"], sources)),
    card("Top ports", {}, bars("Ports by connections", ["port", "connections"], ports)),
    card("Tools", {}, bars("Tools by sources", ["tool", "sources"], named(stats.top_tools))),
    card("Techniques", {}, bars("Techniques by sources", ["technique", "sources"], named(stats.top_techniques))),
    // Without a file of countries there is nothing to say, and no place kept for it.
    stats.geoip && card("Countries", {}, bars("Countries by sources", ["country", "sources"], named(stats.top_countries))),
  ];
}
