// The rows of a channel: its messages with the days between them, where something new begins, and whose messages
// stand together under one name.

import { older } from "./history.js";
import { dayOf } from "./time.js";

/** Messages further apart than this stand under a name of their own, in milliseconds. */
const TOGETHER_MS = 7 * 60 * 1000;

/** Message types that are somebody's words; the others are Discord's own notices. */
const SPOKEN = new Set([0, 19, 20, 23]);

const EPHEMERAL = 1 << 6;

/** Whether a message is a notice of Discord's, such as "Max pinned a message". */
export const isNotice = (message) => !SPOKEN.has(message.type) && message.type !== 21;

/**
 * The rows of `messages`, oldest first: `{ kind: "day", key, at }`, `{ kind: "message", key, message, start, fresh }`.
 * `start` says that a name stands above it; `fresh` that it is the first after the message `read`.
 */
export function rowsOf(messages, read = null) {
  const rows = [];
  let before = null;
  let day = null;
  let fresh = false;
  for (const message of messages) {
    const at = sentAt(message);
    const today = dayOf(at);
    const begins = !fresh && read !== null && older(read, message.id);
    if (begins) fresh = true;
    // What was read before, all of it, needs no line; and the first message that there is needs none above it.
    const line = begins && before !== null;
    const turned = today !== day;
    if (turned) rows.push({ kind: "day", key: `day ${today}`, at, fresh: line });
    else if (line) rows.push({ kind: "new", key: "new" });
    const start = turned || line || before === null || !together(before, message, at);
    rows.push({ kind: "message", key: message.id, message, start });
    day = today;
    before = message;
  }
  return rows;
}

const times = new WeakMap();

/** When a message was sent, in milliseconds since 1970. */
export function sentAt(message) {
  let at = times.get(message);
  if (at === undefined) {
    at = Date.parse(message.timestamp);
    times.set(message, at);
  }
  return at;
}

function together(before, message, at) {
  return (
    // An answer shows what it answers, which takes a name of its own.
    message.type === 0 &&
    SPOKEN.has(before.type) &&
    before.author.id === message.author.id &&
    // A webhook is as many people as it has names.
    before.author.username === message.author.username &&
    (before.flags & EPHEMERAL) === (message.flags & EPHEMERAL) &&
    at - sentAt(before) < TOGETHER_MS
  );
}
