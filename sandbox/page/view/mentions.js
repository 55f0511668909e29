// Mentions in texts: people open their profile, channels open.

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { hex } from "../model/people.js";
import { go } from "../model/route.js";
import { openMemberMenu, openProfile } from "./menus.js";
import { styles } from "./style.js";

/** A mention's pill. */
export function colouredMention(node, { people, message }, text) {
  if (node.kind === "user") return userMention(people.users.get(node.id) ?? message.mentions?.find((user) => user.id === node.id), text);
  if (node.kind === "channel") return channelMention(people.channels.get(node.id), text);
  const color = node.kind === "role" ? people.roles.get(node.id)?.color : 0;
  if (!color) return html`<span class="mention">${text}</span>`;
  const own = hex(color);
  return html`<span class="mention of-role" .style=${styles({ "--role": own })}>${text}</span>`;
}

function userMention(user, text) {
  if (!user) return html`<span class="mention">${text}</span>`;
  const open = (event) => openProfile(user, event.currentTarget.getBoundingClientRect());
  const menu = (event) => {
    event.preventDefault();
    event.stopPropagation();
    openMemberMenu(user, pointOf(event));
  };
  return html`<button type="button" class="mention" @click=${open} @contextmenu=${menu}>${text}</button>`;
}

function channelMention(channel, text) {
  if (!channel) return html`<span class="mention">${text}</span>`;
  return html`<button type="button" class="mention" @click=${() => go(channel.guild, channel.id)}>${text === "#" ? nothing : text}</button>`;
}

/** Where a menu opens: at the pointer, or at what has the focus when a key asked for it. */
export function pointOf(event) {
  if (event.clientX || event.clientY) return { x: event.clientX, y: event.clientY };
  const box = event.currentTarget.getBoundingClientRect();
  return { x: box.left + 16, y: box.top + Math.min(box.height, 24) };
}
