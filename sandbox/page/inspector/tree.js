// A JSON value as a tree that folds. Only what is open is rendered, so that large bodies cost nothing while closed.

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { state } from "../store.js";
import { count, cut } from "./format.js";
import { turn } from "./state.js";

/** How deep it is open at first, and how many children what is open at first may have. */
const OPEN = { depth: 2, children: 24 };
/** How many children are shown at once, and how many characters of a text. */
const CHILDREN = 100;
const CHARACTERS = 600;

/** Whether what folds under this key is open; `first` says how it begins. */
export const ifOpen = (key, first) => state.inspector.turned.has(key) !== first;

/** The tree of a value. `key` names the place: what is folded is remembered by it. */
export function json(key, value) {
  return html`<div class="ins-json" role="group" aria-label="JSON">${node(key, null, value, 0)}</div>`;
}

function node(key, name, value, depth) {
  const label = name === null ? nothing : html`<span class="ins-name">${name}</span><span class="ins-punct">: </span>`;
  if (typeof value !== "object" || value === null) return html`<div class="ins-leaf">${label}${leaf(key, value)}</div>`;
  const list = Array.isArray(value);
  const entries = list ? value.map((item, n) => [n, item]) : Object.entries(value);
  if (entries.length === 0) return html`<div class="ins-leaf">${label}<span class="ins-punct">${list ? "[]" : "{}"}</span></div>`;
  const open = ifOpen(key, depth < OPEN.depth && entries.length <= OPEN.children);
  const size = `${count(entries.length)} ${list ? (entries.length === 1 ? "item" : "items") : entries.length === 1 ? "field" : "fields"}`;
  return html`<div>
    <button type="button" class="ins-fold" aria-expanded=${String(open)} @click=${() => turn(key)}>
      <span class="ins-caret" aria-hidden="true"></span>${label}<span class="ins-punct">${list ? `[ ${size} ]` : `{ ${size} }`}</span>
    </button>
    ${open ? html`<div class="ins-children">${children(key, entries, depth)}</div>` : nothing}
  </div>`;
}

function children(key, entries, depth) {
  const more = `${key}/…`;
  const all = entries.length <= CHILDREN || ifOpen(more, false);
  const shown = all ? entries : entries.slice(0, CHILDREN);
  return html`${shown.map(([name, value]) => node(`${key}/${name}`, name, value, depth + 1))}
    ${all ? nothing : html`<button type="button" class="ins-small" @click=${() => turn(more)}>Show all ${count(entries.length)}</button>`}`;
}

function leaf(key, value) {
  if (typeof value !== "string") return html`<span class="ins-literal">${String(value)}</span>`;
  return html`<span class="ins-string">"${text(key, value)}"</span>`;
}

/** A text, long ones cut until somebody wants all of it. */
export function text(key, value, most = CHARACTERS) {
  if (value.length <= most || ifOpen(key, false)) return value;
  return html`${cut(value, most)} <button type="button" class="ins-small" @click=${() => turn(key)}>Show all ${count(value.length)} characters</button>`;
}
