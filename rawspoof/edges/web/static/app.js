// The shell: which page is shown, what it says of itself, and that what it began ends when one leaves it.

import { get } from "./api.js";
import { fill, h } from "./dom.js";
import * as live from "./live.js";
import { isHub } from "./role.js";
import { shown } from "./words.js";

// A page's module is fetched when it is first opened.
const PAGES = {
  "": ["Overview", () => import("./overview.js")],
  ports: ["Port map", () => import("./ports.js")],
  sensors: ["Sensors", () => import("./sensors.js")],
  sources: ["Sources", () => import("./sources.js")],
  source: ["Source", () => import("./source.js")],
  port: ["Port", () => import("./port.js")],
  events: ["Events", () => import("./events.js")],
  blocks: ["Blocks", () => import("./blocks.js")],
  alerts: ["Alerts", () => import("./alerts.js")],
  settings: ["Settings", () => import("./settings.js")],
  health: ["Health", () => import("./health.js")],
};

// portspoof-py's address of its mail settings.
const ALIASES = { config: "alerts" };

const main = document.getElementById("content");
let leave = [];
let turns = 0;

/** Show the page that the address names. */
async function turn() {
  const turnNumber = (turns += 1);
  const { name, rest, query } = route();
  delete main.dataset.shown;
  const [title, load] = PAGES[name] ?? [];
  for (const stop of leave.splice(0)) stop();
  menu(false);
  document.title = `${[...rest.slice(0, 1).map((part) => shown(part, 50)), title ?? "No such page"].join(" · ")} – rawspoof`;
  for (const link of document.querySelectorAll("#nav a")) {
    const here = link.getAttribute("href") === `#/${name === "source" ? "sources" : name}`;
    if (here) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  const heading = h("h1", { tabindex: "-1" }, title ?? "No such page");
  const body = h("div", { class: "page" });
  fill(main, heading, body);
  scrollTo(0, 0);
  if (turns > 1) heading.focus();
  const place = {
    heading, body, rest, query,
    here: () => turnNumber === turns,
    onleave: (stop) => (turnNumber === turns ? leave.push(stop) : stop()),
    every: (seconds, act) => {
      const timer = setInterval(() => document.hidden || act().catch(() => {}), seconds * 1000);
      place.onleave(() => clearInterval(timer));
    },
  };
  try {
    if (load) await (await load()).show(place);
    else body.append(h("p", {}, "Choose another from the menu."));
  } catch (error) {
    if (place.here()) body.append(h("p", { class: "alarm", role: "alert" }, shown(error.message)));
  }
  if (place.here()) main.dataset.shown = location.hash;
}

/** The name of a page, what stands behind it, and its query. `/source/ADDR` and `/?port=N` work as well as `#/…`. */
function route() {
  if (location.pathname !== "/" || new URLSearchParams(location.search).has("port")) {
    const port = new URLSearchParams(location.search).get("port");
    history.replaceState(null, "", `/#${port === null ? location.pathname : `/port/${encodeURIComponent(port)}`}`);
  }
  const [path, query = ""] = location.hash.replace(/^#\/?/, "").split("?");
  const [name, ...rest] = path.split("/").map(plain);
  return { name: ALIASES[name] ?? name, rest: rest.filter(Boolean), query: new URLSearchParams(query) };
}

function plain(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function menu(open) {
  document.getElementById("menu").setAttribute("aria-expanded", String(open));
  document.body.classList.toggle("open", open);
}

/** The three themes in turn: the system's own, light, dark. */
function theme(step) {
  const names = ["system", "light", "dark"];
  const next = names[(names.indexOf(localStorage.getItem("theme") ?? "system") + step) % names.length];
  localStorage.setItem("theme", next);
  if (next === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = next;
  document.getElementById("theme").textContent = `Theme: ${next}`;
  dispatchEvent(new Event("theme"));
}

document.getElementById("menu").addEventListener("click", () => menu(!document.body.classList.contains("open")));
document.getElementById("theme").addEventListener("click", () => theme(1));
document.querySelector(".skip").addEventListener("click", (event) => main.focus(event.preventDefault()));
addEventListener("keydown", (event) => event.key === "Escape" && menu(false));
addEventListener("hashchange", turn);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => dispatchEvent(new Event("theme")));
live.listen("state", (state) => {
  const line = document.getElementById("state");
  line.textContent = state === "live" ? "live" : "no connection: trying again";
  line.className = state;
});
theme(0);
turn();
isHub().then((hub) => document.documentElement.classList.toggle("hub", hub)).catch(() => {});
// What came before this page was opened; the stream goes on from there.
get("/api/rates").then(live.recall).catch(() => {}).finally(live.start);
