// The Timeline tab: the list of interactions, and what the selected one comes to.

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { guard } from "../vendor/lit-html/directives/guard.js";
import { repeat } from "../vendor/lit-html/directives/repeat.js";
import { state } from "../store.js";
import { count, duration, plural, timeOfDay } from "./format.js";
import { arrows, chip, copyJson } from "./parts.js";
import { filtered, select, setFilter, setFollow } from "./state.js";
import { nowUs } from "./steer.js";
import { summary } from "./summary.js";
import { scrolled, waterfall, watch } from "./waterfall.js";

/** What is said of a status, and in which tone. */
const STATUSES = {
  waiting: ["waiting", "warn"],
  acknowledged: ["thinking", "warn"],
  answered: ["answered", "good"],
  failed: ["failed", "bad"],
};

/** The tab's body. */
export function timeline() {
  const { inspector } = state;
  return html`${guard([inspector.list, inspector.listed, inspector.filter, inspector.follow, inspector.selected], () => subjects(inspector))}
    <div class="ins-detail" tabindex="-1" @scroll=${scrolled} ${watch}>${one(inspector)}</div>`;
}

function subjects(inspector) {
  const list = filtered(inspector);
  return html`<div class="ins-list-head">
      <input
        class="ins-field"
        type="search"
        placeholder="Filter by name, command or status"
        aria-label="Filter interactions"
        .value=${inspector.filter}
        @input=${(event) => setFilter(event.target.value)}
      />
      <label class="ins-check"><input type="checkbox" .checked=${inspector.follow} @change=${(event) => setFollow(event.target.checked)} />Follow</label>
    </div>
    <div class="ins-list" role="list" aria-label="Interactions, newest first" @keydown=${(event) => arrows(event, ".ins-subject")}>
      ${repeat(list, (subject) => subject.id, (subject) => guard([subject, subject.id === inspector.selected], () => row(subject, subject.id === inspector.selected)))}
      ${list.length === 0 ? html`<p class="ins-empty">${none(inspector)}</p>` : nothing}
    </div>`;
}

function none({ listed, list }) {
  if (!listed) return "Reading…";
  if (list.length > 0) return "Nothing fits the filter.";
  return "Nothing has happened yet. Use a command, and what the bot does about it shows here as it happens.";
}

function row(subject, selected) {
  const [status, tone] = STATUSES[subject.status] ?? [subject.kind ?? "", "quiet"];
  const took = subject.acknowledged_after_ms;
  return html`<div role="listitem">
    <button type="button" class="ins-subject" aria-current=${selected ? "true" : "false"} @click=${() => select(subject.id)}>
      <span class="ins-who">${subject.user?.name ?? "somebody"}</span>
      <span class="ins-what">${subject.kind === "autocomplete" ? `${subject.name} …` : subject.name}</span>
      ${chip(status, tone)}
      <span class="ins-number" title="Until the first answer">${typeof took === "number" ? duration(took * 1_000) : "–"}</span>
      <span class="ins-number" title="Tokens of the model's answer">${subject.tokens_sent ? `${count(subject.tokens_sent)} tok` : ""}</span>
      <time class="ins-number" title=${new Date(subject.at_ms).toUTCString()}>${timeOfDay(subject.at_ms)}</time>
    </button>
  </div>`;
}

function one(inspector) {
  const { detail, selected } = inspector;
  if (selected === null) return nothing;
  if (detail?.id !== selected) return inspector.error ? nothing : html`<p class="ins-empty">Reading…</p>`;
  const underWay = detail.timeline.some((entry) => entry.took_us === null);
  // While something is under way its bar grows, ten times a second at most.
  const tick = underWay ? Math.floor(nowUs() / 100_000) : 0;
  return guard([detail, inspector.turns, inspector.zoom, inspector.view, inspector.steering?.faults, tick], () => {
    const now = nowUs();
    const sums = summary(detail, now);
    return html`${sumsOf(detail, sums)} ${waterfall(detail, now)} ${sums.traced ? nothing : untraced(detail)}`;
  });
}

function sumsOf(detail, sums) {
  const time = (us) => (us === null ? "–" : duration(us));
  const bad = [
    sums.failed > 0 ? plural(sums.failed, "failed", "failed") : "",
    sums.violating > 0 ? plural(sums.violating, "violates the API", "violate the API") : "",
  ].filter((text) => text !== "");
  const cell = (value, label, more = nothing) => html`<div><dd>${value}</dd><dt>${label}</dt>${more}</div>`;
  const unknown = (number) => (sums.traced ? count(number) : "–");
  return html`<div class="ins-sum-head">
      <h3>${detail.user?.name ?? "Somebody"} · ${detail.name}</h3>
      ${copyJson("Timeline", detail, "Copy as JSON")}
    </div>
    ${detail.shown ? html`<p class="ins-error">${detail.shown}</p>` : nothing}
    <dl class="ins-sums">
      ${cell(time(sums.acknowledged), "first answer")}
      ${cell(time(sums.firstWord), "first word")}
      ${cell(sums.underWay ? html`${time(sums.whole)}<span aria-hidden="true">…</span><span class="unseen"> so far</span>` : time(sums.whole), "whole time")}
      ${cell(count(sums.requests), sums.requests === 1 ? "API request" : "API requests", bad.length > 0 ? html`<span class="ins-bad-text">${bad.join(", ")}</span>` : nothing)}
      ${cell(html`${count(sums.tokensIn)}<span aria-hidden="true"> → </span><span class="unseen"> in, out: </span>${count(sums.tokensOut)}`, "tokens in → out")}
      ${cell(html`${unknown(sums.hot)} · ${unknown(sums.keys)}`, "hot calls · keys")}
      ${cell(unknown(sums.statements), sums.statements === 1 ? "statement" : "statements")}
    </dl>
    ${detail.dropped_spans > 0 ? html`<p class="ins-note">${plural(detail.dropped_spans, "span")} more than are kept.</p>` : nothing}`;
}

/** What is missing where a bot tells nothing of its inside, and how to have it. */
function untraced(detail) {
  const young = nowUs() - detail.at_ms * 1_000 < 2_000_000;
  if (young) return nothing;
  return html`<div class="ins-tip">
    <p>This is what can be seen from outside. Which keys and rows the bot touched, what it asked the model, and its requests by webhook, it can tell itself: by OpenTelemetry traces, sent here as JSON.</p>
    <p>Start it with <code>OTEL_EXPORTER_OTLP_ENDPOINT=${location.origin}</code> and <code>OTEL_EXPORTER_OTLP_PROTOCOL=http/json</code>, and have it name <code>discord.interaction.id</code> in a span, or send <code>traceparent</code> with its requests.</p>
  </div>`;
}
