// The messages of the open channel, from its beginning to now.

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { guard } from "../vendor/lit-html/directives/guard.js";
import { keyed } from "../vendor/lit-html/directives/keyed.js";
import { ref } from "../vendor/lit-html/directives/ref.js";
import { repeat } from "../vendor/lit-html/directives/repeat.js";
import { pressed } from "../model/acts.js";
import { peopleOf } from "../model/known.js";
import { rowsOf } from "../model/rows.js";
import { dayName, dayOf } from "../model/time.js";
import { now, state, update } from "../store.js";
import { flashing } from "./jump.js";
import * as marks from "./marks.js";
import { isLate, messageRow } from "./message.js";
import { previewsVersion } from "./previews.js";
import { lineOf } from "./read.js";
import { attach, toPresent } from "./scroll.js";
import { chosenOn } from "./select.js";
import { unfoldedOf } from "./unfolded.js";
import { skeletons, welcome } from "./welcome.js";

const THINKING = 1 << 7;
/**
 * The message under the pointer; the one that the focus is in or was last; and the one whose toolbar something was
 * opened from that lies over the page: it stays until that is closed, and gets the focus back.
 */
const here = { pointed: null, focused: null, within: false, held: null };

/** The message area of a channel: Discord's object, from the view. */
export function messages(channel) {
  const history = state.histories.get(channel.id);
  const all = history?.messages ?? [];
  const scene = { channel, people: peopleOf(state.view, state.guild), now: now() };
  const rows = rowsOf(all, lineOf(channel.id));
  const tabbable = history?.byId.has(here.focused) ? here.focused : all.at(-1)?.id;
  const today = dayOf(scene.now);
  const draw = (row) => (row.kind === "message" ? message(row, scene, today, tabbable) : divider(row, scene.people.locale));
  return html`<section class="message-area" aria-label=${`Messages in ${channel.name ?? "this conversation"}`}>
    ${keyed(
      channel.id,
      html`<div class="messages" data-channel=${channel.id} ${ref(attach)}><div class="messages-inside" role="log" aria-live="polite" aria-relevant="additions" aria-label="Messages" aria-busy=${history?.loading ? "true" : "false"}
        @keydown=${keys} @pointerover=${pointed} @pointerleave=${parted} @focusin=${focused} @focusout=${unfocused}>
        ${history?.complete ? welcome(channel, scene.people) : skeletons(all.length === 0)}
        ${repeat(rows, (row) => row.key, draw)}
        <div class="messages-end"></div>
      </div></div>`,
    )}
    ${history && !history.pinned ? html`<button type="button" class="present" @click=${toPresent}><span>You're viewing older messages</span><span class="present-go">Jump To Present ${marks.down()}</span></button>` : nothing}
  </section>`;
}

/** A row is drawn again only when something of it changed. */
function message({ message, start }, scene, today, tabbable) {
  const { id } = message;
  const press = pressed.get(id);
  const active = id === here.held || (id === here.pointed && !state.overlay) || (id === here.focused && here.within);
  const late = isLate(message, scene.now);
  const flash = flashing() === id;
  const kept = [message, start, late, scene.people, scene.channel.id, today, press?.customId, press?.failed, unfoldedOf(id), chosenOn(id)];
  if (message.attachments?.length) kept.push(previewsVersion());
  const own = id === tabbable;
  return guard([...kept, active, own, flash], () => messageRow(message, scene, { start, late, active, tabbable: own, flash, kept }));
}

function divider(row, locale) {
  if (row.kind === "new") return html`<div class="divider new" role="separator" aria-label="New messages"><span class="new-mark">New</span></div>`;
  const name = dayName(row.at, locale);
  return html`<div class=${row.fresh ? "divider day new" : "divider day"} role="separator" aria-label=${row.fresh ? `${name}, new messages` : name}><span class="day-name">${name}</span>${row.fresh ? html`<span class="new-mark">New</span>` : nothing}</div>`;
}

const rowOf = (event) => event.target.closest?.("[data-id]") ?? null;

function set(change) {
  const before = { ...here };
  Object.assign(here, change);
  if (Object.keys(here).some((key) => here[key] !== before[key])) update();
}

function pointed(event) {
  // A finger has no way to rest: what it taps gets the focus.
  if (event.pointerType === "touch") return;
  set({ pointed: rowOf(event)?.dataset.id ?? null, held: state.overlay ? here.held : null });
}

const parted = () => set({ pointed: null });
const focused = (event) => set({ focused: rowOf(event)?.dataset.id ?? here.focused, within: true, held: null });
const unfocused = (event) => {
  if (!event.currentTarget.contains(event.relatedTarget)) set({ within: false, held: state.overlay ? here.focused : null });
};

document.addEventListener("focusin", (event) => {
  if (here.held !== null && !state.overlay && !event.target.closest?.(".messages-inside")) set({ held: null });
});

/** Arrows go from message to message; inside of one, what has the focus has the keys. */
function keys(event) {
  const row = rowOf(event);
  if (!row || event.altKey || event.ctrlKey || event.metaKey) return;
  if (event.key === "Escape" && event.target !== row) {
    row.focus();
    return;
  }
  if (event.target !== row) return;
  const step = { ArrowUp: "previousElementSibling", ArrowDown: "nextElementSibling" }[event.key];
  const end = { Home: 1, End: -1 }[event.key];
  let to = step ? row[step] : end ? event.currentTarget[end > 0 ? "firstElementChild" : "lastElementChild"] : null;
  const on = step ?? (end > 0 ? "nextElementSibling" : "previousElementSibling");
  while (to && to.dataset.id === undefined) to = to[on];
  if (!to) return;
  event.preventDefault();
  to.focus({ preventScroll: true });
  to.scrollIntoView({ block: "nearest" });
}

/** How often to see whether an answer is late, or the day is another, in milliseconds. */
const LOOK_MS = 15_000;
setInterval(() => {
  const messages = state.histories.get(state.channel)?.messages ?? [];
  const waits = messages.slice(-50).some((message) => message.flags & THINKING);
  if (waits || dayOf(now()) !== day) update();
  day = dayOf(now());
}, LOOK_MS);
let day = dayOf(now());
