// Discord's own notices: that something was pinned, that a thread began.

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { colourOf, nameOf } from "../model/known.js";
import { go } from "../model/route.js";
import { sentAt } from "../model/rows.js";
import { fullTime, messageTime } from "../model/time.js";
import { jumpTo } from "./jump.js";
import * as marks from "./marks.js";
import { openProfile } from "./menus.js";
import { styles } from "./style.js";

/** A notice's row. */
export function notice(message, scene) {
  const { people, now } = scene;
  const at = sentAt(message);
  return html`<div class="line notice">
    <span class="notice-mark" aria-hidden="true">${message.type === 6 ? marks.pin() : message.type === 18 || message.type === 21 ? marks.thread() : marks.hash()}</span>
    <div class="words"><span class="notice-words">${words(message, scene)}</span> <time class="when" datetime=${message.timestamp} title=${fullTime(at, people.locale)}>${messageTime(at, now, people.locale)}</time></div>
  </div>`;
}

function words(message, scene) {
  const who = author(message.author, scene.people);
  const other = (user) => (user ? author(user, scene.people) : "somebody");
  switch (message.type) {
    case 1:
      return html`${who} added ${other(message.mentions?.[0])} to the group.`;
    case 2:
      return html`${who} removed ${other(message.mentions?.[0])} from the group.`;
    case 4:
      return html`${who} changed the channel name: <strong>${message.content}</strong>`;
    case 6:
      return html`${who} pinned ${pinned(message, scene)} to this channel.`;
    case 7:
      return html`${who} joined the server.`;
    case 8:
      return html`${who} just boosted the server!`;
    case 18:
      return html`${who} started a thread${threadName(message, scene)}.`;
    case 21:
      return "The message that this thread began with can't be loaded.";
    default:
      return html`${who} sent a notice of type ${String(message.type)}.${message.content ? html` <span>${message.content}</span>` : nothing}`;
  }
}

function author(user, people) {
  const colour = colourOf(people, user.id);
  return html`<button type="button" class="name" .style=${styles({ color: colour })} @click=${(event) => openProfile(user, event.currentTarget.getBoundingClientRect())}>${nameOf(people, user)}</button>`;
}

function pinned(message, { channel }) {
  const id = message.message_reference?.message_id;
  return id ? html`<button type="button" class="link strong" @click=${() => jumpTo(channel.id, id)}>a message</button>` : "a message";
}

function threadName(message, { people }) {
  const id = message.message_reference?.channel_id;
  const known = id ? people.channels.get(id) : null;
  const name = message.content || known?.name;
  if (!name) return nothing;
  return html`: ${known ? html`<button type="button" class="link strong" @click=${() => go(known.guild, known.id)}>${name}</button>` : html`<strong>${name}</strong>`}`;
}
