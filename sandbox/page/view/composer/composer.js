// The composer below the messages: the text with its bars, buttons and lists, or the command that is put together.

import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { classMap } from "../../vendor/lit-html/directives/class-map.js";
import { keyed } from "../../vendor/lit-html/directives/keyed.js";
import { live } from "../../vendor/lit-html/directives/live.js";
import { types } from "../../model/acts.js";
import { users } from "../../model/candidates.js";
import { MAX_MESSAGE, lengthOf } from "../../model/draft.js";
import { nameOf } from "../../model/people.js";
import { BITS, isDirect, isThread, may, maySend, mayThread } from "../../model/permissions.js";
import { afterDraw, state, update } from "../../store.js";
import { icon } from "../icons.js";
import { openMenu } from "../overlay.js";
import { openEmojiPicker } from "../picker.js";
import { openThreadDialog } from "../ask.js";
import { beginTyped, leaveCommand, optionOf, sendCommand, stray, typeOption } from "./command-state.js";
import { commandView, giveFile, hintView, onCommandKey } from "./command.js";
import { failures } from "./failures.js";
import { addFiles, filesView } from "./files.js";
import { listAttributes, listView, onListKey } from "./list.js";
import { listOf } from "./lists.js";
import { offer } from "./offered.js";
import { composerOf, editLast, focusComposer, insertText, send, sentText, setText, stopEditing } from "./state.js";

export { failures };

/** From how many characters before the limit on the rest is counted. */
const COUNTED = 200;

/** The composer of a channel: Discord's object with this member's `permissions` in it. */
export function composer(channel) {
  if (!maySend(channel)) {
    return html`<div class="composer-area"><div class="composer closed">
      <span>You do not have permission to send messages in this channel.</span>
    </div></div>`;
  }
  // Another channel is another composer: what the browser remembers of its fields must not come along.
  return html`${failures(channel)}${keyed(channel.id, open(channel, composerOf(channel)))}`;
}

function open(channel, draft) {
  const list = listOf(channel, draft);
  const { command } = draft;
  return html`<form class="composer-area" aria-label="Message" @submit=${(event) => onSubmit(event, channel)} @paste=${(event) => onPaste(event, channel)}>
    ${list || command ? html`<div class="above">
      ${list ? listView(draft, list) : nothing}
      ${command ? hintView(command) : nothing}
    </div>` : nothing}
    ${bar(channel, draft)}
    <div class=${classMap({ composer: true, "has-bar": draft.reply !== null || draft.editing !== null })}>
      ${filesView(channel, draft)}
      <div class="composer-line">
        <button type="button" class="composer-plus" aria-label="More message options" aria-haspopup="menu" @click=${(event) => openPlus(event, channel)}>${icon("plus", 24)}</button>
        ${command ? commandView(channel, draft, list) : textView(channel, draft, list)}
        ${counter(draft)}
        <button type="button" class="composer-emoji" aria-label="Select emoji" aria-haspopup="dialog" @click=${(event) => openEmoji(event, channel)}>${icon("smile", 24)}</button>
        <button type="submit" class="composer-send" aria-label=${command ? "Send command" : "Send message"}>${icon("send", 24)}</button>
      </div>
    </div>
  </form>`;
}

/** What is answered or edited. */
function bar(channel, draft) {
  if (draft.editing) {
    return html`<div class="composer-bar"><span>Editing message</span><small>escape to cancel • enter to save</small>
      <button type="button" aria-label="Stop editing" @click=${() => (stopEditing(channel.id), focusComposer())}>${icon("cross", 18)}</button></div>`;
  }
  if (!draft.reply) return nothing;
  const drop = () => {
    update(() => (draft.reply = null));
    focusComposer();
  };
  const { author } = draft.reply;
  const known = draft.reply.webhook_id ? null : users(state.view, channel.id).find((one) => one.id === author.id)?.user;
  return html`<div class="composer-bar"><span>Replying to <b>${nameOf(known ?? author)}</b></span>
    <button type="button" aria-label="Stop replying" @click=${drop}>${icon("cross", 18)}</button></div>`;
}

/** What is said in an empty composer: "Message #stage". */
function placeholder(channel) {
  if (isDirect(channel)) return `Message @${(channel.recipients ?? []).map(nameOf).join(", ")}`;
  return isThread(channel) ? `Message "${channel.name}"` : `Message #${channel.name}`;
}

function textView(channel, draft, list) {
  const { controls, active } = listAttributes(list);
  const label = placeholder(channel);
  const caret = (event) => {
    const at = event.target.selectionStart;
    if (at !== draft.caret) update(() => (draft.caret = at));
  };
  // The copy of the text behind the field makes it grow; a browser's own way isn't everywhere yet.
  return html`<div class="grow text">
    <div class="mirror" aria-hidden="true">${draft.text}${"\n"}</div>
    <textarea id="composer-text" rows="1" placeholder=${label} aria-label=${label} aria-controls=${controls} aria-activedescendant=${active} aria-autocomplete="list" aria-haspopup="listbox"
      .value=${live(draft.text)} @input=${(event) => onInput(event, channel, draft)} @keydown=${(event) => onKey(event, channel, draft)} @keyup=${caret} @click=${caret} @focus=${caret}></textarea>
  </div>`;
}

function counter(draft) {
  if (draft.command || draft.text.length < (MAX_MESSAGE - COUNTED) / 2) return nothing;
  const left = MAX_MESSAGE - lengthOf(sentText(draft));
  if (left > COUNTED) return nothing;
  return html`<span class=${classMap({ "composer-counter": true, over: left < 0 })} role="status" aria-label=${`${left} characters left`}>${left}</span>`;
}

function onInput(event, channel, draft) {
  if (draft.command) return stray(channel.id, event);
  const { value, selectionStart } = event.target;
  const before = draft.text;
  setText(draft, value, selectionStart);
  // The field grows with the next render only: the caret at its end would be out of sight.
  const grown = event.target.parentElement;
  if (selectionStart === value.length) afterDraw(() => (grown.scrollTop = Number.MAX_SAFE_INTEGER));
  // A list that was waved away stays so until its word is gone.
  const list = listOf(channel, { ...draft, list: { ...draft.list, waved: null } });
  if (list?.key !== draft.list.waved) draft.list.waved = null;
  if (draft.editing) return;
  if (value.startsWith("/")) {
    if (beginTyped(channel.id, draft) || before.startsWith("/")) return;
    // Its commands may come only now.
    offer(channel.id).then(() => draft.command === null && draft.text.startsWith("/") && beginTyped(channel.id, draft));
  } else if (value.trim() !== "") types(channel.id);
}

function onKey(event, channel, draft) {
  if (event.isComposing) return;
  if (draft.command) return onCommandKey(event, channel, draft);
  // As it is now: what is drawn may be a moment older.
  if (onListKey(event, draft, listOf(channel, draft))) return;
  switch (event.key) {
    case "Enter":
      if (event.shiftKey) return;
      send(channel.id);
      break;
    case "ArrowUp":
      if (draft.text !== "" || draft.editing || event.shiftKey || event.altKey || event.ctrlKey || event.metaKey) return;
      editLast(channel.id);
      break;
    case "Escape":
      if (draft.editing) stopEditing(channel.id);
      else if (draft.reply) update(() => (draft.reply = null));
      else return;
      break;
    default:
      return;
  }
  event.preventDefault();
}

function onSubmit(event, channel) {
  event.preventDefault();
  if (composerOf(channel).command) return sendCommand(channel.id);
  send(channel.id);
  focusComposer();
}

/** Takes files into what is written in a channel: a message's, or a command's. */
export function takeFiles(channel, files) {
  const { command } = composerOf(channel);
  if (command) giveFile(channel.id, command, files);
  else addFiles(channel, files);
}

function onPaste(event, channel) {
  const files = event.clipboardData?.files;
  if (!files || files.length === 0) return;
  event.preventDefault();
  takeFiles(channel, files);
}

/** The menu of the + button. */
function openPlus(event, channel) {
  openMenu({
    label: "More message options",
    point: event.currentTarget.getBoundingClientRect(),
    items: [
      { label: "Upload a File", icon: icon("file", 18), disabled: !may(channel, BITS.ATTACH_FILES), act: () => chooseFiles(channel) },
      mayThread(channel) && { label: "Create Thread", icon: icon("thread", 18), act: () => openThreadDialog(channel.id) },
      { label: "Use Apps", icon: icon("slash", 18), disabled: !may(channel, BITS.USE_APPLICATION_COMMANDS), act: () => startSlash(channel) },
    ],
  });
}

/** The browser's own dialog, by an input that is nowhere on the page. */
function chooseFiles(channel) {
  const input = Object.assign(document.createElement("input"), { type: "file", multiple: true });
  input.addEventListener("change", () => takeFiles(channel, input.files));
  input.click();
}

function startSlash(channel) {
  const draft = composerOf(channel);
  if (draft.command) leaveCommand(channel.id);
  stopEditing(channel.id);
  offer(channel.id);
  setText(draft, "/");
  focusComposer();
}

function openEmoji(event, channel) {
  openEmojiPicker(event.currentTarget.getBoundingClientRect(), (emoji) => {
    const { command } = composerOf(channel);
    const option = command && optionOf(command, command.focus);
    if (!command) return insertText(channel, emoji);
    if (!option) return;
    typeOption(channel.id, option.name, command.values.get(option.name).text + emoji);
    afterDraw(() => document.getElementById(`composer-value-${option.name}`)?.focus());
  });
}

