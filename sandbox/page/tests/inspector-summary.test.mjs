// What a timeline comes to: first words, sums, keys, and a prompt's parts.

import assert from "node:assert/strict";
import { test } from "node:test";
import { firstWord, keyParts, keysOf, pace, promptParts, summary } from "../inspector/summary.js";

const event = { lane: "gateway", title: "INTERACTION_CREATE", at_us: 1_000_000, took_us: 0 };
const rest = (at, title, request, more = {}) => ({ lane: "rest", title, at_us: 1_000_000 + at, took_us: 10, failed: false, request, ...more });
const model = { lane: "model", at_us: 1_000_500, took_us: 9_000, said: "Good evening, traveller.", tokens_sent: 5, prompt: [{ role: "user", tokens: 7, text: "hi" }] };
const hot = (keys) => ({ lane: "hot", span: keys.join(), at_us: 1_000_100, took_us: 1, attributes: { "troupe.hot.keys": keys } });

test("the first word is the first of the model's that a member sees", () => {
  const line = rest(600, "PATCH /webhooks/{a}/{b}/messages/@original", { content: "**Max** → **Mira**\n> hi" });
  const word = rest(2_000, "POST /webhooks/{a}/{b}", { content: "Good ev" });
  const more = rest(3_000, "PATCH /webhooks/{a}/{b}/messages/{c}", { content: "Good evening, tra" });
  const acknowledged = rest(100, "POST /interactions/{a}/{b}/callback", { type: 5 });
  assert.equal(firstWord([event, acknowledged, model, line, word, more]), 2_010);
  assert.equal(firstWord([event, acknowledged, model, line, { ...word, failed: true }, more]), 3_010, "a refused one shows nothing");
  assert.equal(firstWord([event, acknowledged, { ...model, said: "" }]), null);
});

test("words inside an embed or a component count, and without a model anything that is shown does", () => {
  const embed = rest(700, "PATCH /webhooks/{a}/{b}/messages/@original", { embeds: [{ description: "Good evening, traveller." }] });
  const container = rest(800, "POST /webhooks/{a}/{b}", { components: [{ type: 17, components: [{ type: 10, content: "Good evening, traveller." }] }] });
  assert.equal(firstWord([event, model, embed]), 710);
  assert.equal(firstWord([event, model, container]), 810);
  assert.equal(firstWord([event, rest(50, "POST /interactions/{a}/{b}/callback", { type: 4, data: { content: "Pong!" } })]), 60);
  assert.equal(firstWord([event, rest(50, "GET /channels/{a}/messages", { content: "x" })]), null);
  assert.equal(firstWord([]), null);
  assert.equal(firstWord([event, rest(1, "POST /x", null), rest(2, "POST /x", "text")]), null);
});

test("sums count requests that were seen, not the spans about them", () => {
  const span = { lane: "work", span: "a", at_us: 1_000_000, took_us: 20_000, attributes: { "http.request.method": "POST" } };
  const detail = {
    acknowledged_after_ms: 3,
    timeline: [event, span, model, rest(1, "POST /x", {}, { violations: ["no"] }), rest(2, "POST /x", {}, { failed: true, status: 500 }), hot(["a:{1}", "b"]), hot(["b"]), { lane: "cold", span: "s", at_us: 1_000_000, took_us: 1, attributes: {} }],
  };
  const sums = summary(detail, 0);
  assert.deepEqual(
    [sums.acknowledged, sums.whole, sums.requests, sums.failed, sums.violating, sums.tokensIn, sums.tokensOut, sums.hot, sums.keys, sums.statements, sums.traced],
    [3_000, 20_000, 2, 1, 1, 7, 5, 2, 2, 1, true],
  );
  assert.equal(summary({ timeline: [event] }, 0).acknowledged, null);
  assert.ok(summary({ timeline: [event, { ...model, took_us: null }] }, 2_000_000).underWay);
});

test("keys come as a list or as lines, and their ids stand apart", () => {
  assert.deepEqual(keysOf({ "troupe.hot.keys": "a\nb\n" }), ["a", "b"]);
  assert.deepEqual(keysOf({ "troupe.hot.keys": ["a", 2] }), ["a", "2"]);
  assert.deepEqual(keysOf(undefined), []);
  const ids = (key) => keyParts(key).filter((part) => part.id).map((part) => part.text);
  assert.deepEqual(ids("talk:count:user:{157}:158:20261121"), ["{157}", "158", "20261121"]);
  assert.deepEqual(ids("ai:lease:{PLACE}:LEASE"), ["{PLACE}", "LEASE"]);
  assert.deepEqual(ids("ai:conc:global"), []);
  for (const key of ["", ":", "a::b", "<b>:{x}", "talk:{1}:2"]) assert.equal(keyParts(key).map((part) => part.text).join(""), key);
});

test("a model's pace counts from its first token", () => {
  const entry = { at_us: 0, took_us: 3_000_000, first_token_ms: 1_000, tokens_sent: 9 };
  assert.equal(pace(entry, 0), 4);
  assert.equal(pace({ ...entry, took_us: null }, 5_000_000), 2);
  assert.equal(pace({ ...entry, tokens_sent: 1 }, 0), null);
  assert.equal(pace({ ...entry, first_token_ms: null }, 0), null);
});

test("a prompt's parts come from the span around the call, or, where that isn't told, from the nearest before it", () => {
  const telling = (span, at, parts) => ({ lane: "work", span, at_us: at, attributes: { "troupe.prompt.parts": parts } });
  const timeline = [telling("a", 0, '[{"part":"rules","tokens":120},{"part":"x"},5]'), telling("b", 10, [{ part: "card", tokens: 9 }])];
  assert.deepEqual(promptParts(timeline, { parent: "a", at_us: 20 }), [{ part: "rules", tokens: 120 }]);
  assert.deepEqual(promptParts([...timeline, { lane: "work", span: "http", parent: "a", at_us: 1 }], { parent: "http", at_us: 20 }), [{ part: "rules", tokens: 120 }]);
  assert.deepEqual(promptParts(timeline, { parent: "not-ended-yet", at_us: 20 }), [], "another call's parts are not its own");
  assert.deepEqual(promptParts(timeline, { parent: null, at_us: 20 }), [{ part: "card", tokens: 9 }]);
  for (const bad of ["{", "5", null, "[null]"]) assert.deepEqual(promptParts([telling("a", 0, bad)], { parent: "a", at_us: 1 }), []);
  assert.deepEqual(promptParts([], { parent: "a", at_us: 1 }), []);
});
