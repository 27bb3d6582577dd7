// The shape of one source's scan: its ports on one of our addresses, as a map.

import { get } from "./api.js";
import { card, fill, h } from "./dom.js";
import { levels, ranges } from "./levels.js";
import { portMap } from "./portmap.js";
import { count, shown } from "./words.js";
import { whoLives } from "./who.js";

/** The card with the map; `update()` asks anew and gives how many ports there are, `stop()` lets go of it. */
export function sourceMap(address, path) {
  const choice = h("select", { "aria-label": "Address of ours" });
  const target = () => choice.value;
  const told = h("p", { class: "typed" });
  const map = portMap({
    label: "Ports this source touched",
    who: whoLives(target, address),
    pick: (port) => (location.hash = `#/port/${port}?host=${encodeURIComponent(target())}&source=${encodeURIComponent(address)}`),
  });
  const update = async () => {
    const { targets } = await get(`${path}/ports`);
    if (choice.options.length !== targets.length) {
      const before = target();
      fill(choice, targets.map((one) => h("option", { value: one.address.slice(0, 45) }, `${shown(one.address, 50)} (${count(one.count)})`)));
      if (targets.some((one) => one.address.slice(0, 45) === before)) choice.value = before;
    }
    const chosen = targets.find((one) => one.address.slice(0, 45) === target());
    if (chosen) {
      const found = levels(chosen);
      map.set(found);
      told.textContent = ranges(found);
    }
    return targets.reduce((sum, one) => sum + one.count, 0);
  };
  choice.addEventListener("change", update);
  return { element: card("Its port map", { tools: [choice] }, map.element, h("h3", {}, "As ranges"), told), update, stop: map.stop };
}
