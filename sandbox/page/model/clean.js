// What a bot sends is data. The view library knows its own values by keys that begin with `_$lit`; none of those may
// come from outside, or a message, a form or a span could stop the page from being drawn.

const KEY = "_$lit";

/** Reads JSON from outside, without such keys at any depth. */
export function parse(text) {
  if (!text.includes(KEY) && !text.includes("\\u")) return JSON.parse(text);
  return JSON.parse(text, (key, value) => (key.startsWith(KEY) ? undefined : value));
}
