// What stands in the composer of each channel: the draft, what it answers or edits, its files, the command that is
// being put together, and the commands that were sent and not acknowledged yet.

import { onInteraction } from "../../model/arrive.js";
import { dismiss, edit, say, slash } from "../../model/acts.js";
import { channelOf, guildOf, users } from "../../model/candidates.js";
import { decode, encode, lengthOf, MAX_MESSAGE } from "../../model/draft.js";
import { emojiNamed } from "../../model/emoji-names.js";
import { historyOf } from "../../model/history.js";
import { afterDraw, notify, state, update } from "../../store.js";

/** How many lines about commands that failed are kept in a channel. */
const FAILURES = 10;

const MENTION = { "@": "user", "@!": "user", "@&": "role", "#": "channel" };

/** A channel's id, of the id or the object. */
export const idOf = (channel) => (typeof channel === "string" ? channel : channel.id);

const empty = () => ({
  text: "",
  caret: 0,
  /** What was picked from a list and stands in the text: "@Max" → "<@1>". */
  picks: new Map(),
  /** The message that is answered. */
  reply: null,
  /** The own message that is edited, and the draft that waits meanwhile: `{ message, draft }`. */
  editing: null,
  /** `{ id, filename, base64, content_type, size, preview }`. */
  files: [],
  /** The slash command in progress; see command-state.js. */
  command: null,
  /** The open list: which entry is active, whether keys made it so, and the key of the list that was waved away. */
  list: { active: 0, moved: false, waved: null },
  /** Commands sent and not acknowledged: `{ interaction, name }`. */
  pending: [],
  /** Commands that were not acknowledged in time: `{ id, name, text }`. */
  failures: [],
});

/** What stands in a channel's composer. */
export function composerOf(channel) {
  const id = idOf(channel);
  let composer = state.composers.get(id);
  if (!composer) {
    composer = empty();
    state.composers.set(id, composer);
  }
  return composer;
}

/** Puts the caret into the composer, after the next render. */
export function focusComposer() {
  afterDraw(() => {
    const field = document.getElementById("composer-text");
    if (!field) return;
    field.focus({ preventScroll: true });
    const { caret } = composerOf(state.channel);
    field.setSelectionRange(caret, caret);
  });
}

/** Sets the text and the caret. */
export function setText(composer, text, caret = text.length) {
  update(() => {
    composer.text = text;
    composer.caret = caret;
    composer.list = { active: 0, moved: false, waved: composer.list.waved };
  });
}

/** Answers a message. */
export function replyTo(message) {
  const composer = composerOf(message.channel_id);
  update(() => {
    if (composer.editing) stopEditing(message.channel_id);
    composer.reply = message;
  });
  focusComposer();
}

/** Edits one's own message; the draft waits until that is done. */
export function editInComposer(message) {
  const channel = message.channel_id;
  const composer = composerOf(channel);
  if (composer.editing) stopEditing(channel);
  const { text, picks, reply, files } = composer;
  const shown = decode(message.content, (sign, id) => mentionName(channel, sign, id));
  update(() => {
    Object.assign(composer, { editing: { message, draft: { text, picks, reply, files } }, command: null, reply: null, files: [] });
    Object.assign(composer, { text: shown.text, picks: shown.picks, caret: shown.text.length });
  });
  focusComposer();
}

function mentionName(channel, sign, id) {
  const kind = MENTION[sign];
  if (kind === "user") return users(state.view, channel).find((user) => user.id === id)?.name ?? null;
  if (kind === "role") return guildOf(state.view, channel)?.roles.find((role) => role.id === id)?.name ?? null;
  return channelOf(state.view, id)?.name ?? null;
}

/** Leaves the edit, and brings the draft back. */
export function stopEditing(channel) {
  const composer = composerOf(channel);
  if (!composer.editing) return;
  const { draft } = composer.editing;
  update(() => Object.assign(composer, draft, { editing: null, caret: draft.text.length }));
}

/** Edits the newest message that this member wrote here, if there is one. */
export function editLast(channel) {
  const { messages } = historyOf(idOf(channel));
  const own = messages.findLast((message) => isOwn(message));
  if (own) editInComposer(own);
}

/** Whether a message is one that this member wrote, and may change. */
export const isOwn = (message) =>
  message.author?.id === state.me && !message.webhook_id && (message.type === 0 || message.type === 19);

/** Puts a text at the caret; `pick` is Discord's markup for it, as for a mention. */
export function insertText(channel, text, pick) {
  const composer = composerOf(channel);
  if (pick) composer.picks.set(text.trim(), pick);
  const at = Math.min(composer.caret, composer.text.length);
  const before = composer.text.slice(0, at);
  const gap = pick && before !== "" && !/\s$/.test(before) ? " " : "";
  setText(composer, before + gap + text + composer.text.slice(at), at + gap.length + text.length);
  if (idOf(channel) === state.channel) focusComposer();
}

/** What the draft is when it is sent. */
export const sentText = (composer) => encode(composer.text, composer.picks, emojiNamed).trim();

/** Sends the draft, or what was edited. Told why when it can't be. */
export async function send(channel) {
  const id = idOf(channel);
  const composer = composerOf(id);
  const content = sentText(composer);
  if (lengthOf(content) > MAX_MESSAGE) {
    notify(`Your message is too long! Messages have at most ${MAX_MESSAGE} characters; this has ${lengthOf(content)}.`, "error");
    return;
  }
  if (composer.editing) return saveEdit(id, composer, content);
  if (content === "" && composer.files.length === 0) return;
  const { text, picks, reply, files } = composer;
  // At once, so that one can go on writing; what isn't taken comes back.
  update(() => Object.assign(composer, { text: "", caret: 0, picks: new Map(), reply: null, files: [] }));
  const replyTo = reply?.id;
  const sent = await say(id, content, files.length > 0 ? { replyTo, files: files.map(bytesOf) } : { replyTo });
  if (sent) {
    for (const file of files) if (file.preview) URL.revokeObjectURL(file.preview);
    return;
  }
  update(() => {
    const since = composer.text;
    composer.text = since === "" ? text : `${text}\n${since}`;
    composer.caret = composer.text.length;
    composer.picks = new Map([...picks, ...composer.picks]);
    composer.reply ??= reply;
    composer.files = [...files, ...composer.files];
  });
}

const bytesOf = ({ filename, base64, content_type }) => ({ filename, base64, content_type });

async function saveEdit(channel, composer, content) {
  const { message } = composer.editing;
  if (content === message.content) return stopEditing(channel);
  if (content === "" && (message.attachments ?? []).length === 0) {
    notify("To delete the message, use Delete Message in its menu.");
    return;
  }
  if ((await edit(message, content)) && composer.editing?.message === message) stopEditing(channel);
}

/** Sends a command off, and follows it until the application has acknowledged it. True when it went. */
export async function sendSlash(channel, leaf, options) {
  const interaction = await slash(channel, leaf.path, options, leaf.app);
  if (interaction) follow(channel, interaction, `/${leaf.path}`);
  return interaction !== null;
}

/** Follows an interaction of a command: a line says so when the application was not in time. */
export function follow(channel, interaction, name) {
  const known = state.interactions.get(interaction);
  update(() => composerOf(channel).pending.push({ interaction, name }));
  if (known) hear(known);
}

function hear(item) {
  if (item.status === "waiting") return;
  const composer = state.composers.get(item.channel);
  const at = composer?.pending.findIndex((one) => one.interaction === item.id) ?? -1;
  if (at < 0) return;
  update(() => {
    const [{ name }] = composer.pending.splice(at, 1);
    if (item.status !== "failed") return;
    composer.failures.push({ id: item.id, name, text: item.shown ?? "The application did not respond" });
    composer.failures.splice(0, composer.failures.length - FAILURES);
  });
}

onInteraction(hear);

/** Takes the line about a failed command away. */
export function forgetFailure(channel, id) {
  const composer = composerOf(channel);
  update(() => (composer.failures = composer.failures.filter((failure) => failure.id !== id)));
}

/** Deletes or dismisses a message; an edit of it ends. */
export async function deleteMessage(message) {
  const composer = composerOf(message.channel_id);
  if (composer.editing?.message.id === message.id) stopEditing(message.channel_id);
  if (composer.reply?.id === message.id) update(() => (composer.reply = null));
  await dismiss(message);
}

export { startCommand } from "./command-state.js";
