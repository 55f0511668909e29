// Files that are dropped anywhere on the page go into the composer of the open channel. Without this the browser would
// open them in place of the page.

import { channelOf } from "../../model/candidates.js";
import { maySend } from "../../model/permissions.js";
import { state } from "../../store.js";
import { takeFiles } from "./composer.js";

/** Listens for them. */
export function drops() {
  document.addEventListener("dragover", (event) => {
    if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
  });
  document.addEventListener("drop", (event) => {
    const files = event.dataTransfer?.files ?? [];
    if (files.length === 0) return;
    event.preventDefault();
    const channel = channelOf(state.view, state.channel);
    // What lies over the page takes its own.
    if (channel && !state.overlay && maySend(channel)) takeFiles(channel, files);
  });
}
