// What stands below a message's words: stickers, a poll, its thread, why a press failed, and who else sees it.

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { emojiText } from "../model/emoji.js";
import { dismiss, pressed } from "../model/acts.js";
import { go } from "../model/route.js";
import { messageTime } from "../model/time.js";
import * as marks from "./marks.js";

const EPHEMERAL = 1 << 6;

/** All of it. */
export function below(message, scene) {
  const failed = pressed.get(message.id)?.failed;
  return html`${stickers(message)}${poll(message.poll, scene)}${threadOf(message.thread, scene)}
    ${failed ? html`<div class="press-failed" role="alert">${marks.warning()} ${failed}</div>` : nothing}
    ${message.flags & EPHEMERAL ? onlyYou(message) : nothing}`;
}

function stickers(message) {
  if (!message.sticker_items?.length) return nothing;
  return html`<ul class="stickers" aria-label="Stickers">${message.sticker_items.map(({ name, id }) => html`<li class="sticker">${name ?? `Sticker ${id}`}</li>`)}</ul>`;
}

function poll(poll, { people, now }) {
  if (!poll) return nothing;
  const ends = poll.expiry ? Date.parse(poll.expiry) : Number.NaN;
  const counts = new Map((poll.results?.answer_counts ?? []).map((answer) => [answer.id, answer.count]));
  const votes = [...counts.values()].reduce((sum, count) => sum + count, 0);
  return html`<section class="poll" aria-label="Poll">
    <div class="poll-question">${poll.question?.text ?? ""}</div>
    <div class="poll-hint">${poll.allow_multiselect ? "Select one or more answers" : "Select one answer"}</div>
    <ul>${(poll.answers ?? []).map(({ answer_id: id, poll_media: media }) => html`<li><span class="emoji">${emojiText(media?.emoji)}</span><span>${media?.text ?? ""}</span>${counts.has(id) ? html`<span class="poll-votes">${counts.get(id)}</span>` : nothing}</li>`)}</ul>
    <div class="poll-hint">${votes} ${votes === 1 ? "vote" : "votes"}${Number.isNaN(ends) ? "" : ` • ${ends > now ? "ends" : "ended"} ${messageTime(ends, now, people.locale)}`} • votes aren't counted here</div>
  </section>`;
}

function threadOf(thread, { channel, people }) {
  if (!thread) return nothing;
  const count = thread.message_count ?? 0;
  const guild = people.guild?.id ?? channel.guild_id;
  const says = `${count} ${count === 1 ? "Message" : "Messages"}`;
  return html`<button type="button" class="thread" @click=${() => go(guild, thread.id)}>
    <span class="thread-name">${marks.thread()}<span>${thread.name}</span></span><span class="thread-count">${says} ›</span>
    ${thread.thread_metadata?.archived ? html`<span class="thread-state">Archived</span>` : nothing}
  </button>`;
}

function onlyYou(message) {
  return html`<div class="only-you">${marks.eye()}<span>Only you can see this</span><span aria-hidden="true">•</span><button type="button" class="link" @click=${() => dismiss(message)}>Dismiss message</button></div>`;
}
