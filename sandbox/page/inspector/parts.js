// Small parts that several tabs of the inspector are made of.

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { ifOpen } from "./tree.js";
import { turn } from "./state.js";
import { copy } from "./steer.js";

/** A word in a frame, in a tone: "good", "bad", "warn" or "quiet". */
export const chip = (text, tone = "quiet") => html`<span class="ins-chip ins-${tone}">${text}</span>`;

/** A button that puts `text()` on the clipboard. */
export const copyButton = (what, text, label = "Copy") =>
  html`<button type="button" class="ins-small" aria-label=${`${label}: ${what}`} @click=${() => copy(text(), what)}>${label}</button>`;

/** A copy button for a value's JSON. */
export const copyJson = (what, value, label = "Copy JSON") => copyButton(what, () => JSON.stringify(value, null, 2), label);

/** Names and values, one below the other; what has no value is left out. */
export function facts(pairs) {
  const given = pairs.filter(([, value]) => value !== null && value !== undefined && value !== nothing);
  return html`<dl class="ins-facts">${given.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

/** A heading that opens what is below it. `first` is whether it is open before anybody turned it. */
export function section(key, title, body, { first = false, aside = nothing } = {}) {
  const open = ifOpen(key, first);
  return html`<section class="ins-section">
    <div class="ins-section-head">
      <button type="button" class="ins-fold" aria-expanded=${String(open)} @click=${() => turn(key)}>
        <span class="ins-caret" aria-hidden="true"></span><span>${title}</span>
      </button>
      ${aside}
    </div>
    ${open ? html`<div class="ins-section-body">${body()}</div>` : nothing}
  </section>`;
}

/** Moves the focus between the buttons of a list with the arrow keys. */
export function arrows(event, selector) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || event.altKey || event.ctrlKey || event.metaKey) return;
  const buttons = [...event.currentTarget.querySelectorAll(selector)];
  const next = buttons[buttons.indexOf(document.activeElement?.closest(selector)) + step];
  if (!next) return;
  event.preventDefault();
  next.focus();
}
