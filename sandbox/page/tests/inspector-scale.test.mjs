// The time scale, and numbers in words.

import assert from "node:assert/strict";
import { test } from "node:test";
import { bytes, count, cut, duration, plural } from "../inspector/format.js";
import { bar, endOf, range, ticks, zoomed, zooms } from "../inspector/scale.js";

test("the scale spans all that happened, and what is under way until now", () => {
  assert.deepEqual(range([{ at_us: 5_000, took_us: 10_000 }, { at_us: 2_000, took_us: 0 }], 0), { from: 2_000, to: 15_000 });
  assert.deepEqual(range([{ at_us: 5_000, took_us: null }], 9_000), { from: 5_000, to: 9_000 });
  assert.equal(endOf({ at_us: 5_000, took_us: null }, 1_000), 5_000, "not before it began");
  const { from, to } = range([{ at_us: 7, took_us: 0 }], 0);
  assert.ok(to > from, "one moment has a width");
  assert.ok(range([], 0).to > 0);
});

test("ticks are round, few, and within, from microseconds to hours", () => {
  for (const length of [1_000, 5_000, 118_000, 999_999, 1_760_000, 15_000_000, 86_400_000_000, 3.2e14]) {
    const list = ticks({ from: 1.7e15, to: 1.7e15 + length });
    assert.ok(list.length >= 2 && list.length <= 6, `${length}: ${list.length}`);
    assert.equal(list[0].label, "0");
    assert.ok(list.every((tick) => tick.at >= 0 && tick.at <= 1.000001), `${length}`);
    assert.equal(new Set(list.map((tick) => tick.label)).size, list.length, `labels differ: ${length}`);
  }
  assert.deepEqual(ticks({ from: 0, to: 15_000_000 }).map((tick) => tick.label), ["0", "5 s", "10 s", "15 s"]);
  assert.deepEqual(ticks({ from: 0, to: 5_000 }).map((tick) => tick.label), ["0", "1 ms", "2 ms", "3 ms", "4 ms", "5 ms"]);
});

test("bars lie where they began, and stay within what is shown", () => {
  const scale = { from: 1_000, to: 2_000 };
  assert.deepEqual(bar(scale, 1_250, 1_500), { left: 25, width: 25 });
  assert.deepEqual(bar(scale, 500, 3_000), { left: 0, width: 100 });
  assert.equal(bar(scale, 2_001, 3_000), null);
  assert.deepEqual(bar(scale, 2_000, 2_000), { left: 100, width: 0 });
});

test("one may look at the beginning closely", () => {
  const whole = { from: 0, to: 15_000_000 };
  assert.deepEqual(zooms(whole), [10_000, 100_000, 1_000_000, 10_000_000]);
  assert.deepEqual(zooms({ from: 0, to: 11_000 }), []);
  assert.deepEqual(zoomed(whole, 100_000), { from: 0, to: 100_000 });
  assert.deepEqual(zoomed(whole, null), whole);
  assert.deepEqual(zoomed({ from: 0, to: 50 }, 100), { from: 0, to: 50 });
});

test("lengths of time have a few digits and one unit, long ones two", () => {
  const words = [[0, "0 µs"], [420, "420 µs"], [4_200, "4.2 ms"], [9_990, "10 ms"], [42_400, "42 ms"], [999_600, "1 s"], [1_240_000, "1.24 s"], [15_300_000, "15.3 s"], [59_960_000, "1 min"], [125_000_000, "2 min 5 s"], [90_000_000_000, "1 d 1 h"], [604_800_000_000, "7 d"]];
  for (const [us, said] of words) assert.equal(duration(us), said);
});

test("numbers, sizes and cut texts", () => {
  assert.equal(count(12_345), "12,345");
  assert.equal(plural(1, "key"), "1 key");
  assert.equal(plural(2, "entry", "entries"), "2 entries");
  assert.deepEqual([bytes(1), bytes(812), bytes(12_345), bytes(4_000_000)], ["1 byte", "812 bytes", "12.3 KB", "4 MB"]);
  assert.equal(cut("abc", 3), "abc");
  assert.equal(cut("ab😀d", 3), "ab…", "no half of a pair");
});
