// What is in force here, and why; it is changed in the configuration file, not from afar.

import { get } from "./api.js";
import { card, facts, fill, h, table } from "./dom.js";
import { typed } from "./parts.js";
import { ofSensor } from "./role.js";
import { count, shown } from "./words.js";

export async function show(place) {
  const [{ items }, world] = await Promise.all([get("/api/settings"), ofSensor("/api/world")]);
  if (!place.here()) return;
  const list = h("div", { class: "stack" });
  const find = h("input", { type: "search", "aria-label": "Find a setting", placeholder: "find", autocomplete: "off" });
  const only = h("input", { type: "checkbox", id: "only-set" });
  const draw = () => {
    const word = find.value.toLowerCase();
    const wanted = items.filter((one) => (!only.checked || one.origin === "set") && `${one.key} ${one.help}`.toLowerCase().includes(word));
    fill(list, sections(wanted).map(([name, rows]) => h("section", {}, h("h3", { class: "typed" }, `[${shown(name, 40)}]`), settings(name, rows))));
  };
  find.addEventListener("input", draw);
  only.addEventListener("change", draw);
  draw();
  fill(place.body, card("What is played here", {}, world instanceof Error ? h("p", { class: "dim" }, shown(world.message)) : facts([
    ["World", `${world.kind}${world.only && `, only ${world.only}`}, epoch ${world.epoch}${world.per_source ? ", a different one for each network of sources" : ""}`],
    ["Speaks TCP like", typed(world.personality)],
    ["Services", `${count(world.services)} in the catalogue`],
    ["Interfaces", world.interfaces.join(", ") || "all but loopback"],
    ["Addresses", typed(world.addresses.join(", ") || "all of these")],
    ["Decoy networks", typed(world.networks.join(", ") || "none")],
  ])), card("Settings", { tools: [find, h("label", { for: "only-set" }, only, " only what is set")] }, list));
}

/** Settings by the table they stand in. */
function sections(items) {
  const found = new Map();
  for (const one of items) {
    const name = one.key.split(".")[0];
    found.set(name, [...(found.get(name) ?? []), one]);
  }
  return [...found];
}

function settings(name, items) {
  return table(`Settings of ${shown(name, 40)}`, ["key", "value", "default", "what it is"], items.map((one) => [
    typed(one.key, 80),
    h("span", {}, typed(JSON.stringify(one.value)), one.origin === "set" && h("span", { class: "badge level1" }, "set")),
    h("span", { class: "dim" }, typed(JSON.stringify(one.default))),
    h("span", { class: "prose" }, shown(one.help, 1000)),
  ]));
}
