// The waterfall's time scale: what it spans, its ticks, and where a bar lies on it. Times in microseconds. No DOM here.

import { duration } from "./format.js";

/** The shortest span that is drawn: shorter ones would put everything at one place. */
const LEAST = 1_000;
/** Lengths that one may look at in place of the whole. */
const ZOOMS = [10_000, 100_000, 1_000_000, 10_000_000];

/** What is still under way lasts until now, but is never over before it began. */
export const endOf = (entry, now) => entry.at_us + (entry.took_us ?? Math.max(now - entry.at_us, 0));

/** From the first begin to the last end. */
export function range(entries, now) {
  let from = Infinity;
  let to = -Infinity;
  for (const entry of entries) {
    from = Math.min(from, entry.at_us);
    to = Math.max(to, endOf(entry, now));
  }
  return from > to ? { from: 0, to: LEAST } : { from, to: Math.max(to, from + LEAST) };
}

/** The lengths that are well within a range. */
export const zooms = ({ from, to }) => ZOOMS.filter((length) => length < (to - from) * 0.8);

/** The first `length` of a range; all of it for null, or where it is shorter. */
export const zoomed = ({ from, to }, length) => ({ from, to: length === null ? to : Math.min(to, from + length) });

/** Round places on a range, `most` or fewer besides its begin: `{ at, label }`, `at` from 0 to 1. */
export function ticks({ from, to }, most = 5) {
  const length = to - from;
  const rough = length / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((times) => times * power).find((step) => step >= rough * (1 - 1e-9));
  const places = [];
  // By counting, not by adding: fractions would pile up.
  for (let n = 0; n * step <= length * (1 + 1e-9) && n <= most; n += 1) {
    places.push({ at: (n * step) / length, label: n === 0 ? "0" : duration(n * step) });
  }
  return places;
}

/** Where a bar lies, in percent: `{ left, width }`; null when it is outside. */
export function bar(scale, start, end) {
  const length = scale.to - scale.from;
  if (start > scale.to || end < scale.from) return null;
  const left = (Math.max(start, scale.from) - scale.from) / length;
  const right = (Math.min(end, scale.to) - scale.from) / length;
  return { left: round(left * 100), width: round((right - left) * 100) };
}

const round = (percent) => Math.round(percent * 1_000) / 1_000;
