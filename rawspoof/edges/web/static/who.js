// Who lives at a port, in few words; remembered while the page is open.

import { get } from "./api.js";

const KEPT_MAX = 2000;

/** A function that gives a promise of these words for a port of `host()`, as `source` sees it; both may be empty. */
export function whoLives(host = () => "", source = "") {
  const kept = new Map();
  return async (port) => {
    const key = `${port} ${host()}`;
    if (!kept.has(key)) {
      if (kept.size >= KEPT_MAX) kept.clear();
      kept.set(key, words(await get("/api/banner", { port, host: host(), source })));
    }
    return kept.get(key);
  };
}

/** `ssh OpenSSH 9.2p1`, or what the port does instead of saying so. */
export function words({ protocol, product, version, service, mode }) {
  const known = [protocol, product, version].filter(Boolean).join(" ");
  return known || service || `nobody: ${mode}`;
}
