// What a bot sends is data. The view library knows its own values by keys that begin with `_$lit`; none of those may
// come from outside, or a message could stop the page from being drawn.

const KEY = "_$lit";

/** The same value without such keys, at any depth. */
export function clean(value) {
  const text = JSON.stringify(value);
  if (!text?.includes(KEY)) return value;
  return JSON.parse(text, (key, inside) => (key.startsWith(KEY) ? undefined : inside));
}
