// How far a member has read a channel: where the line "new" stands.

import { historyOf, older } from "../model/history.js";
import { now, state } from "../store.js";

/** By member and channel: the newest message that was seen, and the one that the line stands below. */
const marks = new Map();
const DISCORD_EPOCH_MS = 1_420_070_400_000;
let begun = null;

const keyOf = (channel) => `${state.me} ${channel}`;

/** What came before this page was opened is not news: a snowflake of that time. */
function start() {
  begun ??= String(BigInt(Math.max(0, Math.floor(now() - DISCORD_EPOCH_MS))) << 22n);
  return begun;
}

/** The id of the message that the line stands below, or null. */
export const lineOf = (channel) => marks.get(keyOf(channel))?.line ?? null;

/** The channel comes on screen. */
export function opened(channel) {
  const known = marks.get(keyOf(channel))?.read ?? start();
  marks.set(keyOf(channel), { read: known, line: known });
}

/** The channel's end is on screen. Gives whether the line went. */
export function seen(channel) {
  const mark = marks.get(keyOf(channel));
  const newest = historyOf(channel).messages.at(-1);
  if (!mark || !newest || document.visibilityState !== "visible") return false;
  const nothing = mark.line !== null && !older(mark.line, newest.id);
  // Whoever writes has read.
  const wrote = mark.line !== null && older(mark.read, newest.id) && newest.author.id === state.me;
  if (older(mark.read, newest.id)) mark.read = newest.id;
  if (nothing || wrote) mark.line = null;
  return wrote;
}

/** The channel's end is out of sight: what comes from here on is new. */
export function left(channel) {
  const mark = marks.get(keyOf(channel));
  if (mark) mark.line ??= mark.read;
}
