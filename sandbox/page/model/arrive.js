// What becomes of the state when the live feed tells something.

import { refresh } from "../inspector/state.js";
import { settle } from "./route.js";
import { drop, historyOf, load, put } from "./history.js";
import { notify, state, update } from "../store.js";

/** How long somebody counts as typing after the last sign, in milliseconds. */
const TYPING_MS = 10_000;
/** How many of this member's interactions are remembered. */
const INTERACTIONS = 500;

/** Listeners for interactions: modals and autocompletion wait for theirs. */
const waiting = new Set();

/** Calls `act` with each interaction's news, until the returned function is called. */
export function onInteraction(act) {
  waiting.add(act);
  return () => waiting.delete(act);
}

/** Takes in a frame's items. */
export function apply(items) {
  for (const item of items) {
    try {
      take(item);
    } catch (error) {
      // One odd item takes no other with it.
      console.error(error);
      notify("Something here can't be shown; the browser's console says what.", "error");
    }
  }
  update();
}

/** Forgets what may have changed unheard, and reads what is on screen anew. */
export function forget() {
  state.histories.clear();
  if (state.channel) load(state.channel);
}

function take(item) {
  switch (item.kind) {
    case "view":
      state.view = item;
      state.me = item.viewer.id;
      state.clockOffset = item.clock_ms - Date.now();
      settle();
      break;
    case "message":
      message(item.change, item.message);
      break;
    case "deleted": {
      const history = state.histories.get(item.channel);
      if (history) drop(history, item.message);
      break;
    }
    case "typing": {
      const here = state.typing.get(item.channel) ?? new Map();
      const name = item.user.global_name ?? item.user.username;
      here.set(item.user.id, { name, until: Date.now() + TYPING_MS });
      state.typing.set(item.channel, here);
      setTimeout(() => update(), TYPING_MS + 50);
      break;
    }
    case "interaction":
      state.interactions.delete(item.id);
      state.interactions.set(item.id, item);
      if (state.interactions.size > INTERACTIONS) {
        state.interactions.delete(state.interactions.keys().next().value);
      }
      for (const act of waiting) act(item);
      break;
    case "inspect":
      refresh();
      break;
    case "lost":
      forget();
      break;
  }
}

function message(change, message) {
  const channel = message.channel_id;
  const history = state.histories.get(channel);
  // A channel that was never looked at loads its newest messages when it is.
  if (history?.loaded || history?.loading) put(historyOf(channel), message);
  if (change !== "posted") return;
  state.typing.get(channel)?.delete(message.author.id);
  const here = channel === state.channel && document.visibilityState === "visible";
  if (here || message.author.id === state.me) return;
  const direct = state.view?.direct.some((place) => place.id === channel);
  const mentioned = direct || message.mention_everyone || message.mentions.some((user) => user.id === state.me);
  state.unread.set(channel, mentioned || state.unread.get(channel) === true);
}
