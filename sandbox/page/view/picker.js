// The emoji picker: categories and a search, in a popover.

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { classMap } from "../vendor/lit-html/directives/class-map.js";
import { guard } from "../vendor/lit-html/directives/guard.js";
import { live } from "../vendor/lit-html/directives/live.js";
import { CATEGORIES, EMOJI, searchEmoji } from "../model/emoji-names.js";
import { afterDraw, update } from "../store.js";
import { close, openPopover } from "./overlay.js";

/** How many stand in a row; styles/overlay.css says the same. */
const COLUMNS = 9;

const ICONS = { People: "😀", Nature: "🌿", Food: "🍔", Activities: "🎮", Travel: "🚗", Objects: "💡", Symbols: "❤️" };

/** Opens the picker beside a rectangle or point; `choose` is given the emoji. */
export function openEmojiPicker(anchor, choose) {
  const picker = { query: "", active: 0 };
  const done = (emoji) => {
    if (!emoji) return;
    close(layer);
    // After the focus has gone back: what is chosen may put it somewhere.
    afterDraw(() => choose(emoji.text));
  };
  const layer = openPopover({ label: "Emoji picker", anchor, prefer: "above", body: () => view(picker, done) });
}

const sectionId = (index) => `emoji-section-${index}`;
const cellId = (index) => `emoji-${index}`;

function view(picker, done) {
  const found = picker.query.trim() === "" ? null : searchEmoji(picker.query);
  const all = found ?? EMOJI;
  const active = all[picker.active];
  return html`<div class="picker">
    <input class="picker-search" data-focus type="text" role="combobox" autocomplete="off" placeholder="Find the perfect emoji" aria-label="Find an emoji" aria-expanded="true" aria-controls="emoji-grid" aria-activedescendant=${active ? cellId(picker.active) : nothing} .value=${live(picker.query)} @input=${(event) => update(() => Object.assign(picker, { query: event.target.value, active: 0 }))} @keydown=${(event) => onKey(event, picker, all, done)}>
    <div class="picker-middle">
      <div class="picker-categories">${CATEGORIES.map(({ name }, index) => html`<button type="button" aria-label=${name} title=${name} @click=${() => toSection(picker, index)}>${ICONS[name]}</button>`)}</div>
      <div class="picker-grid" id="emoji-grid" role="listbox" aria-label="Emoji">
        ${guard([picker.query, picker.active], () => (found ? cells(picker, found, 0, done) : sections(picker, done)))}
        ${all.length === 0 ? html`<p class="form-hint">No emoji match your search.</p>` : nothing}
      </div>
    </div>
    <div class="picker-foot">${active ? html`<span class="picker-big" aria-hidden="true">${active.text}</span> :${active.name}:` : nothing}</div>
  </div>`;
}

function sections(picker, done) {
  let first = 0;
  return CATEGORIES.map(({ name, emoji }, index) => {
    const from = first;
    first += emoji.length;
    return html`<div role="group" aria-label=${name} id=${sectionId(index)}><div class="picker-heading" aria-hidden="true">${name}</div>${cells(picker, emoji, from, done)}</div>`;
  });
}

function cells(picker, emoji, from, done) {
  return html`<div class="picker-cells">${emoji.map((one, index) => {
    const at = from + index;
    return html`<div role="option" id=${cellId(at)} class=${classMap({ "picker-cell": true, active: at === picker.active })} aria-label=${one.name} aria-selected=${String(at === picker.active)} @mousedown=${(event) => event.preventDefault()} @click=${() => done(one)} @pointerenter=${() => update(() => (picker.active = at))}>${one.text}</div>`;
  })}</div>`;
}

function toSection(picker, index) {
  const first = CATEGORIES.slice(0, index).reduce((sum, { emoji }) => sum + emoji.length, 0);
  update(() => Object.assign(picker, { query: "", active: first }));
  afterDraw(() => document.getElementById(sectionId(index))?.scrollIntoView({ block: "start" }));
}

/** Moves in the grid; left and right move the caret while there is text to move it in. */
function onKey(event, picker, all, done) {
  if (event.isComposing) return;
  const steps = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: COLUMNS, ArrowUp: -COLUMNS };
  if (event.key === "Enter") done(all[picker.active]);
  else if (steps[event.key] && !(picker.query !== "" && Math.abs(steps[event.key]) === 1 && !event.altKey && atText(event, steps[event.key]))) {
    const next = Math.max(0, Math.min(all.length - 1, picker.active + steps[event.key]));
    update(() => (picker.active = next));
    afterDraw(() => document.getElementById(cellId(next))?.scrollIntoView({ block: "nearest" }));
  } else return;
  event.preventDefault();
  event.stopPropagation();
}

/** Whether an arrow still moves the caret in the search's text. */
const atText = (event, step) => (step > 0 ? event.target.selectionStart < event.target.value.length : event.target.selectionStart > 0);
