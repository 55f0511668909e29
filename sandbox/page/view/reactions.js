// The reactions below a message: each a button that adds one's own or takes it back.

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { classMap } from "../vendor/lit-html/directives/class-map.js";
import { repeat } from "../vendor/lit-html/directives/repeat.js";
import { emojiKey, emojiText } from "../model/emoji.js";
import { react } from "../model/acts.js";
import { openEmojiPicker } from "./menus.js";
import * as marks from "./marks.js";

/** A message's reactions, or nothing. */
export function reactions(message) {
  const { reactions } = message;
  if (!reactions?.length) return nothing;
  return html`<div class="reactions" role="group" aria-label="Reactions">
    ${repeat(reactions, ({ emoji }) => emojiKey(emoji), (reaction) => one(message, reaction))}
    <button type="button" class="reaction add" title="Add Reaction" aria-label="Add reaction" @click=${(event) => pick(message, event.currentTarget)}>${marks.addReaction()}</button>
  </div>`;
}

function one(message, { emoji, count, me }) {
  const text = emojiText(emoji);
  const said = `${text}, ${count} ${count === 1 ? "reaction" : "reactions"}${me ? ", one of them yours" : ""}`;
  return html`<button type="button" class=${classMap({ reaction: true, mine: me })} aria-pressed=${me ? "true" : "false"} aria-label=${said} title=${text}
    @click=${() => react(message, emojiKey(emoji), me)}><span class=${emoji.id ? "reaction-name" : "reaction-emoji"}>${text}</span><span class="reaction-count">${count}</span></button>`;
}

/** Lets one pick an emoji beside `element`, and adds it. */
export function pick(message, element) {
  openEmojiPicker(element.getBoundingClientRect(), (emoji) => react(message, typeof emoji === "string" ? emoji : emojiKey(emoji)));
}
