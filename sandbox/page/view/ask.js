// The dialogs that ask for a thread's name, and whether a message shall go.

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { live } from "../vendor/lit-html/directives/live.js";
import { thread } from "../model/acts.js";
import { guildOf } from "../model/candidates.js";
import { go } from "../model/route.js";
import { state, update } from "../store.js";
import { deleteMessage } from "./composer/state.js";
import { close, openDialog } from "./overlay.js";

/** Discord's longest name of a thread. */
const MAX_NAME = 100;
/** How much of a message becomes its thread's name. */
const SUGGESTED = 40;

/** Asks for a name, starts a thread (from a message, if one is given) and opens it. */
export function openThreadDialog(channel, message) {
  const first = (message?.content ?? "").split("\n")[0].trim();
  const form = { name: [...first].slice(0, SUGGESTED).join(""), sending: false };
  const create = async (event) => {
    event.preventDefault();
    const name = form.name.trim();
    if (name === "" || form.sending) return;
    update(() => (form.sending = true));
    const id = await thread(channel, name, message?.id);
    update(() => (form.sending = false));
    if (id === null) return;
    close(layer);
    const guild = guildOf(state.view, channel);
    if (guild) go(guild.id, id);
  };
  const layer = openDialog({
    label: "Create Thread",
    body: () => html`<form class="modal small" @submit=${create}>
      <header><h2>Create Thread</h2></header>
      <div class="modal-parts"><div class="form-field">
        <label for="thread-name">Thread name</label>
        <input id="thread-name" data-focus type="text" maxlength=${MAX_NAME} autocomplete="off" placeholder="New Thread" .value=${live(form.name)} @input=${(event) => update(() => (form.name = event.target.value))}>
      </div></div>
      <footer>
        <button type="button" class="push" @click=${() => close(layer)}>Cancel</button>
        <button type="submit" class="push primary" ?disabled=${form.name.trim() === "" || form.sending}>Create Thread</button>
      </footer>
    </form>`,
  });
}

/** Asks whether a message shall be deleted. */
export function openDeleteDialog(message) {
  const remove = () => {
    close(layer);
    deleteMessage(message);
  };
  const shown = [...(message.content ?? "")].slice(0, 300).join("");
  const layer = openDialog({
    label: "Delete Message",
    body: () => html`<div class="modal small">
      <header><h2>Delete Message</h2></header>
      <div class="modal-parts">
        <p class="modal-text">Are you sure you want to delete this message?</p>
        ${shown === "" ? nothing : html`<blockquote class="modal-quote">${shown}</blockquote>`}
      </div>
      <footer>
        <button type="button" class="push" @click=${() => close(layer)}>Cancel</button>
        <button type="button" class="push danger" data-focus @click=${remove}>Delete</button>
      </footer>
    </div>`,
  });
}
