// Everybody who was here, sorted as one likes, a part at a time.

import { get, search } from "./api.js";
import { button, card, fill, h, refill, table } from "./dom.js";
import { levelBadge, moment, sourceLink, typed } from "./parts.js";
import { names, sensorChoice } from "./role.js";
import { brief, count, span } from "./words.js";

const PAGE = 50;
const POLL_S = 5;
const ORDERS = {
  last_at: "seen last", first_at: "seen first", risk: "risk", packets: "packets", connections: "connections",
  ports: "ports", held_s: "time wasted",
};

export async function show(place) {
  const order = ORDERS[place.query.get("order")] ? place.query.get("order") : "last_at";
  const offset = Math.max(0, Number(place.query.get("offset")) || 0);
  const sensor = place.query.get("sensor") ?? "";
  const go = (wish) => (location.hash = `#/sources${search({ order, sensor, offset: 0, ...wish })}`);
  const sensors = await names();
  if (!place.here()) return;
  const which = sensorChoice(sensors, sensor);
  which.id = "sensor";
  which.addEventListener("change", () => go({ sensor: which.value }));
  const choice = h("select", { id: "order", onchange: () => go({ order: choice.value }) },
    Object.entries(ORDERS).map(([value, says]) => h("option", { value }, says)));
  choice.value = order;
  const list = h("div");
  const earlier = button("Previous", () => go({ offset: Math.max(0, offset - PAGE) }));
  const later = button("Next", () => go({ offset: offset + PAGE }));
  const where = h("p", { class: "dim" });
  fill(place.body, card("Who was here", { tools: [...(sensors.length ? [h("label", { for: "sensor" }, "Sensor"), which] : []), h("label", { for: "order" }, "Order"), choice] },
    list, h("div", { class: "tools" }, earlier, later, where)));
  const update = async () => {
    const { total, items } = await get("/api/sources", { limit: PAGE, offset, order, sensor });
    if (!place.here()) return;
    refill(list, rows(items));
    earlier.disabled = offset === 0;
    later.disabled = offset + PAGE >= total;
    where.textContent = items.length ? `${count(offset + 1)} to ${count(offset + items.length)} of ${count(total)}` : `${count(total)} in all`;
  };
  await update();
  place.every(POLL_S, update);
}

const HEADS = ["source", "level", "tool", "techniques", "ports", "connections", "packets", "wasted", "last"];

function rows(items) {
  const hub = items.some((source) => source.sensors.length);
  return table("Sources", hub ? [...HEADS, "sensors"] : HEADS, items.map((source) => [
    h("span", {}, sourceLink(source.address, source.country), source.blocked && h("span", { class: "badge level3" }, "blocked")),
    levelBadge(source.level),
    source.tool ? typed(`${source.tool} ${Math.round(100 * source.confidence)} %`, 40) : h("span", { class: "dim" }, "–"),
    typed(source.techniques.join(", "), 60),
    count(source.ports), brief(source.connections), brief(source.packets), span(source.held_s), moment(source.last_at),
    ...(hub ? [typed(source.sensors.join(", "), 80)] : []),
  ]), [4, 5, 6, 7]);
}
