// A message: who, when, what, and what hangs on it.

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { classMap } from "../vendor/lit-html/directives/class-map.js";
import { guard } from "../vendor/lit-html/directives/guard.js";
import { colourOf, faceOf, nameOf, pings } from "../model/known.js";
import { isNotice, sentAt } from "../model/rows.js";
import { clockTime, fullTime, messageTime } from "../model/time.js";
import { attachments } from "./attachments.js";
import { above } from "./above.js";
import { avatar } from "./avatar.js";
import { below } from "./below.js";
import { dots } from "./button.js";
import { components, isV2 } from "./components.js";
import { embeds } from "./embed.js";
import { markdown } from "./markdown.js";
import * as marks from "./marks.js";
import { openMemberMenu, openMessageMenu, openProfile } from "./menus.js";
import { pointOf } from "./mentions.js";
import { notice } from "./notice.js";
import { reactions } from "./reactions.js";
import { styles } from "./style.js";
import { toolbar } from "./toolbar.js";

const FLAGS = { ephemeral: 1 << 6, loading: 1 << 7, silent: 1 << 12 };
/** How long an answer may be on its way, in milliseconds. */
const ANSWER_MS = 15 * 60 * 1000;

/** Whether a message waits for a bot's answer that can't come any more. */
export const isLate = (message, now) => (message.flags & FLAGS.loading) !== 0 && now - sentAt(message) > ANSWER_MS;

/**
 * A message's row. `scene` is where it stands: `{ channel, people, now }`; `row` is of model/rows.js; `looks` are what
 * else changes it: `{ start, late, active, tabbable, flash, kept }`, where `kept` are the values that its body is drawn
 * again for.
 */
export function messageRow(message, { channel, people, now }, looks) {
  const { start, late, active, tabbable, flash, kept } = looks;
  const ephemeral = (message.flags & FLAGS.ephemeral) !== 0;
  const classes = { message: true, start, ephemeral, flash, active, pinged: pings(people, message) };
  const menu = (event) => {
    // Links, pictures and what is selected keep the browser's own menu.
    if (event.target.closest("a, img, video, input") || String(getSelection()) !== "") return;
    event.preventDefault();
    openMessageMenu(message, pointOf(event));
  };
  const body = guard(kept, () => drawn(message, { channel, people, now }, start, late));
  return html`<div class=${classMap(classes)} role="article" data-id=${message.id} tabindex=${tabbable ? 0 : -1} aria-label=${labelOf(message, people, now)} @contextmenu=${menu}>
    ${body}${active ? toolbar(message, people) : nothing}
  </div>`;
}

const isBots = (message) => Boolean(message.author.bot || message.webhook_id);

function labelOf(message, people, now) {
  return `${nameOf(people, message.author)}, ${messageTime(sentAt(message), now, people.locale)}`;
}

/** A message that is nothing like Discord's, as a bot under test may send one, must not take the others with it. */
function drawn(message, scene, start, late) {
  try {
    return inside(message, { ...scene, message, masked: isBots(message) }, start, late);
  } catch (error) {
    console.error("a message can't be shown", message.id, error);
    return html`<div class="content failed">${marks.warning()} This message is broken and can't be shown. The browser's console says why.</div>`;
  }
}

function inside(message, scene, start, late) {
  if (isNotice(message)) return notice(message, scene);
  // A thread begins with the message that it was started from.
  if (message.type === 21 && message.referenced_message) {
    const origin = { ...message.referenced_message, thread: undefined };
    return spoken(origin, { ...scene, message: origin, masked: isBots(origin) }, true, false);
  }
  if (message.type === 21) return notice(message, scene);
  return spoken(message, scene, start, late);
}

function spoken(message, scene, start, late) {
  const { people, now } = scene;
  const at = sentAt(message);
  const beside = start
    ? html`<button type="button" class="face" tabindex="-1" aria-hidden="true" @click=${(event) => profile(event, message)} @contextmenu=${(event) => memberMenu(event, message)}>${avatar(faceOf(message.author), 40)}</button>`
    : html`<time class="aside" title=${fullTime(at, people.locale)} aria-hidden="true">${clockTime(at, people.locale)}</time>`;
  return html`${start ? above(message, scene) : nothing}
    <div class="line">
      ${beside}
      <div class="words">
        ${start ? header(message, people, now) : nothing}
        ${content(message, scene, late)}
        ${isV2(message) ? nothing : html`${attachments(message, scene)}${embeds(message, scene)}`}
        ${components(message, scene)}
        ${isV2(message) ? edited(message, people) : nothing}
        ${start ? nothing : signs(message)}
        ${reactions(message)}
        ${below(message, scene)}
      </div>
    </div>`;
}

function header(message, people, now) {
  const at = sentAt(message);
  const colour = message.webhook_id && message.author.discriminator === "0000" ? null : colourOf(people, message.author.id);
  return html`<div class="head">
    <button type="button" class="name" .style=${styles({ color: colour })} @click=${(event) => profile(event, message)} @contextmenu=${(event) => memberMenu(event, message)}>${nameOf(people, message.author)}</button>
    ${isBots(message) ? html`<span class="badge">APP</span>` : nothing}
    <time class="when" datetime=${message.timestamp} title=${fullTime(at, people.locale)}>${messageTime(at, now, people.locale)}</time>
    ${signs(message)}
  </div>`;
}

function signs(message) {
  return html`${message.flags & FLAGS.silent ? html`<span class="sign" role="img" aria-label="Sent without a notification" title="This was a @silent message.">${marks.silent()}</span>` : nothing}${message.pinned ? html`<span class="sign" role="img" aria-label="Pinned" title="Pinned">${marks.pin()}</span>` : nothing}`;
}

function content(message, scene, late) {
  if (late) return html`<div class="content failed">${marks.warning()} The application did not respond</div>`;
  if (message.flags & FLAGS.loading) {
    return html`<div class="content thinking">${dots()}<span>${nameOf(scene.people, message.author)} is thinking…</span></div>`;
  }
  if (message.content === "") return message.edited_timestamp && !isV2(message) && message.embeds.length === 0 ? html`<div class="content">${edited(message, scene.people)}</div>` : nothing;
  return html`<div class="content">${markdown(message.content, scene, "content")}${isV2(message) ? nothing : edited(message, scene.people)}</div>`;
}

function edited(message, people) {
  if (!message.edited_timestamp) return nothing;
  return html`<time class="edited" datetime=${message.edited_timestamp} title=${fullTime(Date.parse(message.edited_timestamp), people.locale)}>(edited)</time>`;
}

function profile(event, message) {
  openProfile(message.author, event.currentTarget.getBoundingClientRect());
}

function memberMenu(event, message) {
  event.preventDefault();
  event.stopPropagation();
  openMemberMenu(message.author, pointOf(event));
}
