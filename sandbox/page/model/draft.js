// What is written in the composer: the word at the caret that a list may finish, and names that become mentions.

/** Discord's longest message, in characters. */
export const MAX_MESSAGE = 2000;

/** How far back from the caret a word is looked for. */
const REACH = 40;

/**
 * The word before the caret that a list may finish: `{ sign, query, start }`. "@" and "#" list at once, ":" from two
 * letters on, as a colon is mostly just a colon.
 */
export function wordAt(text, caret) {
  const from = Math.max(0, caret - REACH);
  const before = text.slice(from, caret);
  const found =
    before.match(/(?:^|[\s(])([@#])([^\s@#]*)$/) ?? before.match(/(?:^|[\s(])(:)([\p{L}\p{N}_+-]{2,})$/u);
  if (!found) return null;
  return { sign: found[1], query: found[2], start: caret - found[2].length - 1 };
}

/** A text with the word at the caret replaced, and a space behind: `{ text, caret }`. */
export function finish(text, caret, word, insert) {
  const after = text.slice(caret);
  const space = /^\s/.test(after) ? "" : " ";
  return { text: text.slice(0, word.start) + insert + space + after, caret: word.start + insert.length + 1 };
}

/**
 * A text as it is sent: `picks` (what stands in the text → Discord's markup) and `:names:` of emoji are replaced,
 * but not inside code.
 */
export function encode(text, picks, emoji = () => null) {
  const known = [...picks].filter(([shown]) => text.includes(shown)).sort((a, b) => b[0].length - a[0].length);
  const parts = text.split(/(```[\s\S]*?```|`[^`\n]*`)/);
  return parts.map((part, at) => (at % 2 === 1 ? part : encodePart(part, known, emoji))).join("");
}

function encodePart(text, picks, emoji) {
  let out = "";
  let at = 0;
  while (at < text.length) {
    const sign = text[at];
    if (sign === "@" || sign === "#") {
      const pick = picks.find(([shown]) => text.startsWith(shown, at) && ends(text, at + shown.length));
      if (pick) {
        out += pick[1];
        at += pick[0].length;
        continue;
      }
    }
    if (sign === ":") {
      const name = text.slice(at, at + REACH).match(/^:([\p{L}\p{N}_+-]{1,32}):/u)?.[1];
      const found = name === undefined ? null : emoji(name);
      if (found) {
        out += found;
        at += name.length + 2;
        continue;
      }
    }
    out += sign;
    at += 1;
  }
  return out;
}

/** Whether a name ends there: "@Max" is not in "@Maximilian". */
const ends = (text, at) => at >= text.length || !/[\p{L}\p{N}_]/u.test(text[at]);

/** A sent text as it is edited: mentions by name. `nameOf(sign, id)` gives a name or null. */
export function decode(content, nameOf) {
  const picks = new Map();
  const text = content.replace(/<(@[!&]?|#)(\d{5,20})>/g, (whole, sign, id) => {
    const name = nameOf(sign, id);
    if (!name) return whole;
    const shown = `${sign[0]}${name}`;
    // Two of one name: the second stays as it is, lest it become the first.
    if (picks.has(shown) && picks.get(shown) !== whole) return whole;
    picks.set(shown, whole);
    return shown;
  });
  return { text, picks };
}

/** Characters as Discord counts them. */
export function lengthOf(text) {
  let length = 0;
  for (const _ of text) length += 1;
  return length;
}
