// Time: lengths that somebody writes, the next midnight, and work that is paced.

import assert from "node:assert/strict";
import { test } from "node:test";
import { keep, keepTimeline } from "../inspector/keep.js";
import { paced } from "../inspector/paced.js";
import { ahead, parseLength, untilMidnight, utc } from "../inspector/time.js";

test("lengths are read as people write them", () => {
  const lengths = [["90m", 5_400_000], ["1h 30m", 5_400_000], ["2 days", 172_800_000], ["1.5 h", 5_400_000], ["15 MIN", 900_000], ["1w", 604_800_000], ["30s", 30_000]];
  for (const [text, ms] of lengths) assert.equal(parseLength(text), ms, text);
  for (const none of ["", "5", "h", "-1h", "1 fortnight", "1h,", "0s", "1 constructor", `${"9".repeat(30)}d`, "1h".repeat(5_000) + "!"]) assert.equal(parseLength(none), null, none.slice(0, 20));
});

test("the next midnight is a day away at most, and never now", () => {
  const noon = Date.UTC(2026, 10, 21, 12);
  assert.equal(untilMidnight(noon), 12 * 3_600_000);
  assert.equal(untilMidnight(Date.UTC(2026, 10, 21)), 86_400_000);
  assert.deepEqual(utc(noon + untilMidnight(noon)), { date: "Sun 22 Nov 2026", time: "00:00:00" });
  assert.equal(ahead(200), "real time");
  assert.equal(ahead(90_000_000), "1 d 1 h ahead of real time");
});

/** A clock by hand. */
function hand() {
  const clock = { at: 0, due: [] };
  clock.now = () => clock.at;
  clock.later = (act, ms) => clock.due.push({ act, at: clock.at + ms });
  clock.pass = async (ms) => {
    clock.at += ms;
    for (const timer of clock.due.filter((timer) => timer.at <= clock.at)) {
      clock.due.splice(clock.due.indexOf(timer), 1);
      timer.act();
    }
    await new Promise((resolve) => setImmediate(resolve));
  };
  return clock;
}

test("much asking is little doing, and the last is never lost", async () => {
  const clock = hand();
  let done = 0;
  const ask = paced(async () => (done += 1), 250, clock);
  for (let n = 0; n < 100; n += 1) {
    ask();
    await clock.pass(10);
  }
  assert.ok(done >= 4 && done <= 5, `${done} in a second`);
  const before = done;
  ask();
  await clock.pass(250);
  assert.ok(done > before);
  assert.ok(clock.due.length <= 1);
});

test("it never runs twice at once", async () => {
  const clock = hand();
  let [running, most, runs, finish] = [0, 0, 0, null];
  const ask = paced(async () => {
    running += 1;
    runs += 1;
    most = Math.max(most, running);
    await new Promise((resolve) => (finish = resolve));
    running -= 1;
  }, 250, clock);
  ask();
  for (let n = 0; n < 5; n += 1) {
    await clock.pass(300);
    ask();
  }
  assert.deepEqual([most, runs], [1, 1]);
  finish();
  await clock.pass(0);
  assert.equal(runs, 2, "what was asked meanwhile is one more");
  finish();
});

test("what is unchanged keeps its identity", () => {
  const old = { a: { b: [1, 2, { c: 3 }] }, d: 1 };
  assert.equal(keep(old, structuredClone(old)), old);
  const fresh = structuredClone(old);
  fresh.d = 2;
  const kept = keep(old, fresh);
  assert.notEqual(kept, old);
  assert.equal(kept.a, old.a);
  assert.deepEqual(keep([1], { 0: 1 }), { 0: 1 });
  assert.deepEqual(keep({ a: 1, b: 2 }, { a: 1 }), { a: 1 });
  assert.equal(keep(null, 5), 5);
  const odd = keep(JSON.parse('{"__proto__": {"x": 1}}'), JSON.parse('{"__proto__": {"x": 1}}'));
  assert.equal(odd.x, undefined, "no prototype is set");
});

test("a timeline keeps its entries though others come in between", () => {
  const entry = (span) => ({ lane: "hot", span, attributes: { keys: [span] } });
  const old = { id: "1", status: "answered", timeline: [entry("a"), entry("c")] };
  const kept = keepTimeline(old, structuredClone({ ...old, timeline: [entry("a"), entry("b"), entry("c")] }));
  assert.equal(kept.timeline[0], old.timeline[0]);
  assert.equal(kept.timeline[2], old.timeline[1]);
  assert.deepEqual(kept.timeline.map((entry) => entry.span), ["a", "b", "c"]);
  assert.equal(keepTimeline(old, structuredClone(old)), old);
  assert.equal(keepTimeline(old, { ...structuredClone(old), status: "failed" }).timeline, old.timeline);
  const other = { id: "2", timeline: [] };
  assert.equal(keepTimeline(old, other), other);
});
