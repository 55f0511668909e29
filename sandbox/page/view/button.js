// Buttons of messages, in Discord's six styles.

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { classMap } from "../vendor/lit-html/directives/class-map.js";
import { emojiText } from "../model/emoji.js";
import { press, pressed } from "../model/acts.js";
import { safeUrl } from "../model/urls.js";
import * as marks from "./marks.js";

const STYLES = { 1: "primary", 2: "secondary", 3: "success", 4: "danger", 5: "link", 6: "premium" };

/** What is pressed on a message and not answered yet: a custom id, or null. */
export function pendingOn(message) {
  const press = pressed.get(message.id);
  return press && press.failed === null ? press.customId : null;
}

/** A button. */
export function button(component, { message }) {
  const { style, label, custom_id: id } = component;
  const words = html`${emoji(component.emoji)}${label ? html`<span class="button-label">${label}</span>` : nothing}`;
  const name = label || emojiText(component.emoji) || "Button";
  const classes = (busy) => classMap({ button: true, [`button-${STYLES[style] ?? "secondary"}`]: true, busy });
  if (style === 5) {
    const url = safeUrl(component.url);
    if (url === null || component.disabled) return html`<button type="button" class=${classes(false)} disabled title=${component.url ?? ""} aria-label=${name}>${words}${marks.outward()}</button>`;
    return html`<a class=${classes(false)} href=${url} title=${url} target="_blank" rel="noopener noreferrer nofollow" aria-label=${`${name} (opens a page)`}>${words}${marks.outward()}</a>`;
  }
  // There is no shop here to buy in.
  if (style === 6) return html`<button type="button" class=${classes(false)} disabled title="Premium buttons buy nothing here">🛍️ <span class="button-label">Buy</span></button>`;
  const pending = pendingOn(message);
  const busy = pending === id;
  // What waits is not `disabled`: that would take the focus away from whoever pressed it.
  return html`<button type="button" class=${classes(busy)} ?disabled=${component.disabled} aria-disabled=${pending !== null ? "true" : nothing} aria-busy=${busy ? "true" : nothing} aria-label=${name} @click=${() => pendingOn(message) === null && press(message, id)}><span class="button-words">${words}</span>${busy ? dots() : nothing}</button>`;
}

/** Three dots that move while something is on its way. */
export const dots = () => html`<span class="dots" role="presentation"><i></i><i></i><i></i></span>`;

/** An emoji in a component. */
export const emoji = (given) => (given ? html`<span class=${given.id ? "custom-emoji" : "emoji"}>${emojiText(given)}</span>` : nothing);
