// Shutting a source out, and letting it in again.

import { post, remove } from "./api.js";
import { button, h } from "./dom.js";
import { attempt, typed } from "./parts.js";
import { date, span } from "./words.js";

/** What a block does, in the words of the one who chooses. */
const KINDS = {
  all: "drop everything",
  services: "keep it in the maze, off real services",
  tarpit: "let it connect, say nothing",
  none: "only tell others",
};

export const TIMES = [["", "for as long as configured"], [600, "for 10 minutes"], [3600, "for an hour"], [86400, "for a day"], [604800, "for a week"]];

/** A choice of these values, each with its words. */
export const choice = (label, values) =>
  h("select", { "aria-label": label }, values.map(([value, says]) => h("option", { value }, says)));

/** A choice of what a block does. */
export const howChoice = () => choice("What it does", Object.entries(KINDS));

/** What this kind of block does, in words. */
export const kindSays = (how) => (Object.hasOwn(KINDS, how) ? KINDS[how] : how);

/** Have this source blocked; whether it was. */
export const block = (address, how, seconds) =>
  attempt(`${address} is blocked.`, () =>
    post("/api/blocks", { address, ...(how && { how }), ...(seconds && { seconds: Number(seconds) }) }));

/** Have it blocked no longer; whether that was done. */
export const unblock = (address) =>
  attempt(`${address} is no longer blocked.`, () => remove(`/api/blocks/${encodeURIComponent(address)}`));

/** The tools of a source's page: one click either way. */
export function blockButtons({ address, block: now }, update) {
  if (now) {
    return [
      h("span", { class: "badge level3" }, "blocked"),
      h("span", { class: "dim" }, typed(`${kindSays(now.how)}, until ${date(now.until)}, for ${now.reason}`)),
      again("Unblock", () => unblock(address), update),
    ];
  }
  const how = howChoice();
  const time = choice("For how long", TIMES);
  return [again("Block", () => block(address, how.value, time.value), update, "bad"), how, time];
}

/** A button that acts once and has the page drawn anew, itself included. */
function again(label, act, update, tone = "") {
  const press = button(label, async () => {
    press.disabled = true;
    if (await act()) {
      press.blur();
      await update();
    }
    press.disabled = false;
  }, { class: tone });
  return press;
}

/** How long a block lasts from now on. */
export const left = (until) => span(Math.max(0, Math.round(until - Date.now() / 1000)));
