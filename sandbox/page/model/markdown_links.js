// Links in Markdown: where an address ends, which brackets belong together, and whose words lie.

import { hostOf, safeUrl } from "./urls.js";

/** An address without what belongs to the sentence around it. */
export function trimmed(url) {
  let opened = 0;
  let closed = 0;
  for (const char of url) {
    if (char === "(") opened += 1;
    if (char === ")") closed += 1;
  }
  let end = url.length;
  for (; end > 0; end -= 1) {
    const char = url[end - 1];
    if (char === ")" && closed > opened) closed -= 1;
    else if (!".,:;\"'!?]".includes(char)) break;
  }
  return url.slice(0, Math.max(end, 1));
}

/** The address in a link's round brackets, or null: `address`, `<address>`, `address "title"`. */
export function target(inside) {
  const found = /^\s*<?([^\s<>]+)>?(?:\s+["'][^"']*["'])?\s*$/.exec(inside);
  return found ? safeUrl(found[1]) : null;
}

const DOMAIN = /^(?:[a-z0-9-]{1,63}\.){1,5}(?:com|net|org|io|gg|gov|edu|app|dev|info|xyz)(?:[/:?#]\S*)?$/i;

/** Whether a link's words look like an address that isn't its own. */
export function lies(label, url) {
  const words = label.trim();
  if (/:\/\//.test(words)) return safeUrl(words) !== url;
  const bare = words.replace(/[*_~|`\s]/g, "");
  return DOMAIN.test(bare) && hostOf(`https://${bare}`) !== hostOf(url);
}

/** Which bracket closes which, square and round ones each among themselves. */
export function brackets(text, spent) {
  const pairs = new Map();
  const square = [];
  const round = [];
  for (let i = 0; i < text.length; i += 1) {
    const char = text[i];
    if (char === "\\") i += 1;
    else if (char === "[") square.push(i);
    else if (char === "(") round.push(i);
    else if (char === "]" && square.length > 0) pairs.set(square.pop(), i);
    else if (char === ")" && round.length > 0) pairs.set(round.pop(), i);
  }
  spent.steps += text.length;
  return pairs;
}
