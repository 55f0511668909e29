// The members of a server, grouped by their part: owner, admins, the bot's operator, members, apps.

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { repeat } from "../vendor/lit-html/directives/repeat.js";
import { colourOf, groups, nameOf, partsOf } from "../model/people.js";
import { actAs } from "../model/route.js";
import { state } from "../store.js";
import { avatar } from "./avatar.js";
import { icon } from "./icons.js";
import { openMemberMenu, openProfile } from "./menus.js";
import { styles } from "./style.js";

/** The member list. */
export function members(view, guild) {
  return html`
    <aside class="members" aria-label="Members">
      ${repeat(groups(view, guild), (group) => group.name, (group) => html`
        <h3>${group.name} — ${group.members.length}</h3>
        <ul>
          ${repeat(group.members, (member) => member.id, (member) => html`<li>${entry(view, guild, member)}</li>`)}
        </ul>
      `)}
      ${guild.member_count > guild.members.length ? html`<p class="hint">and ${guild.member_count - guild.members.length} more</p>` : nothing}
    </aside>
  `;
}

function entry(view, guild, member) {
  const colour = colourOf(guild, member);
  const me = member.id === state.me;
  const online = !member.bot || view.apps.some((app) => app.id === member.id && app.connected);
  const german = member.locale && !member.locale.startsWith("en") ? member.locale : null;
  return html`
    <div class="member" ?data-me=${me} ?data-away=${!online} @contextmenu=${(event) => menu(event, member)}>
      <button class="member-face" aria-haspopup="dialog" @click=${(event) => openProfile(member, event.currentTarget.getBoundingClientRect())}>
        <span class="with-status">${avatar(member, 32)}<span class="status" ?data-away=${!online}></span></span>
        <span class="member-words">
          <span class="clip member-name" .style=${styles({ color: colour })}>${nameOf(member)}${owner(guild, member)}</span>
          <span class="clip member-note">${me ? "you act as them here" : member.bot ? (online ? "connected" : "not connected") : partsOf(view, guild, member).join(", ")}</span>
        </span>
        ${member.bot ? html`<span class="badge">APP</span>` : nothing}
        ${german ? html`<span class="locale" title="Their client speaks this language">${german}</span>` : nothing}
      </button>
      ${me || member.bot
        ? nothing
        : html`<button class="act-as" title=${`Act as ${nameOf(member)} in this tab`} @click=${() => actAs(member.id)}>${icon("swap", 16)}<span class="unseen">Act as ${nameOf(member)}</span></button>`}
    </div>
  `;
}

const owner = (guild, member) => (guild.owner_id === member.id ? html`<span class="crown" title="Server owner">${icon("crown", 14)}</span>` : nothing);

function menu(event, member) {
  event.preventDefault();
  openMemberMenu(member, { x: event.clientX, y: event.clientY });
}
