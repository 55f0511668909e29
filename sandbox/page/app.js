// Starts the page: begins as somebody, and draws the state whenever it changed.

import { html, render } from "./vendor/lit-html/lit-html.js";
import { begin } from "./model/route.js";
import { restoreTheme } from "./model/theme.js";
import { onDraw, state, update } from "./store.js";
import { shell } from "./view/shell.js";
import { keys } from "./view/keys.js";
import { drops } from "./view/composer/drops.js";
import "./view/modal.js";

const root = document.getElementById("app");
root.replaceChildren();

let problem = null;

onDraw(() => {
  render(problem ? trouble(problem) : shell(), root);
  document.title = title();
});

const trouble = (text) => html`
  <main class="trouble">
    <h1>The local Discord can't be shown</h1>
    <p>${text}</p>
    <button class="button primary" @click=${() => location.reload()}>Try again</button>
  </main>
`;

function title() {
  const guild = state.view?.guilds.find((guild) => guild.id === state.guild);
  const channel = guild?.channels.find((channel) => channel.id === state.channel);
  const pings = [...state.unread.values()].filter(Boolean).length;
  const place = channel ? `#${channel.name} | ${guild.name}` : "Local Discord";
  return pings > 0 ? `(${pings}) ${place}` : place;
}

restoreTheme();
keys();
drops();
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState !== "visible" || !state.channel) return;
  state.unread.delete(state.channel);
  update();
});
update();
begin().catch((error) => {
  problem = error.message;
  update();
});
