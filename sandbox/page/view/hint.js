// What a first visitor is told, until they say that they know: a few lines above the composer.

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { open } from "../inspector/state.js";
import { nameOf } from "../model/people.js";
import { state, update } from "../store.js";
import { insertText } from "./composer/state.js";
import { icon } from "./icons.js";

const KEY = "troupe-sandbox-hint";

let known = remembered();

function remembered() {
  try {
    return localStorage.getItem(KEY) === "known";
  } catch {
    return false;
  }
}

function dismiss() {
  known = true;
  try {
    localStorage.setItem(KEY, "known");
  } catch {
    // Then it comes again with the next visit.
  }
  update();
}

/** The hint, or nothing. */
export function hint(view, channel) {
  // Whoever has used a few commands knows the way.
  if (known || state.interactions.size > 3) return nothing;
  const app = view.apps[0];
  return html`
    <aside class="hint-card" aria-label="How to begin">
      <p><strong>A Discord of your own.</strong> You act as ${nameOf(view.viewer)}. Nothing here leaves your machine.</p>
      <ul>
        <li><button class="linkish" @click=${() => slash(channel)}>Type <kbd>/</kbd></button> to see what ${app?.name ?? "a bot"} can do.</li>
        <li>Click a member's ${icon("swap", 14)}, or your own name, to act as them; open another tab for two at once.</li>
        <li><button class="linkish" @click=${open}>Open the inspector</button> (Ctrl+I) to see what the bot does, switch faults on, or let days pass.</li>
      </ul>
      <button class="tool" title="Got it" @click=${dismiss}>${icon("cross", 16)}<span class="unseen">Dismiss these hints</span></button>
    </aside>
  `;
}

function slash(channel) {
  if (state.composers) insertText(channel.id, "/");
}
