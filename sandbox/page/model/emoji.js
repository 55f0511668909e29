// Emoji: which characters are one, and the ways in which Discord writes them.

const PICTURE = "(?![\\u00A9\\u00AE\\u2122])\\p{Extended_Pictographic}";
const FLAG = "\\p{Regional_Indicator}{2}";
const KEYCAP = "[0-9#*]\\uFE0F?\\u20E3";
const ONE = `(?:${FLAG}|${KEYCAP}|${PICTURE}(?:[\\uFE0F\\p{Emoji_Modifier}]|[\\u{E0020}-\\u{E007E}]{1,8}\\u{E007F})?(?:\\u200D${PICTURE}[\\uFE0F\\p{Emoji_Modifier}]?){0,8})`;
const NEXT = new RegExp(`${ONE}|\\s+`, "uy");

/** With more emoji than this, a message that is nothing else is as small as any. */
const JUMBO = 30;

/** How many emoji a text has when it has nothing else but space, else -1. */
export function onlyEmoji(text) {
  let count = 0;
  NEXT.lastIndex = 0;
  while (NEXT.lastIndex < text.length) {
    const found = NEXT.exec(text);
    if (found === null) return -1;
    if (found[0].trim() !== "") count += 1;
    // Long texts are not worth the count.
    if (count > JUMBO) return -1;
  }
  return count;
}

/** Whether a message's tree (model/markdown.js) is a few emoji and nothing else: they show large. */
export function isJumbo(tree) {
  if (tree.length !== 1 || tree[0].kind !== "paragraph") return false;
  let count = 0;
  for (const node of tree[0].children) {
    const found = node.kind === "emoji" ? 1 : node.kind === "text" ? onlyEmoji(node.text) : -1;
    if (found < 0) return false;
    count += found;
  }
  return count > 0 && count <= JUMBO;
}

/** An emoji object as it stands in reactions' paths: a character, or `name:id`. */
export function emojiKey(emoji) {
  return emoji.id ? `${emoji.name}:${emoji.id}` : String(emoji.name ?? "");
}

/** An emoji object as text. There is no content network here, so a custom one is its name. */
export function emojiText(emoji) {
  if (!emoji) return "";
  return emoji.id ? `:${emoji.name ?? "emoji"}:` : String(emoji.name ?? "");
}
