// The Bot tab: its gateway sessions, what it asked of Discord, its commands, the model, the links, and the addresses.

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { guard } from "../vendor/lit-html/directives/guard.js";
import { now, state, update } from "../store.js";
import { bytes, count, duration, plural, timeOfDay } from "./format.js";
import { chip, copyButton, copyJson, facts, section } from "./parts.js";
import { json } from "./tree.js";

/** How many requests of a list are shown: the newest. */
const REQUESTS = 50;

/** The tab's body. */
export function bot() {
  const { inspector } = state;
  const { bot, steering } = inspector;
  if (!bot) return html`<p class="ins-empty">Reading…</p>`;
  // Sessions tell for how long they have been there.
  const minute = Math.floor(now() / 60_000);
  return html`<div class="ins-scroll">${guard([bot, steering, inspector.turns, inspector.token, minute], () => body(bot, steering))}</div>`;
}

function body(bot, steering) {
  const { report } = bot;
  const statuses = Object.entries(report.by_status);
  return html`<section class="ins-group"><h3>Gateway</h3>${sessions(steering?.sessions ?? [], bot.apps)}</section>
    <section class="ins-group">
      <h3>Since the start</h3>
      ${facts([
        ["Interactions", count(report.interactions)],
        ["Requests", count(report.requests)],
        ["By status", statuses.length === 0 ? null : statuses.map(([status, number]) => html`<span class="ins-status">${chip(status, Number(status) >= 400 ? "bad" : "good")} ${count(number)}</span>`)],
        ["Rate limited", count(report.rate_limited)],
        ["Invalid (401, 403, 429)", count(report.invalid)],
        ["Without an answer", count(report.unanswered)],
      ])}
    </section>
    <section class="ins-group">
      <h3>Against Discord's API</h3>
      ${list("unknown", "Unknown requests", "Discord has no such route, or the sandbox doesn't.", report.unknown, bot.unknown)}
      ${list("violations", "Violations", "Bodies that Discord's published OpenAPI file does not allow.", report.violations, bot.violations)}
    </section>
    <section class="ins-group"><h3>Commands</h3>${commands(bot.commands)}</section>
    ${steering?.model ? html`<section class="ins-group"><h3>Model server</h3>${modelState(steering.model)}</section>` : nothing}
    ${steering?.links?.length > 0 ? html`<section class="ins-group"><h3>Links</h3>${steering.links.map(link)}</section>` : nothing}
    <section class="ins-group"><h3>Addresses</h3>${addresses(bot)}</section>`;
}

function sessions(list, apps) {
  if (list.length === 0) return html`<p class="ins-note">No bot is connected.</p>`;
  const name = (id) => apps.find((app) => app.id === id)?.name ?? id;
  return list.map((session) => html`<div class="ins-card">
    <div class="ins-card-head"><b>${name(session.app)}</b> ${chip(session.connected ? "connected" : "away", session.connected ? "good" : "warn")}</div>
    ${facts([
      ["Shard", `${session.shard[0]} of ${session.shard[1]}`],
      ["For", duration(Math.max(now() - session.since_ms, 0) * 1_000)],
      ["Last event", `number ${count(session.seq)}`],
      ["Resumed", plural(session.resumed, "time")],
      ["Intents", String(session.intents)],
      ["Compression", session.compress ?? "none"],
      ["Session", session.session_id],
    ])}
  </div>`);
}

function list(key, title, about, total, requests) {
  if (total === 0) return html`<p class="ins-note">${chip(`No ${title.toLowerCase()}`, "good")}</p>`;
  const newest = requests.slice(-REQUESTS).reverse();
  const rest = total - newest.length;
  const body = () => html`<p class="ins-note">${about}</p>${newest.map((entry) => request(`bot/${key}/${entry.seq}`, entry))}
    ${rest > 0 ? html`<p class="ins-note">And ${plural(rest, "older one")}.</p>` : nothing}`;
  return section(`bot/${key}`, html`${title} ${chip(count(total), "bad")}`, body, { first: true, aside: copyJson(title, requests) });
}

function request(key, entry) {
  const title = html`<span class="ins-path">${entry.method} ${entry.template ?? entry.path}</span> <span class="ins-quiet-text">${timeOfDay(entry.at_ms)}${entry.status === null ? "" : `, ${entry.status}`}</span>`;
  const violations = entry.violations.length > 0 ? html`<ul class="ins-violations">${entry.violations.map((violation) => html`<li>${violation}</li>`)}</ul>` : nothing;
  return section(key, title, () => html`<p class="ins-path">${entry.path}</p>${violations}${json(`${key}/request`, entry.request)}`);
}

function commands(list) {
  if (list.length === 0) return html`<p class="ins-note">None that this member sees in this channel.</p>`;
  const kind = { 1: "/", 2: "user: ", 3: "message: " };
  return section("bot/commands", `${plural(list.length, "command")} that this member sees here`, () => list.map((command) => section(`bot/commands/${command.id}`, html`<b>${kind[command.type] ?? ""}${command.name}</b> <span class="ins-quiet-text">${command.description}</span>`, () => json(`bot/commands/${command.id}/json`, command), { aside: copyJson(command.name, command) })));
}

function modelState(model) {
  return html`${facts([
      ["Under way", plural(model.open, "request")],
      ["Pace", model.tokens_per_second === 0 ? "at once" : `${model.tokens_per_second} tokens a second`],
      ["Scripts", model.scripts.length === 0 ? "none: the understudy answers" : plural(model.scripts.length, "script")],
      ["Recording", model.record ? "yes" : "no"],
    ])}
    <p class="ins-note">${model.notice}</p>`;
}

const link = (link) => html`<div class="ins-card">
  <div class="ins-card-head"><b>${link.name}</b> ${chip(link.mode === "slow" ? `slow, ${link.delay_ms} ms` : link.mode, link.mode === "up" ? "good" : "bad")}</div>
  ${facts([
    ["Leads to", link.target],
    ["Connections", `${count(link.open)} open, ${count(link.connections)} in all`],
    ["To the server", bytes(link.bytes_in)],
    ["From it", bytes(link.bytes_out)],
  ])}
</div>`;

function addresses({ address, apps }) {
  const { token } = state.inspector;
  const base = `http://${address}`;
  const secret = (app) => html`<span class="ins-token">${token ? app.token : "••••••••"}</span>
    <button type="button" class="ins-small" aria-pressed=${String(token)} @click=${() => update((state) => (state.inspector.token = !token))}>${token ? "Hide" : "Show"}</button>
    ${token ? copyButton(`Token of ${app.name}`, () => app.token) : nothing}`;
  return facts([
    ["Discord's API", `${base}/api/v10`],
    ["Gateway", `ws://${address}/`],
    ["Model", `${base}/v1`],
    ["Traces", `${base}/v1/traces`],
    ["Control API", `${base}/_sandbox`],
    ...apps.map((app) => [`Bot token of ${app.name}`, secret(app)]),
  ]);
}
