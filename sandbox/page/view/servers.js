// The column of servers: direct messages, each server, and making another.

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { repeat } from "../vendor/lit-html/directives/repeat.js";
import { initials } from "../model/people.js";
import { go } from "../model/route.js";
import { state } from "../store.js";
import { addServer } from "./dialogs.js";
import { icon } from "./icons.js";

/** The servers that this member is in. */
export function servers(view) {
  return html`
    <nav class="servers" aria-label="Servers">
      ${entry({ id: "direct", name: "Direct Messages", face: icon("chat", 26), channels: view.direct })}
      <hr />
      ${repeat(view.guilds, (guild) => guild.id, (guild) => entry({ ...guild, face: initials(guild.name) }))}
      <button class="server add" title="Add a server" @click=${addServer}>
        <span class="server-face">${icon("plus", 22)}</span><span class="unseen">Add a server</span>
      </button>
    </nav>
  `;
}

function entry({ id, name, face, channels }) {
  const open = state.guild === id;
  const marks = channels.map((channel) => state.unread.get(channel.id)).filter((mark) => mark !== undefined);
  const pings = marks.filter(Boolean).length;
  return html`
    <button class="server" data-goes title=${name} aria-current=${open ? "page" : "false"} ?data-unread=${marks.length > 0} @click=${() => go(id)}>
      <span class="server-mark"></span>
      <span class="server-face">${face}</span>
      <span class="unseen">${name}${pings ? `, ${pings} mentions` : marks.length ? ", unread" : ""}</span>
      ${pings ? html`<span class="pings" aria-hidden="true">${pings}</span>` : nothing}
    </button>
  `;
}
