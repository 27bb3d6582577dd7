// Who is blocked, why and until when; by hand as well.

import { get } from "./api.js";
import { TIMES, block, choice, howChoice, kindSays, left, unblock } from "./block.js";
import { button, card, field, fill, h, refill, table } from "./dom.js";
import { moment, portLink, sourceLink, typed } from "./parts.js";
import { isHub } from "./role.js";
import { count, shown } from "./words.js";

const POLL_S = 3;

export async function show(place) {
  const list = h("div");
  const hub = await isHub();
  if (!place.here()) return;
  const update = async () => {
    const { enabled, total, items } = await get("/api/blocks");
    if (place.here()) refill(list, hub ? h("p", { class: "dim" }, `${count(total)} blocked now.`) : said(enabled, total), rows(items, update, hub));
  };
  const order = hub ? h("p", { class: "dim" }, "This is a hub: block somebody at a sensor, and the others hear of it.") : form(update);
  fill(place.body, card("Block somebody", {}, order), card("Blocked now", {}, list));
  await update();
  place.every(POLL_S, update);
}

function form(update) {
  const address = h("input", { required: "", maxlength: 45, placeholder: "192.0.2.7", autocomplete: "off", spellcheck: "false" });
  const how = howChoice();
  const time = choice("For how long", TIMES);
  const send = async (event) => {
    event.preventDefault();
    if (await block(address.value.trim(), how.value, time.value)) {
      address.value = "";
      await update();
    }
  };
  return h("form", { class: "inline", onsubmit: send },
    field("Address", address), field("What it does", how), field("For how long", time), h("button", { class: "bad" }, "Block"));
}

function said(enabled, total) {
  const policy = enabled ? "Sources are blocked by the policy, and by hand." : "The policy blocks nobody (block.enabled is off); by hand one can.";
  return h("p", { class: "dim" }, `${policy} ${count(total)} blocked now.`);
}

function rows(items, update, hub) {
  return table("Blocked sources", ["source", "what it does", "for", "at port", "since", "time left", "times", "whose", ...(hub ? [] : [""])], items.map((one) => [
    sourceLink(one.address), typed(kindSays(one.how)), typed(one.reason, 60), one.port ? portLink(one.port, "", one.address) : "–",
    moment(one.since), left(one.until), count(one.times),
    one.sensor ? typed(one.sensor, 64) : "ours",
    ...(hub ? [] : [button(one.sensor ? "Unblock here" : "Unblock", async (event) => {
      event.target.blur();
      await unblock(one.address);
      await update();
    }, { "aria-label": `${one.sensor ? "Unblock here" : "Unblock"} ${shown(one.address, 50)}` })]),
  ]), [6]);
}
