// The Faults tab: what can go wrong on command, and whether it does.

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { guard } from "../vendor/lit-html/directives/guard.js";
import { state } from "../store.js";
import { plural } from "./format.js";
import { chip } from "./parts.js";
import { RULES } from "./rules.js";
import { allNormal, flipSwitch, gateway, setRule, takeAway } from "./steer.js";
import { amiss, others, switches } from "./switches.js";

/** What is said of a group. */
const GROUPS = {
  Stores: nothing,
  Model: "One at a time: the model has one standing script for all requests.",
  Discord: nothing,
};

/** The tab's body. */
export function faults() {
  const { steering, busy } = state.inspector;
  if (!steering) return html`<p class="ins-empty">Reading…</p>`;
  // A set keeps its identity: its members tell whether it changed.
  return html`<div class="ins-scroll">${guard([steering, [...busy].join()], () => body(steering, busy))}</div>`;
}

function body(steering, busy) {
  const all = switches(steering);
  const wrong = amiss(steering);
  const more = others(steering);
  return html`<div class="ins-normal" role="status">
      <span>${wrong === 0 ? "Everything is as usual." : `${plural(wrong, "thing is", "things are")} not as usual.`}</span>
      <button type="button" class="ins-button" ?disabled=${busy.has("normal")} @click=${allNormal}>Everything back to normal</button>
    </div>
    ${Object.entries(GROUPS).map(([group, about]) => {
      const members = all.filter((of) => of.group === group);
      return members.length === 0 ? nothing : html`<section class="ins-group"><h3>${group}</h3>${about === nothing ? nothing : html`<p class="ins-note">${about}</p>`}${notes(members)}${members.map((of) => one(of, busy))}</section>`;
    })}
    <section class="ins-group"><h3>Gateway</h3>${wire(steering.sessions, busy)}</section>
    ${more.length === 0 ? nothing : html`<section class="ins-group"><h3>Set elsewhere</h3><p class="ins-note">By drive, by a test, or by the control API.</p>${more.map((other) => set(other, busy))}</section>`}
    <section class="ins-group"><h3>Discord's rules</h3><p class="ins-note">They are enforced as Discord does. Switch one off to see what depends on it.</p>${Object.entries(steering.rules).map(([name, on]) => rule(name, on, busy))}</section>`;
}

/** Why switches are out of use, each reason once. */
function notes(members) {
  const reasons = [...new Set(members.map((of) => of.disabled).filter((reason) => reason !== undefined))];
  return reasons.map((reason) => html`<p class="ins-note">${reason}</p>`);
}

/** A switch in the shape that all have. */
function toggle({ id, title, notice, on, disabled, busy, act, mark = nothing }) {
  const name = `ins-${id.replace(/[^\w-]/g, "_")}`;
  return html`<div class="ins-switch-row">
    <div class="ins-switch-text">
      <span class="ins-switch-title" id=${name}>${title}${on === "partly" ? html` ${chip("partly on", "warn")}` : nothing}${mark}</span>
      <span class="ins-switch-notice" id=${`${name}-notice`}>${notice}</span>
    </div>
    <button
      type="button"
      class="ins-switch"
      role="switch"
      aria-checked=${String(on === true)}
      aria-labelledby=${name}
      aria-describedby=${`${name}-notice`}
      aria-busy=${String(busy)}
      ?disabled=${disabled || busy}
      @click=${act}
    ><span class="ins-knob" aria-hidden="true"></span></button>
  </div>`;
}

const one = (of, busy) =>
  toggle({ ...of, disabled: of.disabled !== undefined, busy: busy.has(of.id), act: () => flipSwitch(of, of.on === false) });

function rule(name, on, busy) {
  const mark = on ? nothing : html` ${chip("off", "warn")}`;
  return toggle({ id: `rule-${name}`, title: name, notice: RULES[name] ?? "", on, busy: busy.has(`rule-${name}`), act: () => setRule(name, !on), mark });
}

function wire(sessions, busy) {
  const connected = sessions.filter((session) => session.connected).length;
  const resumed = sessions.reduce((sum, session) => sum + session.resumed, 0);
  const button = (order, title, notice) => html`<div class="ins-switch-row">
    <div class="ins-switch-text"><span class="ins-switch-title">${title}</span><span class="ins-switch-notice">${notice}</span></div>
    <button type="button" class="ins-button" ?disabled=${sessions.length === 0 || busy.has(`gateway-${order}`)} aria-label=${title} @click=${() => gateway(order)}>Do it</button>
  </div>`;
  return html`<p class="ins-note">${plural(sessions.length, "session")}, ${connected} connected, resumed ${plural(resumed, "time")} so far.</p>
    ${button("drop", "Drop the connection", "The bot's connection is reset, as when a cable is pulled. It resumes within a moment, and events that came meanwhile reach it late: members notice nothing, or a short wait.")}
    ${button("reconnect", "Ask to reconnect", "As Discord does before it restarts a server (op 7). Members should notice nothing.")}
    ${button("invalidate", "End the session", "The session is invalid (op 9): the bot identifies anew, and events that came meanwhile are lost. A command used in that moment gets no answer.")}`;
}

function set(other, busy) {
  return html`<div class="ins-switch-row">
    <div class="ins-switch-text"><span class="ins-switch-title">${other.text}</span>
      ${other.hits === undefined ? nothing : html`<span class="ins-switch-notice">${plural(other.hits, "request")} hit${other.spent ? ", and it hits no more" : ""}</span>`}</div>
    <button type="button" class="ins-button" ?disabled=${busy.has(other.key)} aria-label=${`Remove: ${other.text}`} @click=${() => takeAway(other)}>Remove</button>
  </div>`;
}
