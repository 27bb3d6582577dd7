// The port map: all ports of this machine, lit as they are touched.

import { get } from "./api.js";
import { card, fill, h, refill } from "./dom.js";
import { levels, ranges } from "./levels.js";
import { bars, portLink } from "./parts.js";
import { portMap } from "./portmap.js";
import { count, shown } from "./words.js";
import { whoLives } from "./who.js";

const POLL_S = 1;

export async function show(place) {
  const choice = h("select", { "aria-label": "Address" });
  const side = h("div", { class: "stack" });
  const host = () => choice.value;
  const map = portMap({
    label: "Port map",
    who: whoLives(host),
    pick: (port) => (location.hash = `#/port/${port}${host() && `?host=${encodeURIComponent(host())}`}`),
  });
  place.onleave(map.stop);
  const update = async () => {
    const told = await get("/api/ports", { host: host() });
    if (!place.here()) return;
    const found = levels(told);
    map.set(found);
    offer(choice, told);
    refill(side,
      card("Most asked", {}, bars("Ports by connections", ["port", "connections"],
        told.top.slice(0, 12).map(({ port, count: number }) => [portLink(port, host()), number]))),
      card("As ranges", {},
        h("p", {}, `${count(told.counts.touched)} of 65,535 ports touched.`),
        h("p", { class: "typed" }, ranges(found) || "–")));
  };
  choice.addEventListener("change", update);
  fill(place.body, h("div", { class: "grid wide-narrow" }, card("All ports", { tools: [choice] }, map.element), side));
  await update();
  place.every(POLL_S, update);
}

/** The addresses one can look at, the chosen one kept. */
function offer(choice, { host, hosts }) {
  if (choice.options.length === hosts.length + 1) return;
  fill(choice, h("option", { value: "" }, "all addresses"),
    hosts.map(({ address, count: number }) => h("option", { value: address.slice(0, 45) }, `${shown(address, 50)} (${count(number)})`)));
  choice.value = host;
}
