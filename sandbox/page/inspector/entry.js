// What an open row shows of its entry: an event, a request, a call of the model, or a bot's own span.

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { state } from "../store.js";
import { model, promptBar } from "./entry-model.js";
import { bytes, count, duration, plural } from "./format.js";
import { chip, copyButton, copyJson, facts, section } from "./parts.js";
import { isSpan } from "./rows.js";
import { keyParts, keysOf, promptParts } from "./summary.js";
import { describe } from "./switches.js";
import { json, text } from "./tree.js";

/** How many characters of a statement are shown at once. */
const STATEMENT = 4_000;

/** The body of an open row. */
export function entry(detail, node, now) {
  const { key, entry, outer } = node;
  if (isSpan(entry)) return span(detail, key, entry);
  if (entry.lane === "gateway") return html`${section(`${key}/event`, "Event", () => json(`${key}/event`, entry.body), { first: true, aside: copyJson("Event", entry.body) })}`;
  const body = entry.lane === "model" ? model(detail, key, entry, now) : rest(key, entry, outer);
  if (!outer) return body;
  const own = Object.fromEntries(Object.entries(outer.attributes ?? {}).filter(([name]) => name !== "troupe.prompt.parts"));
  return html`${body} ${section(`${key}/outer`, `The bot's own span: ${duration(outer.took_us)}`, () => json(`${key}/outer`, own), { aside: copyJson("Span", outer) })}`;
}

function rest(key, entry, outer) {
  const [method] = entry.title.split(" ");
  return html`<p class="ins-path"><b>${method}</b> ${entry.path}</p>
    ${facts([
      ["Status", entry.status === null ? "no answer: the client left, or a fault took it" : String(entry.status)],
      ["Took", outer ? `${duration(entry.took_us)}, and ${duration(outer.took_us)} for the bot, with its own waits` : duration(entry.took_us)],
      ["Discord's API", validity(entry)],
      ["Rate limit", typeof entry.remaining === "number" ? `${plural(entry.remaining, "request")} left` : null],
      ["Files", entry.files?.length > 0 ? entry.files.map((file) => html`<div>${file.filename}, ${bytes(file.size)}</div>`) : null],
      ["Faults met", entry.faults?.length > 0 ? entry.faults.map(met) : null],
    ])}
    ${entry.violations?.length > 0 ? html`<ul class="ins-violations">${entry.violations.map((violation) => html`<li>${violation}</li>`)}</ul>` : nothing}
    ${body(`${key}/request`, "Request", entry.request)} ${body(`${key}/response`, "Response", entry.response)}`;
}

/** Whether a request is as Discord's own description of its API wants it. */
function validity(entry) {
  if (entry.unknown) return chip("has no such route", "bad");
  if (entry.violations?.length > 0) return chip(plural(entry.violations.length, "violation"), "bad");
  if (entry.checked) return chip("valid", "good");
  return html`${chip("not checked")} <span class="ins-quiet-text">(no OpenAPI file, or refused before)</span>`;
}

function met(id) {
  const known = state.inspector.steering?.faults.find((there) => there.id === id);
  return html`<div>${known ? describe(known.fault) : `fault ${id}, which is gone`}</div>`;
}

function body(key, title, value) {
  if (value === null || value === undefined) return html`<p class="ins-quiet-text">${title}: no body</p>`;
  return section(key, title, () => json(`${key}/body`, value), { first: title === "Request", aside: copyJson(title, value) });
}

/** A bot's own words about a piece of its work. */
function span(detail, key, entry) {
  const attributes = entry.attributes ?? {};
  const said = new Set();
  const take = (name) => {
    said.add(name);
    return attributes[name];
  };
  const own = { hot, cold }[entry.lane]?.(take, entry, key) ?? nothing;
  const parts = attributes["troupe.prompt.parts"] === undefined ? [] : promptParts(detail.timeline, entry);
  if (parts.length > 0) said.add("troupe.prompt.parts");
  const rest = Object.fromEntries(Object.entries(attributes).filter(([name]) => !said.has(name)));
  return html`${own} ${parts.length > 0 ? promptBar(parts) : nothing}
    ${own === nothing ? facts([["Took", duration(entry.took_us)], ["Failed", entry.failed ? "yes" : null]]) : nothing}
    ${Object.keys(rest).length > 0 ? section(`${key}/attributes`, "Attributes", () => json(`${key}/attributes`, rest), { first: own === nothing, aside: copyJson("Attributes", rest) }) : nothing}`;
}

function hot(take, entry, key) {
  const side = take("troupe.hot.side");
  const keys = keysOf(entry.attributes);
  take("troupe.hot.keys");
  take("db.system.name");
  const more = take("troupe.hot.keys_left_out");
  const known = { redis: "Redis", local: "this process" };
  return html`${facts([
      ["Operation", take("db.operation.name") ?? entry.title],
      ["Access", take("troupe.hot.access")],
      ["Side", known[side] ?? side],
      ["Took", duration(entry.took_us)],
      ["Outcome", take("troupe.outcome") ?? (entry.failed ? "failed" : null)],
    ])}
    ${keys.length === 0
      ? html`<p class="ins-quiet-text">It names no keys.</p>`
      : html`<div class="ins-section-head"><h4>${plural(keys.length, "key")}${more ? ` and ${count(more)} more` : ""}</h4>${copyButton("Keys", () => keys.join("\n"))}</div>
          <ul class="ins-keys" tabindex="0" aria-label="Keys">${keys.map((name) => html`<li>${keyParts(name).map((part) => (part.id ? html`<span class="ins-key-id">${part.text}</span>` : html`<b>${part.text}</b>`))}</li>`)}</ul>`}`;
}

function cold(take, entry, key) {
  const sql = take("db.query.text") ?? take("db.statement");
  const rows = take("db.response.returned_rows") ?? take("db.response.affected_rows") ?? take("troupe.cold.rows");
  const tables = take("troupe.cold.tables");
  take("db.system.name");
  const binds = take("troupe.cold.binds");
  return html`${facts([
      ["Verb", take("db.operation.name")],
      ["Table", take("db.collection.name")],
      ["Touches", Array.isArray(tables) && tables.length > 1 ? tables.map((table) => html`<div>${table}</div>`) : null],
      ["Rows", typeof rows === "number" ? count(rows) : null],
      ["Took", duration(entry.took_us)],
      ["Failed", entry.failed ? "yes" : null],
    ])}
    ${typeof sql === "string" ? html`<div class="ins-section-head"><h4>SQL</h4>${copyButton("SQL", () => sql)}</div><pre class="ins-sql">${text(`${key}/sql`, sql, STATEMENT)}</pre>` : nothing}
    ${Array.isArray(binds) && binds.length > 0 ? html`<ol class="ins-binds" aria-label="Values">${binds.map((bind) => html`<li>${String(bind)}</li>`)}</ol>` : nothing}`;
}
