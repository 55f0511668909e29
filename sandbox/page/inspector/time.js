// The sandbox's time in words, and how far to push it. No DOM here.

import { duration } from "./format.js";

const DAY = 86_400_000;
const UNITS = { s: 1_000, sec: 1_000, m: 60_000, min: 60_000, h: 3_600_000, d: DAY, day: DAY, days: DAY, w: 7 * DAY };

/** The steps that have a button of their own. */
export const STEPS = [
  ["+15 minutes", 15 * 60_000],
  ["+1 hour", 3_600_000],
  ["+1 day", DAY],
  ["+7 days", 7 * DAY],
];

/** Milliseconds since 1970 as a date and a time in UTC: `{ date: "Sat 21 Nov 2026", time: "14:03:27" }`. */
export function utc(ms) {
  const at = new Date(ms);
  const words = at.toUTCString(); // "Sat, 21 Nov 2026 14:03:27 GMT"
  return { date: words.slice(0, 16).replace(",", ""), time: words.slice(17, 25) };
}

/** How long it is until the next midnight in UTC, in milliseconds; at midnight, a whole day. */
export const untilMidnight = (ms) => DAY - (ms % DAY);

/** "real time", or "3 d 4 h ahead of real time". Less than a second is what messages take on their way. */
export function ahead(offset) {
  return offset < 1_000 ? "real time" : `${duration(offset * 1_000)} ahead of real time`;
}

/** A length in milliseconds that somebody wrote, such as "90m", "1h 30m" or "2 days"; null when it is none. */
export function parseLength(text) {
  const given = text.trim().toLowerCase();
  if (!/^(\d+(\.\d+)?\s*[a-z]+\s*)+$/.test(given)) return null;
  let sum = 0;
  for (const [, number, unit] of given.matchAll(/(\d+(?:\.\d+)?)\s*([a-z]+)/g)) {
    if (!Object.hasOwn(UNITS, unit)) return null;
    sum += Number(number) * UNITS[unit];
  }
  const whole = Math.round(sum);
  return whole > 0 && Number.isSafeInteger(whole) ? whole : null;
}
