// Who types in a channel, below its composer.

import { html } from "../vendor/lit-html/lit-html.js";
import { state } from "../store.js";

/** The line that says who types. */
export function typing(channel) {
  const here = state.typing.get(channel.id);
  const now = Date.now();
  const names = here ? [...here.values()].filter((one) => one.until > now).map((one) => one.name) : [];
  return html`<p class="typing" aria-live="polite">${names.length ? html`<span class="dots" aria-hidden="true"><i></i><i></i><i></i></span>${words(names)}` : ""}</p>`;
}

function words(names) {
  const bold = names.map((name) => html`<strong>${name}</strong>`);
  if (names.length === 1) return html`${bold[0]} is typing…`;
  if (names.length === 2) return html`${bold[0]} and ${bold[1]} are typing…`;
  if (names.length === 3) return html`${bold[0]}, ${bold[1]} and ${bold[2]} are typing…`;
  return "Several people are typing…";
}
