// The top of a channel: its true beginning, or the shapes of messages while some are loaded.

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { mentioned, nameOf } from "../model/known.js";
import { avatar } from "./avatar.js";
import * as marks from "./marks.js";

const DIRECT = 1;
const GROUP = 3;
const THREADS = new Set([10, 11, 12]);

/** The block above a channel's first message. */
export function welcome(channel, people) {
  if (channel.type === DIRECT && channel.recipients?.[0]) return direct(channel.recipients[0], people);
  const name = channel.type === GROUP ? channel.name || (channel.recipients ?? []).map((user) => nameOf(people, user)).join(", ") : channel.name;
  if (THREADS.has(channel.type)) return thread(channel, people);
  const group = channel.type === GROUP;
  return html`<header class="welcome">
    <span class="welcome-mark">${marks.hash()}</span>
    <h2>Welcome to ${group ? "" : "#"}${name}!</h2>
    <p>This is the start of the ${group ? "" : "#"}${name} ${group ? "group" : "channel"}.${channel.topic ? html` <span>${channel.topic}</span>` : nothing}</p>
  </header>`;
}

function direct(user, people) {
  const name = nameOf(people, user);
  return html`<header class="welcome">
    ${avatar(user, 80)}
    <h2>${name}</h2>
    <p>This is the beginning of your direct message history with <strong>${name}</strong>.</p>
  </header>`;
}

function thread(channel, people) {
  const starter = mentioned(people, channel.owner_id);
  return html`<header class="welcome">
    <span class="welcome-mark">${marks.thread()}</span>
    <h2>${channel.name}</h2>
    ${starter ? html`<p>Started by <strong>${starter}</strong></p>` : nothing}
  </header>`;
}

/** Shapes of messages to come: a screenful, or a few above those that are here. */
export function skeletons(full) {
  const widths = full ? [3, 1, 4, 2, 3, 1, 2, 4] : [2, 4, 1];
  return html`<div class="skeletons" role="status" aria-label="Loading messages">${widths.map(
    (width) => html`<div class="skeleton" aria-hidden="true"><i class="bone round"></i><i class=${`bone name w${width}`}></i><i class=${`bone text w${5 - width}`}></i></div>`,
  )}</div>`;
}
