// The buttons that come up on a message under the pointer or with the focus.

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { editInComposer, replyTo } from "./composer/state.js";
import * as marks from "./marks.js";
import { openMessageMenu } from "./menus.js";
import { pick } from "./reactions.js";

const EPHEMERAL = 1 << 6;
const LOADING = 1 << 7;

/** The toolbar of a message. */
export function toolbar(message, people) {
  // Nobody else has an ephemeral message: there is nothing to react or reply to.
  const shared = (message.flags & (EPHEMERAL | LOADING)) === 0;
  const own = message.author.id === people.me;
  const below = (event) => {
    const box = event.currentTarget.getBoundingClientRect();
    openMessageMenu(message, { x: box.left, y: box.bottom });
  };
  return html`<div class="toolbar" role="toolbar" aria-label="Message actions">
    ${shared ? one("Add Reaction", marks.addReaction(), (event) => pick(message, event.currentTarget)) : nothing}
    ${own && shared ? one("Edit", marks.edit(), () => editInComposer(message)) : nothing}
    ${shared ? one("Reply", marks.reply(), () => replyTo(message)) : nothing}
    ${one("More", marks.more(), below, "menu")}
  </div>`;
}

const one = (label, mark, act, popup = nothing) =>
  html`<button type="button" title=${label} aria-label=${label} aria-haspopup=${popup} @click=${act}>${mark}</button>`;
