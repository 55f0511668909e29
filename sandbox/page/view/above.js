// What stands above a message: what it answers, or the command that called for it.

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { colourOf, faceOf, nameOf } from "../model/known.js";
import { avatar } from "./avatar.js";
import { jumpTo } from "./jump.js";
import { preview } from "./markdown.js";
import { openProfile } from "./menus.js";
import { styles } from "./style.js";

/** The line above a message, or nothing. */
export function above(message, scene) {
  if (message.type === 19) return answered(message, scene);
  const used = message.interaction_metadata;
  if ((message.type === 20 || message.type === 23) && used?.user && used.name) return command(used, message.type, scene.people);
  return nothing;
}

function answered(message, scene) {
  const { people } = scene;
  const other = message.referenced_message;
  if (!other) return html`<div class="message-above"><span class="gone">Original message was deleted</span></div>`;
  const words = preview(other.content ?? "", { people, message: other });
  const said = words || (other.attachments?.length ? "Click to see attachment" : "Click to see message");
  const pings = message.mentions?.some((user) => user.id === other.author.id) && !other.webhook_id;
  return html`<div class="message-above">
    ${avatar(faceOf(other.author), 16)}${person(other.author, people, pings, other.webhook_id)}
    <button type="button" class=${words ? "quoted" : "quoted gone"} aria-label=${`Jump to the message that this answers: ${said}`} @click=${() => jumpTo(scene.channel.id, other.id)}>${said}</button>
  </div>`;
}

function command(used, type, people) {
  return html`<div class="message-above">${avatar(used.user, 16)}${person(used.user, people)}<span>used</span><span class="mention">${type === 20 ? "/" : ""}${used.name}</span></div>`;
}

function person(user, people, pings = false, webhook = null) {
  const colour = webhook && user.discriminator === "0000" ? null : colourOf(people, user.id);
  return html`<button type="button" class="name" .style=${styles({ color: colour })} @click=${(event) => openProfile(user, event.currentTarget.getBoundingClientRect())}>${pings ? "@" : ""}${nameOf(people, user)}</button>`;
}
