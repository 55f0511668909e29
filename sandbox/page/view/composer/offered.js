// The commands that are offered to this member in a channel: asked for when they are wanted, and again when the
// member's view changed, for commands and permissions may have.

import { commands } from "../../model/acts.js";
import { KIND, entries, leaves } from "../../model/commands.js";
import { state, update } from "../../store.js";

/** How long changes are waited for before a list is asked for again, in milliseconds. */
const PAUSE_MS = 400;
/** How long until a list that could not be had is asked for again, in milliseconds. */
const RETRY_MS = 2_000;
/** How many channels' lists are kept. */
const KEPT = 50;

/** By member and channel: `{ view, raw, leaves, users, messages, asking, timer }`. */
const lists = new Map();

const EMPTY = { raw: null, leaves: null, users: null, messages: null };

const locale = () => state.view?.viewer.locale ?? "en-US";

/** What is offered in a channel, as far as it is known: null lists are still on their way. */
export function offered(channel) {
  const key = `${state.me}:${channel}`;
  const known = lists.get(key);
  if (!known) ask(key, channel);
  else if ((known.view !== state.view || Date.now() > known.retryAt) && !known.asking && !known.timer) {
    known.timer = setTimeout(() => {
      known.timer = 0;
      ask(key, channel);
    }, PAUSE_MS);
  }
  return known ?? EMPTY;
}

/** The same, when it has come; null when it can't be had. */
export async function offer(channel) {
  const key = `${state.me}:${channel}`;
  offered(channel);
  const list = lists.get(key);
  await list.asking;
  return list.raw === null ? null : list;
}

function ask(key, channel) {
  const list = lists.get(key) ?? { ...EMPTY, timer: 0 };
  lists.delete(key);
  lists.set(key, list);
  if (lists.size > KEPT) {
    const [[oldest, { timer }]] = lists;
    clearTimeout(timer);
    lists.delete(oldest);
  }
  list.view = state.view;
  list.retryAt = Infinity;
  list.asking = commands(channel)
    .then((raw) => {
      const language = locale();
      list.raw = raw;
      list.leaves = leaves(raw, language);
      list.users = entries(raw, KIND.USER, language);
      list.messages = entries(raw, KIND.MESSAGE, language);
    })
    // Whoever looks at it later asks again; until then nothing is offered.
    .catch(() => (list.retryAt = Date.now() + RETRY_MS))
    .finally(() => {
      list.asking = null;
      update();
    });
}
