// Asks the server and tells it. Knows where things are and how refusals look; decides nothing.

const HEADERS = { Accept: "application/json" };
// No other site's page can send this header without the server's consent, which it never gives.
const WRITE = { ...HEADERS, "Content-Type": "application/json", "X-Rawspoof": "1" };

/** What the server answers at this path. Throws an Error whose message is for people. */
export const get = (path, query = {}) => ask(path + search(query), { headers: HEADERS });

/** The same, of a POST of this value. */
export const post = (path, value = {}) => ask(path, { method: "POST", headers: WRITE, body: JSON.stringify(value) });

/** The same, of a DELETE. */
export const remove = (path) => ask(path, { method: "DELETE", headers: WRITE });

/** A query string of what has a value. */
export function search(query) {
  const told = Object.entries(query).filter(([, value]) => value !== "" && value !== null && value !== undefined);
  return told.length ? `?${new URLSearchParams(told)}` : "";
}

async function ask(path, options) {
  let answer;
  try {
    answer = await fetch(path, options);
  } catch {
    throw new Error("The sensor does not answer. Is it still running?");
  }
  const body = await answer.text();
  let value = null;
  try {
    value = body ? JSON.parse(body) : null;
  } catch {
    // A refusal need not be JSON.
  }
  if (answer.ok) return value;
  const error = new Error(value?.error ?? value?.detail ?? `The sensor refused: ${answer.status} ${answer.statusText}`);
  error.status = answer.status;
  throw error;
}

/** The bytes of a base64 text. */
export const unpacked = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
