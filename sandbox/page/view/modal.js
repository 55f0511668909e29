// A modal that an interaction of this member opened: a dialog with its form, sent off as Discord's client does. What
// was written stays until the application has taken it.

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { onInteraction } from "../model/arrive.js";
import { submit } from "../model/acts.js";
import { channelOf } from "../model/candidates.js";
import { fieldsOf, initial, isChanged, partsOf, problemOf } from "../model/forms.js";
import { peopleOf } from "../model/known.js";
import { afterDraw, state, update } from "../store.js";
import { avatar } from "./avatar.js";
import { field } from "./fields.js";
import { markdown } from "./markdown.js";
import { close, openDialog } from "./overlay.js";

const CALLBACK_MODAL = 9;
/** How many opened modals are remembered, so that news of the same one open nothing again. */
const REMEMBERED = 200;
/** How long a sent form waits for its news at most, in milliseconds; the sandbox itself gives up sooner. */
const WAIT_MS = 20_000;

const WRONG = "Something went wrong. Try again.";

const opened = new Set();

onInteraction((item) => {
  if (item.callback_type !== CALLBACK_MODAL || !item.modal || opened.has(item.id)) return;
  opened.add(item.id);
  if (opened.size > REMEMBERED) opened.delete(opened.values().next().value);
  openModal(item);
});

/** The application whose form it is. */
function appOf(item) {
  const apps = state.view?.apps ?? [];
  const id = item.application;
  return apps.find((app) => app.id === id) ?? (apps.length === 1 ? apps[0] : null);
}

/** What the form's texts stand in, as view/markdown.js wants it. */
const sceneOf = (item) => ({
  message: { id: `modal ${item.id}` },
  channel: channelOf(state.view, item.channel) ?? { id: item.channel },
  people: peopleOf(state.view, state.guild),
  masked: true,
});

/** Opens the dialog of an interaction that was answered with a modal. */
function openModal(item) {
  const parts = partsOf(item.modal);
  const form = {
    item,
    app: appOf(item),
    parts,
    values: new Map(parts.filter((part) => part.kind === "field").map(({ id, part }) => [id, initial(part)])),
    problems: new Map(),
    error: null,
    /** The interaction of the sent form, or "asked" before its id is known. */
    sent: null,
    /** Whether it is asked if what was written may go. */
    asking: false,
    /** The select whose list is open, by custom id. */
    open: null,
  };
  const dialog = openDialog({
    label: item.modal.title ?? "Form",
    body: () => formView(form, dialog),
    onClose: () => form.stop?.(),
    mayClose: () => mayClose(form),
  });
}

function mayClose(form) {
  if (form.sent) return false;
  if (form.open) {
    const face = `field-${form.open}`;
    update(() => (form.open = null));
    afterDraw(() => document.getElementById(face)?.focus());
    return false;
  }
  if (form.asking || !isChanged(form.parts, form.values)) return true;
  update(() => (form.asking = true));
  afterDraw(() => document.getElementById("modal-keep")?.focus());
  return false;
}

async function send(form, dialog) {
  if (form.sent) return;
  form.problems = new Map();
  form.error = null;
  for (const { kind, id, part } of form.parts) {
    const problem = kind === "field" ? problemOf(part, form.values.get(id)) : null;
    if (problem) form.problems.set(id, problem);
  }
  if (form.problems.size > 0) {
    const [first] = form.problems.keys();
    afterDraw(() => document.querySelector(`[data-field="${CSS.escape(first)}"] :is(input, textarea, button)`)?.focus());
    return;
  }
  form.sent = "asked";
  update();
  let interaction;
  try {
    interaction = await submit(form.item.id, fieldsOf(form.parts, form.values));
  } catch (error) {
    update(() => Object.assign(form, { sent: null, error: error.message }));
    return;
  }
  form.sent = interaction;
  const settle = (news) => {
    if (news.id !== interaction || news.status === "waiting") return;
    form.stop();
    form.sent = null;
    if (news.status === "failed") update(() => (form.error = WRONG));
    else close(dialog);
  };
  const timer = setTimeout(() => settle({ id: interaction, status: "failed" }), WAIT_MS);
  const unhear = onInteraction(settle);
  form.stop = () => {
    clearTimeout(timer);
    unhear();
  };
  // Its news may have come before the answer.
  const known = state.interactions.get(interaction);
  if (known) settle(known);
}

function formView(form, dialog) {
  const { item, app } = form;
  const sending = form.sent !== null;
  const onSubmit = (event) => {
    event.preventDefault();
    send(form, dialog);
  };
  const name = app?.name ?? "this application";
  return html`<form class="modal" novalidate @submit=${onSubmit} @keydown=${(event) => onKey(event, form, dialog)}>
    <header>
      ${app ? avatar({ id: app.id, username: app.name, bot: true }, 24) : nothing}
      <h2>${item.modal.title ?? ""}</h2>
    </header>
    <div class="modal-parts">
      <p class="modal-warning"><span aria-hidden="true">⚠</span> This form will be submitted to <b>${name}</b>. Do not share passwords or other sensitive information.</p>
      ${form.parts.map((part, at) => (part.kind === "text" ? html`<div class="modal-text">${markdown(part.content, sceneOf(item), `part ${at}`)}</div>` : field(part, form)))}
    </div>
    ${form.error ? html`<p class="modal-error" role="alert">${form.error}</p>` : nothing}
    ${form.asking ? asking(form, dialog) : html`<footer>
      <button type="button" class="push" ?disabled=${sending} @click=${() => mayClose(form) && close(dialog)}>Cancel</button>
      <button type="submit" class="push primary" aria-disabled=${sending ? "true" : nothing}>${sending ? html`<span class="form-dots" aria-label="Submitting"><i></i><i></i><i></i></span>` : "Submit"}</button>
    </footer>`}
  </form>`;
}

function asking(form, dialog) {
  const keep = () => update(() => (form.asking = false));
  return html`<footer role="alertdialog" aria-label="Discard what you wrote?">
    <span>Discard what you wrote?</span>
    <button type="button" class="push" id="modal-keep" @click=${keep}>Keep writing</button>
    <button type="button" class="push danger" @click=${() => close(dialog)}>Discard</button>
  </footer>`;
}

/** Ctrl+Enter sends from a long text, where Enter makes a line. */
function onKey(event, form, dialog) {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
  event.preventDefault();
  send(form, dialog);
}
