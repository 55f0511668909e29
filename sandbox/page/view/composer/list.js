// The list above the composer: how it looks, and the keys that move in it. The focus stays in the text.

import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { classMap } from "../../vendor/lit-html/directives/class-map.js";
import { repeat } from "../../vendor/lit-html/directives/repeat.js";
import { hex } from "../../model/people.js";
import { afterDraw, state, update } from "../../store.js";
import { avatar } from "../avatar.js";
import { styles } from "../style.js";

const LIST_ID = "composer-list";

const entryId = (index) => `composer-entry-${index}`;

/** What an input says of its open list, as the combobox pattern wants it: attributes' values. */
export const listAttributes = (list) => ({
  expanded: list ? "true" : "false",
  controls: list ? LIST_ID : nothing,
  active: list && list.active >= 0 && list.items.length > 0 ? entryId(list.active) : nothing,
});

/** A role's colour, or the text's own. */
const colorOf = (color) => styles({ color: color ? hex(color) : null });

/** Moves in a list, picks from it, or waves it away. True when the key was the list's. */
export function onListKey(event, composer, list) {
  if (!list || event.isComposing || event.altKey || event.ctrlKey || event.metaKey) return false;
  const { items, active } = list;
  switch (event.key) {
    case "ArrowDown":
    case "ArrowUp": {
      if (event.shiftKey || items.length === 0) return false;
      const step = event.key === "ArrowDown" ? 1 : -1;
      const from = active < 0 && step < 0 ? 0 : active;
      activate(composer, (from + step + items.length) % items.length, true);
      break;
    }
    case "Enter":
    case "Tab":
      if (event.shiftKey || !items[active]) return false;
      items[active].pick();
      break;
    case "Escape":
      update(() => (composer.list = { active: 0, waved: list.key }));
      break;
    default:
      return false;
  }
  event.preventDefault();
  return true;
}

/** Makes an entry the active one; `scroll` when keys did it, and not the pointer. */
function activate(composer, index, scroll) {
  const moved = scroll || composer.list.moved;
  if (composer.list.active !== index || composer.list.moved !== moved) {
    update(() => (composer.list = { ...composer.list, active: index, moved }));
  }
  if (scroll) afterDraw(() => document.getElementById(entryId(index))?.scrollIntoView({ block: "nearest" }));
}

/** The open list. Presses in it leave the focus where it is. */
export function listView(composer, list) {
  const stay = (event) => event.preventDefault();
  const apps = [...new Set(list.items.map((item) => item.app).filter(Boolean))];
  return html`<div class="offers-body" @mousedown=${stay}>
    ${apps.length > 0 ? rail(composer, list, apps) : nothing}
    <div class=${classMap({ offers: true, choices: list.isOption === true })} role="listbox" id=${LIST_ID} aria-label=${list.label}>
      ${apps.length > 0 ? nothing : html`<div class="offers-heading" aria-hidden="true">${list.label}</div>`}
      ${list.note ? html`<p class="offers-note">${list.note}</p>` : nothing}
      ${repeat(list.items, (item) => item.key, (item, index) => html`${heading(list.items, index)}${entry(composer, list, item, index)}`)}
    </div>
  </div>
  <div class="unseen" role="status">${list.note ?? `${list.items.length} found`}</div>`;
}

const appOf = (id) => state.view?.apps.find((app) => app.id === id);
const appFace = (id, size) => avatar({ id, username: appOf(id)?.name ?? "", bot: true }, size);

/** The applications' icons beside the list: a press goes to an application's commands. */
function rail(composer, list, apps) {
  const here = list.items[list.active]?.app;
  return html`<div class="offers-rail" aria-hidden="true">
    ${apps.map((app) => html`<button type="button" tabindex="-1" class=${classMap({ here: app === here })} title=${appOf(app)?.name ?? ""} @click=${() => activate(composer, list.items.findIndex((item) => item.app === app), true)}>${appFace(app, 32)}</button>`)}
  </div>`;
}

/** An application's name above its first command. */
function heading(items, index) {
  const { app } = items[index];
  if (!app || app === items[index - 1]?.app) return nothing;
  return html`<div class="offers-heading" aria-hidden="true">${appOf(app)?.name ?? "Application"}</div>`;
}

function entry(composer, list, item, index) {
  const isActive = index === list.active;
  return html`<div role="option" id=${entryId(index)} class=${classMap({ offer: true, active: isActive })} aria-selected=${String(isActive)} @click=${() => item.pick()} @pointermove=${() => activate(composer, index, false)}>
    ${item.user ? avatar(item.user, 24) : item.icon ? html`<span class="offer-icon" aria-hidden="true">${item.icon}</span>` : nothing}
    <span class="offer-text">
      <span class="offer-line"><span class="offer-label" .style=${colorOf(item.color)}>${item.label}</span>${hints(item)}</span>
      ${item.description ? html`<span class="offer-description">${item.description}</span>` : nothing}
    </span>
    ${item.hint && item.hint !== item.label ? html`<span class="offer-hint">${item.hint}</span>` : nothing}
    ${item.app ? html`<span class="offer-hint">${appOf(item.app)?.name}</span>` : nothing}
  </div>`;
}

/** The options of a command: the required ones, and how many more there are. */
function hints({ options }) {
  if (!options || options.length === 0) return nothing;
  const required = options.filter((option) => option.required);
  const more = options.length - required.length;
  return html`<span class="offer-options">${required.map((option) => html`<i>${option.label}</i>`)}${more > 0 ? html`<i class="more">+${more} optional</i>` : nothing}</span>`;
}
