// What is loaded of a channel: messages in order, with room for more on either side.

import { get, query } from "../api.js";
import { notify, state, update } from "../store.js";

/** How many messages come at once. */
const PAGE = 50;
/** How many are kept of a channel while one reads at its end; older ones are loaded again when they are wanted. */
const KEPT = 1500;

/** An empty history. */
const empty = () => ({ messages: [], byId: new Map(), complete: false, loading: false, loaded: false, pinned: true });

/** Snowflakes compare as numbers, and are too large for them. */
export function older(a, b) {
  return a.length === b.length ? a < b : a.length < b.length;
}

/** The history of a channel. */
export function historyOf(channel) {
  let history = state.histories.get(channel);
  if (!history) {
    history = empty();
    state.histories.set(channel, history);
  }
  return history;
}

/** Loads the newest messages, unless they are here. */
export async function load(channel) {
  const history = historyOf(channel);
  if (history.loaded || history.loading) return;
  await fetchInto(channel, history, {});
}

/** Loads what is before the oldest that is here. */
export async function loadOlder(channel) {
  const history = historyOf(channel);
  if (!history.loaded || history.loading || history.complete || history.messages.length === 0) return;
  await fetchInto(channel, history, { before: history.messages[0].id });
}

async function fetchInto(channel, history, where) {
  history.loading = true;
  update();
  try {
    const path = `/channels/${channel}/messages${query({ as: state.me, limit: PAGE, ...where })}`;
    const messages = await get(path);
    // Whoever changed places meanwhile has another history.
    if (state.histories.get(channel) !== history) return;
    for (const message of messages) put(history, message);
    history.complete = messages.length < PAGE;
    history.loaded = true;
  } catch (error) {
    notify(error.message, "error");
  } finally {
    history.loading = false;
    update();
  }
}

/** Puts a message in its place, or in place of its older state. */
export function put(history, message) {
  const known = history.byId.get(message.id);
  history.byId.set(message.id, message);
  if (known) {
    history.messages[history.messages.indexOf(known)] = message;
    return;
  }
  let at = history.messages.length;
  while (at > 0 && older(message.id, history.messages[at - 1].id)) at -= 1;
  history.messages.splice(at, 0, message);
  if (history.pinned && history.messages.length > KEPT) {
    for (const gone of history.messages.splice(0, history.messages.length - KEPT)) history.byId.delete(gone.id);
    history.complete = false;
  }
}

/** Takes a message out. */
export function drop(history, id) {
  const known = history.byId.get(id);
  if (!known) return;
  history.byId.delete(id);
  history.messages.splice(history.messages.indexOf(known), 1);
}
