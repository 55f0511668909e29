// What this member does: each act is a call of the control API as `state.me`. A refusal is told as a notice, in the
// sandbox's words; what the bot then does comes by the live feed.

import { get, patch, post, query, remove } from "../api.js";
import { notify, state, update } from "../store.js";
import { onInteraction } from "./arrive.js";

/** Calls the API as this member; gives the answer, or null when it was refused and told. */
async function act(path, body) {
  try {
    return await post(path, { user: state.me, ...body });
  } catch (error) {
    notify(error.message, "error");
    return null;
  }
}

/** Components that were pressed and are not answered yet, by message: `{ customId, interaction, failed }`. */
export const pressed = new Map();
/** How long a press waits for its news at most, in milliseconds; the sandbox itself gives up sooner. */
const PRESS_MS = 20_000;
/** How many presses are remembered. */
const PRESSES = 200;

onInteraction((item) => {
  for (const [message, press] of pressed) {
    if (press.interaction !== item.id || item.status === "waiting") continue;
    if (item.status === "failed") press.failed = item.shown ?? "This interaction failed";
    else pressed.delete(message);
    update();
  }
});

/** Presses a button, or chooses `values` in a select menu. */
export async function press(message, customId, values = []) {
  const press = { customId, interaction: null, failed: null };
  pressed.delete(message.id);
  pressed.set(message.id, press);
  if (pressed.size > PRESSES) pressed.delete(pressed.keys().next().value);
  setTimeout(() => {
    if (pressed.get(message.id) === press) update(() => (press.failed ??= "This interaction failed"));
  }, PRESS_MS);
  update();
  const acted = await act("/act/press", { channel: message.channel_id, message: message.id, custom_id: customId, values });
  if (!acted) {
    pressed.delete(message.id);
    update();
    return;
  }
  press.interaction = acted.interaction;
  // Its news may have come before this answer.
  const known = state.interactions.get(acted.interaction);
  if (known && known.status !== "waiting") {
    if (known.status === "failed") press.failed = known.shown;
    else pressed.delete(message.id);
    update();
  }
}

/** Uses a slash command: `command` with its subcommands, option values by name. Gives the interaction's id, or null. */
export async function slash(channel, command, options, app) {
  return (await act("/act/slash", { channel, command, options, app }))?.interaction ?? null;
}

/** Asks for suggestions for the option `focused`. Gives the interaction's id; its choices come by the feed. Throws. */
export async function suggest(channel, command, options, focused, app) {
  return (await post("/act/autocomplete", { user: state.me, channel, command, options, focused, app })).interaction;
}

/** Uses an entry of a message's or user's menu. */
export async function menu(channel, command, target) {
  return (await act("/act/menu", { channel, command, target }))?.interaction ?? null;
}

/** Sends a modal off: `fields` by custom id. Throws with the sandbox's sentence when it isn't sent. */
export async function submit(interaction, fields) {
  return (await post("/act/submit", { interaction, fields })).interaction;
}

/** Writes a message; `files` are `{ filename, base64, content_type }`. True when it was sent. */
export async function say(channel, content, { replyTo, files } = {}) {
  return (await act("/act/say", { channel, content, reply_to: replyTo, files })) !== null;
}

/** Changes one's own message. */
export async function edit(message, content) {
  return (await act("/act/edit", { channel: message.channel_id, message: message.id, content })) !== null;
}

/** Adds or takes back a reaction. */
export function react(message, emoji, remove = false) {
  return act("/act/react", { channel: message.channel_id, message: message.id, emoji, remove });
}

/** Dismisses an ephemeral message, or deletes one (one's own, or another's where that is allowed). */
export function dismiss(message) {
  return act("/act/dismiss", { channel: message.channel_id, message: message.id });
}

/** Starts a thread, from a message or by itself. Gives its id, or null. */
export async function thread(channel, name, message) {
  return (await act("/act/thread", { channel, name, message }))?.id ?? null;
}

let typed = 0;

/** Tells that this member types, at most every eight seconds. */
export function types(channel) {
  if (Date.now() - typed < 8000) return;
  typed = Date.now();
  // Nobody misses it when it fails.
  post("/act/type", { user: state.me, channel }).catch(() => {});
}

/** The commands that show up for this member in a channel, as Discord's objects (types 1 slash, 2 user, 3 message). */
export function commands(channel) {
  return get(`/commands${query({ as: state.me, channel })}`);
}

/** Opens the direct message with somebody. Gives its id, or null. */
export async function direct(user) {
  try {
    return (await post("/direct", { users: [state.me, user] })).id;
  } catch (error) {
    notify(error.message, "error");
    return null;
  }
}

/** Changes a person, such as their client's language. */
export async function person(user, change) {
  try {
    await patch(`/users/${user}`, change);
  } catch (error) {
    notify(error.message, "error");
  }
}

/** Takes an application out of a server. */
export async function uninstall(app, guild) {
  try {
    await remove("/installs", { app, guild });
  } catch (error) {
    notify(error.message, "error");
  }
}
