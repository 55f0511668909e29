// The texts of small files, read once when they come into a message that is shown.

import { update } from "../store.js";

/** So many texts are kept. */
const KEPT = 50;
const DEADLINE_MS = 10_000;
const texts = new Map();
let version = 0;

/** Rises whenever a text has come. */
export const previewsVersion = () => version;

/** The text of a file; undefined while it isn't here, null when it can't be shown. */
export const textOf = (url) => texts.get(url)?.text;

/** Reads a file's text, unless it is here or on its way. */
export function want(url) {
  if (texts.has(url)) return;
  const entry = { text: undefined };
  texts.set(url, entry);
  if (texts.size > KEPT) texts.delete(texts.keys().next().value);
  read(url).then((text) => {
    entry.text = text;
    version += 1;
    update();
  });
}

async function read(url) {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(DEADLINE_MS), credentials: "omit" });
    if (!response.ok) return null;
    const bytes = await response.arrayBuffer();
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    // Gone, not on this address, or no text after all: its card is enough.
    return null;
  }
}
