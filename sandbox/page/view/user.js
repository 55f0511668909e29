// Who this tab acts as, at the foot of the lists, and what can be set for it.

import { html } from "../vendor/lit-html/lit-html.js";
import { nameOf, partsOf } from "../model/people.js";
import { state } from "../store.js";
import { avatar } from "./avatar.js";
import { chooseActor, settings } from "./dialogs.js";
import { icon } from "./icons.js";

/** The card of whoever one acts as. */
export function userPanel(view) {
  const me = view.viewer;
  const guild = view.guilds.find((guild) => guild.id === state.guild);
  const member = guild?.members.find((member) => member.id === me.id) ?? me;
  const parts = partsOf(view, guild, member);
  return html`
    <section class="user" aria-label="Who you act as">
      <button class="user-face" aria-haspopup="menu" title="Act as somebody else in this tab" @click=${(event) => chooseActor(view, event.currentTarget.getBoundingClientRect())}>
        <span class="with-status">${avatar(me, 32)}<span class="status"></span></span>
        <span class="user-words">
          <span class="clip user-name">${nameOf(member)}</span>
          <span class="clip user-note">${parts.length ? parts.join(", ") : "Member"} · ${me.locale}</span>
        </span>
        ${icon("swap", 18)}
      </button>
      <button class="tool" title="Settings" @click=${settings}>${icon("gear")}<span class="unseen">Settings</span></button>
    </section>
  `;
}
