// The waterfall's rows: the tree of spans, groups, folding, and which rows are rendered.

import assert from "node:assert/strict";
import { test } from "node:test";
import { entriesOf, laneOf, rows, shown, titleOf, tree } from "../inspector/rows.js";

const span = (id, parent, title, lane = "work", more = {}) => ({ lane, span: id, parent, title, at_us: 0, took_us: 1, attributes: {}, ...more });
const outline = (list) => list.map(({ node, depth, folded }) => `${" ".repeat(depth)}${node.group ? `${node.group}×${node.title}` : node.entry.title}${folded ? " +" : ""}`);

test("spans lie below their parents, what has none is a root", () => {
  const entries = [
    { lane: "gateway", title: "EVENT", at_us: 0, took_us: 0 },
    span("a", "", "root"),
    span("b", "a", "inner"),
    { lane: "rest", seq: 1, parent: "b", title: "GET /gateway", path: "/api/v10/gateway", at_us: 1, took_us: 1 },
    span("c", "unknown", "stray"),
  ];
  assert.deepEqual(outline(rows(tree(entries), new Set())), ["EVENT", "root", " inner", "  GET /gateway", "stray"]);
});

test("circles and doubles lose no entry and end", () => {
  const entries = [span("a", "b", "one"), span("b", "a", "two"), span("c", "c", "self"), span("c", "", "double")];
  const list = rows(tree(entries), new Set());
  assert.equal(list.length, 4);
  assert.equal(new Set(list.map((row) => row.node.key)).size, 4, "keys differ");
});

test("a request and the bot's span about it are one row", () => {
  const about = span("a", "", "PATCH …", "work", { attributes: { "http.request.method": "PATCH" } });
  const request = { lane: "rest", seq: 7, parent: "a", title: "PATCH /users/@me", path: "/api/v10/users/@me", at_us: 2, took_us: 3 };
  const [only, ...more] = tree([about, request]);
  assert.equal(more.length, 0);
  assert.equal(only.entry, request);
  assert.equal(only.outer, about);
  assert.equal(only.key, "rest:7");
  // A statement below a request's span is not the request.
  assert.equal(tree([about, span("b", "a", "SELECT", "cold")])[0].children.length, 1);
});

test("long runs of the same are folded into a group until somebody unfolds them", () => {
  const entries = [span("r", "", "root"), ...Array.from({ length: 9 }, (_, n) => span(`g${n}`, "r", "get", "hot")), span("z", "r", "other")];
  const roots = tree(entries);
  assert.deepEqual(outline(rows(roots, new Set())), ["root", " 9×get +", " other"]);
  const group = roots[0].children[0];
  assert.equal(entriesOf(group).length, 9);
  assert.equal(rows(roots, new Set([group.key])).length, 12);
  assert.deepEqual(outline(rows(roots, new Set([roots[0].key]))), ["root +"]);
  assert.equal(tree(entries.slice(0, 5)).at(0).children.length, 4, "a short run is no group");
});

test("two thousand spans one below the other are laid out", () => {
  const entries = Array.from({ length: 2_000 }, (_, n) => span(`s${n}`, n === 0 ? "" : `s${n - 1}`, `work ${n}`));
  const list = rows(tree(entries), new Set());
  assert.equal(list.length, 2_000);
  assert.equal(list.at(-1).depth, 1_999);
});

test("only what is in sight is rendered, and the rest has its height", () => {
  const height = (n) => (n === 10 ? 500 : 40);
  const { first, end, before, after } = shown(1_000, height, 4_000, 800, 0);
  let inside = 0;
  for (let n = first; n < end; n += 1) inside += height(n);
  assert.equal(before + inside + after, 999 * 40 + 500);
  assert.ok(before <= 4_000 && before + inside >= 4_800);
  assert.ok(end - first < 25, "few of them");
  assert.deepEqual(shown(0, height, 0, 800), { first: 0, end: 0, before: 0, after: 0 });
  // Scrolled past the end, as when a list has become shorter.
  assert.equal(shown(3, () => 40, 10_000, 800).before, 120);
});

test("lanes and titles", () => {
  assert.equal(laneOf({ lane: "work", attributes: { "gen_ai.operation.name": "chat" } }), "model");
  assert.equal(laneOf({ lane: "work" }), "work");
  assert.equal(laneOf({ lane: "toString" }), "work");
  const rest = (title, path) => titleOf({ lane: "rest", title, path: `/api/v10${path}` });
  assert.equal(rest("PATCH /webhooks/{webhook_id}/{webhook_token}/messages/{message_id}", "/webhooks/1/tok/messages/@original?with_components=true"), "PATCH /webhooks/…/…/messages/@original");
  assert.equal(rest("POST /channels/{channel_id}/messages", "/channels/41/messages"), "POST /channels/…/messages");
  assert.equal(rest("GET /api/v10/nowhere", "/nowhere"), "GET /api/v10/nowhere");
});
