// Keys that work everywhere.

import { toggle } from "../inspector/state.js";
import { go, readable } from "../model/route.js";
import { state, update } from "../store.js";

/** Listens for them. */
export function keys() {
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === "i") {
      event.preventDefault();
      toggle();
    } else if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
      event.preventDefault();
      step(event.key === "ArrowUp" ? -1 : 1);
    } else if (event.key === "Escape" && state.drawer !== "none" && !state.overlay) {
      update((state) => (state.drawer = "none"));
    } else if (writes(event)) {
      document.querySelector("#composer textarea, #composer input")?.focus();
    }
  });
}

/** Opens the next channel of the list, or the one before. */
function step(by) {
  const guild = state.view?.guilds.find((guild) => guild.id === state.guild);
  const channels = guild ? readable(guild) : (state.view?.direct ?? []);
  const at = channels.findIndex((channel) => channel.id === state.channel);
  const next = channels[(at + by + channels.length) % channels.length];
  if (next) go(state.guild, next.id);
}

/** Whether somebody begins to write while nothing else has the focus: the composer takes it, as Discord's does. */
function writes(event) {
  if (event.key.length !== 1 || event.key === " " || event.ctrlKey || event.metaKey || event.altKey) return false;
  return (document.activeElement === document.body || document.activeElement === null) && !state.overlay;
}
