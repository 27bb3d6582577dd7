// The one stream from the server, shared by all pages: what it tells, and the rates it has told of so far.

const KEPT_S = 600;
// Of the silence before the first packet, so much is shown.
const QUIET_S = 20;
const listeners = new Map();

/** Seconds since the epoch, packets and connections a second: what the plot shows, oldest first. */
export const rates = [[], [], []];

/** Have `heard(value)` called for each event of this name; gives the function that ends it. */
export function listen(name, heard) {
  if (!listeners.has(name)) listeners.set(name, new Set());
  listeners.get(name).add(heard);
  return () => listeners.get(name).delete(heard);
}

const tell = (name, value) => listeners.get(name)?.forEach((heard) => heard(value));

/** Open the stream. The browser itself opens it again after a break. */
export function start() {
  const source = new EventSource("/api/stream");
  source.addEventListener("open", () => tell("state", "live"));
  source.addEventListener("error", () => tell("state", "away"));
  for (const name of ["stats", "feed", "source"]) {
    source.addEventListener(name, (event) => {
      const value = JSON.parse(event.data);
      if (name === "stats") remember(value);
      tell(name, value);
    });
  }
  // A page that is left behind must not hold one of the server's places.
  addEventListener("pagehide", () => source.close());
  addEventListener("pageshow", (event) => event.persisted && location.reload());
}

/** Begin with the rates that the server remembers, from when there was something. */
export function recall(told) {
  const first = told.packets_per_s.findIndex((value, place) => value || told.connections_per_s[place]);
  const from = Math.max(0, (first < 0 ? told.at.length : first) - QUIET_S);
  [told.at, told.packets_per_s, told.connections_per_s].forEach((values, place) => rates[place].push(...values.slice(from)));
  tell("rates", rates);
}

function remember(stats) {
  if (stats.at <= rates[0].at(-1)) return;
  [stats.at, stats.packets_per_s, stats.connections_per_s].forEach((value, place) => rates[place].push(value));
  if (rates[0].length > KEPT_S) rates.forEach((series) => series.shift());
}
