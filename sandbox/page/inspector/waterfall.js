// The waterfall of a timeline: a row an entry, bars on one scale, and only those rows rendered that are in sight.

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { guard } from "../vendor/lit-html/directives/guard.js";
import { ref } from "../vendor/lit-html/directives/ref.js";
import { repeat } from "../vendor/lit-html/directives/repeat.js";
import { state, update } from "../store.js";
import { entry as entryDetail } from "./entry.js";
import { count, duration } from "./format.js";
import { arrows, chip } from "./parts.js";
import { LANES, entriesOf, rows, shown, titleOf, tree } from "./rows.js";
import { bar, endOf, range, ticks, zoomed, zooms } from "./scale.js";
import { flip, setZoom, turn } from "./state.js";

/** A closed row's height in pixels, as the style sheet has it. */
const ROW = 42;
/** What an open row is taken for until it was measured. */
const OPEN_ROW = 400;
/** Shorter lists are rendered whole. */
const WHOLE = 80;
/** How deep rows are indented. */
const INDENTS = 8;

/** The last value of `make` for the same arguments: what the rows are made of changes seldom. */
function memo(make) {
  let [known, value] = [null, null];
  return (...given) => {
    if (!known?.every((one, n) => one === given[n])) [known, value] = [given, make(...given)];
    return value;
  };
}
const treeOf = memo(tree);
// Sets keep their identity: the count of turns says that they changed.
const rowsOf = memo((roots, turned, turns) => rows(roots, turned));

/** Heights of open rows, as they were measured. */
const heights = new Map();
const measure = globalThis.ResizeObserver && new ResizeObserver((seen) => {
  if (heights.size > 1_000) heights.clear();
  for (const { target } of seen) {
    if (target.isConnected) heights.set(target.dataset.key, target.offsetHeight);
    else measure.unobserve(target);
  }
});

/** Notes where the timeline is scrolled to; what is short is rendered whole, and need not know. */
export function scrolled(event) {
  note(event.currentTarget);
}

function note(box) {
  const list = box.querySelector(".ins-rows");
  if (!list || Number(list.dataset.count) <= WHOLE) return;
  const view = { top: box.scrollTop - list.offsetTop, room: box.clientHeight };
  update((state) => (state.inspector.view = view));
}

let box = null;
const resized = globalThis.ResizeObserver && new ResizeObserver(() => box && note(box));
/** Notes the size of what scrolls. */
export const watch = ref((element) => {
  if (box) resized.unobserve(box);
  box = element ?? null;
  if (box) resized.observe(box);
});

/** The waterfall of a detail. */
export function waterfall(detail, now) {
  const { inspector } = state;
  const list = rowsOf(treeOf(detail.timeline), inspector.turned, inspector.turns);
  const whole = range(detail.timeline, now);
  const scale = zoomed(whole, inspector.zoom);
  const heightOf = (n) => (isOpen(list[n]) ? (heights.get(list[n].node.key) ?? OPEN_ROW) : ROW);
  const { top, room } = inspector.view;
  const { first, end, before, after } = list.length <= WHOLE ? { first: 0, end: list.length, before: 0, after: 0 } : shown(list.length, heightOf, top, room);
  const choices = zooms(whole);
  return html`<div class="ins-scale">
      <span class="ins-count">${count(detail.timeline.length)} ${detail.timeline.length === 1 ? "entry" : "entries"}</span>
      ${choices.length === 0 ? nothing : zoom(choices, inspector.zoom)}
      <div class="ins-ticks" aria-hidden="true">${ticks(scale).map((tick) => html`<span class="ins-tick ${tick.at > 0.85 ? "ins-tick-end" : ""}" .style=${`left: ${tick.at * 100}%`}>${tick.label}</span>`)}</div>
    </div>
    <ol class="ins-rows" data-count=${list.length} aria-label="What happened, in order" @keydown=${keys}>
      <li class="ins-space" aria-hidden="true" .style=${`height: ${before}px`}></li>
      ${repeat(list.slice(first, end), (row) => row.node.key, (row, n) => one(detail, row, first + n, list.length, scale, now))}
      <li class="ins-space" aria-hidden="true" .style=${`height: ${after}px`}></li>
    </ol>`;
}

function zoom(choices, chosen) {
  return html`<label class="ins-zoom"><span class="unseen">Show</span>
    <select class="ins-field" @change=${(event) => setZoom(event.target.value === "" ? null : Number(event.target.value))}>
      <option value="" .selected=${chosen === null}>all of it</option>
      ${choices.map((length) => html`<option value=${length} .selected=${chosen === length}>the first ${duration(length)}</option>`)}
    </select>
  </label>`;
}

const isOpen = ({ node }) => node.group === undefined && state.inspector.openRows.has(node.key);

function one(detail, row, n, of, scale, now) {
  const open = isOpen(row);
  const { inspector } = state;
  const observed = ref((element) => element && open && measure?.observe(element));
  const live = entriesOf(row.node).some((entry) => entry.took_us === null);
  return html`<li class="ins-row" data-key=${row.node.key} aria-setsize=${of} aria-posinset=${n + 1} ${observed}>
    ${guard([...entriesOf(row.node), row.node.outer, row.folded, open, open && inspector.turns, open && detail, open && inspector.steering?.faults, scale.from, scale.to, live && now], () => body(detail, row, open, scale, now))}
  </li>`;
}

function body(detail, { node, depth, foldable, folded }, open, scale, now) {
  const entries = entriesOf(node);
  const isGroup = node.group !== undefined;
  const title = isGroup ? node.title : titleOf(node.entry);
  const act = isGroup ? () => turn(node.key) : () => flip(node.key);
  const indent = `--depth: ${Math.min(depth, INDENTS)}`;
  return html`<div class="ins-line" .style=${indent}>
      ${foldable
        ? html`<button type="button" class="ins-fold ins-branch" aria-expanded=${String(!folded)} aria-label=${`What is within ${title}`} tabindex=${isGroup ? -1 : 0} @click=${() => turn(node.key)}><span class="ins-caret" aria-hidden="true"></span></button>`
        : nothing}
      <button type="button" class="ins-entry" aria-expanded=${String(isGroup ? !folded : open)} @click=${act}>
        <span class="ins-lane ins-lane-${node.lane}">${LANES[node.lane]}</span>
        <span class="ins-title">${title}</span>
        ${isGroup ? html`<span class="ins-times">× ${count(node.group)}</span>` : nothing}
        ${flags(entries)}
        <span class="ins-took">${took(entries, now)}</span>
      </button>
    </div>
    <div class="ins-track" aria-hidden="true">${bars(node, entries, scale, now)}</div>
    ${open ? html`<div class="ins-open">${entryDetail(detail, node, now)}</div>` : nothing}`;
}

function took(entries, now) {
  if (entries.length === 1 && entries[0].took_us === null) return html`${duration(Math.max(now - entries[0].at_us, 0))}<span aria-hidden="true">…</span><span class="unseen"> so far</span>`;
  const sum = entries.reduce((sum, entry) => sum + (entry.took_us ?? 0), 0);
  return entries.length === 1 && entries[0].lane === "gateway" ? "" : duration(sum);
}

/** What one should see of a row without opening it. */
function flags(entries) {
  const failed = entries.filter((entry) => entry.failed).length;
  const violating = entries.filter((entry) => entry.violations?.length > 0).length;
  const unknown = entries.filter((entry) => entry.unknown).length;
  const [entry] = entries;
  if (entries.length > 1) return failed > 0 ? chip(`${count(failed)} failed`, "bad") : nothing;
  const status = entry.status ?? null;
  const shown = entry.lane === "rest" || entry.lane === "model";
  return html`${shown && status !== null ? chip(String(status), status >= 400 ? "bad" : "good") : nothing}
    ${entry.lane === "rest" && entry.span === undefined && status === null ? chip("no answer", "bad") : nothing}
    ${entry.outcome === "cut" ? chip("cut", "bad") : entry.outcome === "client_left" ? chip("left", "warn") : nothing}
    ${failed > 0 && (status === null || status < 400) && entry.outcome !== "cut" && !(entry.lane === "rest" && entry.span === undefined) ? chip("failed", "bad") : nothing}
    ${violating > 0 ? chip("violates the API", "bad") : nothing} ${unknown > 0 ? chip("unknown to Discord", "bad") : nothing}
    ${entry.faults?.length > 0 ? chip("fault", "warn") : nothing}`;
}

const style = ({ left, width }) => `left: ${left}%; width: ${width}%`;

function bars(node, entries, scale, now) {
  const start = entries.reduce((least, entry) => Math.min(least, entry.at_us), Infinity);
  const end = entries.reduce((most, entry) => Math.max(most, endOf(entry, now)), -Infinity);
  const place = bar(scale, start, end);
  // The bot's own time around it: what it waited for its turn, and for its own work.
  const outer = node.outer ? bar(scale, node.outer.at_us, endOf(node.outer, now)) : null;
  const around = outer ? html`<span class="ins-bar ins-bar-group ins-lane-${node.lane}" .style=${style(outer)}></span>` : nothing;
  if (!place) return around;
  const [entry] = entries;
  const bad = entries.every((entry) => entry.failed) ? "ins-bar-bad" : "";
  const live = entries.some((entry) => entry.took_us === null) ? "ins-bar-live" : "";
  // What a model takes to its first token is not yet an answer.
  const wait = entries.length === 1 && typeof entry.first_token_ms === "number" ? bar(scale, start, start + entry.first_token_ms * 1_000) : null;
  return html`${around}<span class="ins-bar ins-lane-${node.lane} ${bad} ${live} ${node.group === undefined ? "" : "ins-bar-group"}" .style=${style(place)}></span>
    ${wait ? html`<span class="ins-bar-wait" .style=${style(wait)}></span>` : nothing}`;
}

/** Up and down go from row to row; left and right fold. */
function keys(event) {
  arrows(event, ".ins-entry");
  const button = document.activeElement;
  if (!button?.classList.contains("ins-entry") || !["ArrowLeft", "ArrowRight"].includes(event.key)) return;
  const open = event.key === "ArrowRight";
  const fold = button.closest(".ins-line").querySelector(".ins-branch") ?? button;
  if ((fold.getAttribute("aria-expanded") === "true") === open) return;
  event.preventDefault();
  fold.click();
}
