// The card of a person, a bot, or a character that speaks by a webhook.

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { repeat } from "../vendor/lit-html/directives/repeat.js";
import { direct } from "../model/acts.js";
import { guildOf } from "../model/candidates.js";
import { hex, nameOf, rolesOf } from "../model/people.js";
import { actAs, go } from "../model/route.js";
import { state } from "../store.js";
import { avatar } from "./avatar.js";
import { close, openPopover } from "./overlay.js";
import { styles } from "./style.js";

/** When Discord's ids begin, in milliseconds since 1970. */
const EPOCH_MS = 1_420_070_400_000n;

/** A user with what the open server's list knows of them; as given when it knows nothing. */
export function memberOf(user, channel = state.channel) {
  const guild = guildOf(state.view, channel);
  const known = guild?.members.find((member) => member.id === user.id) ?? state.view?.people.find((one) => one.id === user.id);
  // A webhook's author has the webhook's id, or its application's, and a name of its own.
  return known && (known.username === user.username || !user.bot) ? { ...user, ...known } : user;
}

/** Whether a user is one of the people that this page can act as. */
export const isPerson = (user) => state.view?.people.some((one) => one.id === user.id) === true;

/** When a snowflake was made, or null. */
function madeAt(id) {
  try {
    return new Date(Number((BigInt(id) >> 22n) + EPOCH_MS));
  } catch {
    return null;
  }
}

/** Opens the direct message with somebody. */
export async function openDirect(user) {
  const channel = await direct(user.id);
  if (channel) go("direct", channel);
}

/** Opens a user's card beside a rectangle or point. */
export function openProfile(user, anchor) {
  const layer = openPopover({ label: `Profile of ${nameOf(user)}`, anchor, prefer: "beside", body: () => card(memberOf(user), layer) });
}

function card(user, layer) {
  const guild = guildOf(state.view, state.channel);
  const roles = guild ? rolesOf(guild, user) : [];
  const since = madeAt(user.id);
  const then = (act) => () => {
    close(layer);
    act();
  };
  const date = since?.toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric" });
  const known = guild?.members.some((member) => member.id === user.id) || isPerson(user);
  return html`<div class="profile">
    <div class="profile-banner"></div>
    <div class="profile-face">${avatar(user, 80)}</div>
    <div class="profile-body">
      <h2>${nameOf(user)}${user.bot ? html` <span class="app-badge">APP</span>` : nothing}</h2>
      <p class="profile-name">${user.username}</p>
      ${since ? html`<h3>Member since</h3><p><time datetime=${since.toISOString()}>${date}</time></p>` : nothing}
      ${roles.length > 0 ? html`<h3>${roles.length === 1 ? "Role" : "Roles"}</h3>
        <ul class="profile-roles">${repeat(roles, (role) => role.id, (role) => html`<li><span class="role-dot" .style=${styles({ background: role.color ? hex(role.color) : null })}></span>${role.name}</li>`)}</ul>` : nothing}
      ${known && user.id !== state.me ? html`<div class="profile-acts">
        <button type="button" class="push primary" @click=${then(() => openDirect(user))}>Message</button>
        ${isPerson(user) ? html`<button type="button" class="push" @click=${then(() => actAs(user.id))}>Act as ${nameOf(user)}</button>` : nothing}
      </div>` : nothing}
    </div>
  </div>`;
}
