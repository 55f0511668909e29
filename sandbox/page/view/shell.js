// The page's frame: servers, channels, the open channel with its members, the inspector, and what lies over all.

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { classMap } from "../vendor/lit-html/directives/class-map.js";
import { keyed } from "../vendor/lit-html/directives/keyed.js";
import { panel } from "../inspector/panel.js";
import { state, update } from "../store.js";
import { composer } from "./composer/composer.js";
import { header } from "./header.js";
import { hint } from "./hint.js";
import { members } from "./members.js";
import { messages } from "./messages.js";
import { overlay } from "./overlay.js";
import { lists } from "./lists.js";
import { servers } from "./servers.js";
import { typing } from "./typing.js";
import { userPanel } from "./user.js";

/** The whole page. */
export function shell() {
  const { view } = state;
  if (!view) {
    return html`<p class="starting" role="status">${state.connection === "lost" ? "The sandbox is gone. Trying again…" : "Opening the local Discord…"}</p>`;
  }
  const guild = view.guilds.find((guild) => guild.id === state.guild) ?? null;
  const channel = (guild ? guild.channels : view.direct).find((channel) => channel.id === state.channel) ?? null;
  const shape = {
    shell: true,
    "lists-out": state.drawer === "lists",
    "members-out": state.drawer === "members",
    "members-on": state.members && guild !== null,
    inspecting: state.inspector.open,
  };
  return html`
    <div class=${classMap(shape)}>
      <a class="skip" href="#composer" @click=${skip}>Skip to the message box</a>
      ${state.connection === "lost" ? html`<p class="lost" role="alert">The sandbox is gone. Trying to reach it again…</p>` : nothing}
      <div class="drawer" @click=${drawerClick}>
        ${servers(view)}
        ${lists(view, guild)}
        ${userPanel(view)}
      </div>
      ${channel ? keyed(channel.id, place(view, guild, channel)) : nowhere(view, guild)}
      ${panel()}
      ${state.drawer === "none" ? nothing : html`<button class="scrim" aria-label="Close the lists" @click=${closeDrawer}></button>`}
    </div>
    ${overlay()}
  `;
}

const place = (view, guild, channel) => html`
  <main class="place" aria-label=${channel.name ? `#${channel.name}` : "Direct message"}>
    ${header(view, guild, channel)}
    <div class="columns">
      <section class="chat">
        ${messages(channel)}
        ${hint(view, channel)}
        <div class="bottom" id="composer" tabindex="-1">
          ${composer(channel)}
          ${typing(channel)}
        </div>
      </section>
      ${guild ? members(view, guild, channel) : nothing}
    </div>
  </main>
`;

const nowhere = (view, guild) => html`
  <main class="place">
    ${header(view, guild, null)}
    <div class="nowhere">
      <h2>${guild ? "No channel to read here" : "No direct messages yet"}</h2>
      <p>${guild ? "This member sees no channel with messages in this server." : "Open one from a member's menu: right-click a name and choose Message."}</p>
    </div>
  </main>
`;

function skip(event) {
  event.preventDefault();
  document.querySelector("#composer [contenteditable], #composer textarea, #composer input")?.focus();
}

const closeDrawer = () => update((state) => (state.drawer = "none"));

/** A link that was chosen in the drawer closes it, on a narrow screen. */
function drawerClick(event) {
  if (event.target.closest("[data-goes]")) closeDrawer();
}
