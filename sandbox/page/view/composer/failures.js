// What became of commands that nobody has answered: quiet while they are on their way, a line when they failed.

import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { repeat } from "../../vendor/lit-html/directives/repeat.js";
import { nameOf, users } from "../../model/candidates.js";
import { state } from "../../store.js";
import { avatar } from "../avatar.js";
import { composerOf, forgetFailure } from "./state.js";

/** The lines of a channel about its member's commands; nothing most of the time. */
export function failures(channel) {
  const { pending, failures } = composerOf(channel);
  if (pending.length === 0 && failures.length === 0) return nothing;
  const viewer = users(state.view, channel.id).find((user) => user.id === state.me)?.user ?? state.view?.viewer;
  return html`<div class="failures" role="log" aria-label="Your commands">
    ${repeat(failures, (failure) => failure.id, (failure) => line(channel, failure, viewer))}
    ${pending.length > 0 ? html`<p class="failure-sending">Sending command…</p>` : nothing}
  </div>`;
}

function line(channel, { id, name, text }, viewer) {
  return html`<div class="failure" role="group" aria-label=${`${name} failed`}>
    <div class="failure-who">${viewer ? avatar(viewer, 16) : nothing} <b>${viewer ? nameOf(viewer) : ""}</b> used <span class="failure-command">${name}</span></div>
    <div class="failure-text"><span aria-hidden="true">⚠</span> ${text}</div>
    <div class="failure-note"><span aria-hidden="true">👁</span> Only you can see this • <button type="button" class="as-link" @click=${() => forgetFailure(channel, id)}>Dismiss message</button></div>
  </div>`;
}
