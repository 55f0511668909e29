// The list beside the servers: a server's channels in their categories with their threads, or direct messages.

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { repeat } from "../vendor/lit-html/directives/repeat.js";
import { nameOf } from "../model/people.js";
import { go } from "../model/route.js";
import { state } from "../store.js";
import { avatar } from "./avatar.js";
import { serverMenu } from "./dialogs.js";
import { icon } from "./icons.js";

const CATEGORY = 4;
const THREADS = new Set([10, 11, 12]);
const ICONS = { 2: "speaker", 5: "megaphone", 10: "thread", 11: "thread", 12: "thread", 13: "speaker" };

/** The list of what can be opened. */
export function lists(view, guild) {
  return guild ? channels(guild) : direct(view);
}

function channels(guild) {
  const top = guild.channels.filter((channel) => !THREADS.has(channel.type));
  const categories = top.filter((channel) => channel.type === CATEGORY);
  const within = (parent) => top.filter((channel) => channel.type !== CATEGORY && (channel.parent_id ?? null) === parent);
  return html`
    <nav class="lists" aria-label=${`Channels of ${guild.name}`}>
      <button class="lists-head" aria-haspopup="menu" @click=${(event) => serverMenu(guild, event.currentTarget.getBoundingClientRect())}>
        <span class="clip">${guild.name}</span>${icon("down", 16)}
      </button>
      <div class="lists-body">
        ${group(guild, within(null))}
        ${repeat(categories, (category) => category.id, (category) => html`
          <h3 class="category">${category.name}</h3>
          ${group(guild, within(category.id))}
        `)}
      </div>
    </nav>
  `;
}

const group = (guild, list) =>
  html`<ul>
    ${repeat(list, (channel) => channel.id, (channel) => html`
      <li>${link(guild.id, channel)}</li>
      ${repeat(
        guild.channels.filter((thread) => THREADS.has(thread.type) && thread.parent_id === channel.id),
        (thread) => thread.id,
        (thread) => html`<li class="thread-link">${link(guild.id, thread)}</li>`,
      )}
    `)}
  </ul>`;

function link(guild, channel) {
  const voice = channel.type === 2 || channel.type === 13;
  const unread = state.unread.get(channel.id);
  const words = unread ? ", mentions you" : unread === false ? ", unread" : "";
  return html`
    <button
      class="channel"
      data-goes
      aria-current=${state.channel === channel.id ? "page" : "false"}
      ?data-unread=${unread !== undefined}
      ?disabled=${voice}
      title=${voice ? "Voice is not a part of the local Discord" : channel.name}
      @click=${() => go(guild, channel.id)}
    >
      ${icon(ICONS[channel.type] ?? "hash", 18)}<span class="clip">${channel.name}</span>
      <span class="unseen">${words}</span>
      ${unread ? html`<span class="pings" aria-hidden="true">1</span>` : nothing}
    </button>
  `;
}

const direct = (view) => html`
  <nav class="lists" aria-label="Direct messages">
    <div class="lists-head"><span class="clip">Direct Messages</span></div>
    <div class="lists-body">
      <ul>
        ${repeat(view.direct, (channel) => channel.id, (channel) => html`<li>${person(channel)}</li>`)}
      </ul>
      ${view.direct.length === 0 ? html`<p class="hint">Right-click a member and choose Message to open one.</p>` : nothing}
    </div>
  </nav>
`;

function person(channel) {
  const name = channel.recipients.map(nameOf).join(", ");
  const unread = state.unread.has(channel.id);
  return html`
    <button class="channel person" data-goes aria-current=${state.channel === channel.id ? "page" : "false"} ?data-unread=${unread} @click=${() => go("direct", channel.id)}>
      ${avatar(channel.recipients[0], 32)}<span class="clip">${name}</span>
      ${unread ? html`<span class="pings" aria-label="unread">1</span>` : nothing}
    </button>
  `;
}
