// The bar above the messages: where one is, and what can be shown beside.

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { toggle } from "../inspector/state.js";
import { nameOf } from "../model/people.js";
import { state, update } from "../store.js";
import { icon } from "./icons.js";

/** The bar of an open channel, or of none. */
export function header(view, guild, channel) {
  const name = channel ? channel.name || channel.recipients?.map(nameOf).join(", ") : (guild?.name ?? "Direct Messages");
  const thread = channel && [10, 11, 12].includes(channel.type);
  return html`
    <header class="header">
      <button class="tool narrow" title="Servers and channels" @click=${() => drawer("lists")}>${icon("menu")}<span class="unseen">Servers and channels</span></button>
      <h1 class="clip">${channel?.name ? icon(thread ? "thread" : "hash", 22) : nothing}<span class="clip">${name}</span></h1>
      ${channel?.topic ? html`<p class="topic clip" title=${channel.topic}>${channel.topic}</p>` : nothing}
      <span class="gap"></span>
      ${bots(view)}
      <button class="tool" title="Inspector (Ctrl+I)" aria-pressed=${state.inspector.open ? "true" : "false"} @click=${toggle}>
        ${icon("inspect")}<span class="unseen">Inspector</span>
      </button>
      ${guild
        ? html`<button class="tool" title="Members" aria-pressed=${state.members ? "true" : "false"} @click=${membersToggle}>${icon("people")}<span class="unseen">Members</span></button>`
        : nothing}
    </header>
  `;
}

/** Says when no bot is connected: nothing answers then. */
function bots(view) {
  const away = view.apps.filter((app) => !app.connected);
  if (away.length === 0) return nothing;
  return html`<span class="away" role="status">${away.map((app) => app.name).join(", ")} is not connected</span>`;
}

const drawer = (which) => update((state) => (state.drawer = state.drawer === which ? "none" : which));

function membersToggle() {
  if (matchMedia("(max-width: 1000px)").matches) return drawer("members");
  update((state) => (state.members = !state.members));
}
