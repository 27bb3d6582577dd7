// Whether this is the web admin of one sensor, or of a hub that several tell.

import { get } from "./api.js";
import { h } from "./dom.js";
import { shown } from "./words.js";

let asked;

/** Whether it is a hub's; asked once. */
export const isHub = () => (asked ??= get("/api/stats").then(({ role }) => role === "hub"));

/** What a sensor answers at this path; on a hub, which is not asked, an Error that says why not. */
export const ofSensor = async (path, query = {}) =>
  (await isHub()) ? new Error("This is a hub, which plays no ports and sends no mail: ask the web admin of the sensor.") : get(path, query);

/** The names of the hub's sensors; of a sensor, none. */
export const names = async () => ((await isHub()) ? (await get("/api/sensors")).items.map((one) => one.name) : []);

/** A choice of one of these sensors or of all; the one chosen is there even if nobody has heard of it. */
export function sensorChoice(sensors, chosen) {
  const known = chosen && !sensors.includes(chosen) ? [...sensors, chosen] : sensors;
  const choice = h("select", {}, h("option", { value: "" }, "all"), known.map((name) => h("option", { value: name }, shown(name, 64))));
  choice.value = chosen;
  return choice;
}
