// Times in Discord's wording: beside messages, between days, and in <t:…> of a text.

const DAY_MS = 86_400_000;
const STYLES = {
  t: { timeStyle: "short" },
  T: { timeStyle: "medium" },
  d: { dateStyle: "short" },
  D: { dateStyle: "long" },
  f: { dateStyle: "long", timeStyle: "short" },
  F: { dateStyle: "full", timeStyle: "short" },
  s: { dateStyle: "short", timeStyle: "short" },
  S: { dateStyle: "short", timeStyle: "medium" },
};
/** Units of a distance in time: from how many seconds on, and how many seconds one has. */
const UNITS = [
  ["year", 31_557_600, 31_557_600],
  ["month", 2_629_800, 2_629_800],
  ["day", 86_400, 86_400],
  ["hour", 3_600, 3_600],
  ["minute", 60, 60],
  ["second", 0, 1],
];

const formats = new Map();

/** Formats are dear to make: one is kept for each language and style. */
function format(kind, locale, options) {
  const key = `${kind.name} ${locale} ${JSON.stringify(options)}`;
  let made = formats.get(key);
  if (!made) {
    try {
      made = new kind(locale, options);
    } catch {
      made = new kind("en-US", options);
    }
    formats.set(key, made);
  }
  return made;
}

const date = (ms, locale, options) => format(Intl.DateTimeFormat, locale, options).format(ms);

/** Whether a time, in milliseconds, is one that a calendar has. */
export const isTime = (ms) => Number.isFinite(ms) && Math.abs(ms) <= 8.64e15;

/** The number of the day that a time falls on, in this machine's time zone. */
export function dayOf(ms) {
  const at = new Date(ms);
  return Math.floor(Date.UTC(at.getFullYear(), at.getMonth(), at.getDate()) / DAY_MS);
}

/** The time beside a name: "Today at 14:03", "Yesterday at 14:03", "21/11/2026, 14:03". */
export function messageTime(ms, now, locale) {
  if (!isTime(ms)) return "";
  const days = dayOf(now) - dayOf(ms);
  if (days === 0) return `Today at ${date(ms, locale, STYLES.t)}`;
  if (days === 1) return `Yesterday at ${date(ms, locale, STYLES.t)}`;
  return date(ms, locale, STYLES.s);
}

/** The time of the day alone: "14:03". */
export const clockTime = (ms, locale) => (isTime(ms) ? date(ms, locale, STYLES.t) : "");

/** Day, date and time in full: what one sees when the pointer rests on a time. */
export const fullTime = (ms, locale) => (isTime(ms) ? date(ms, locale, STYLES.F) : "");

/** The date between two days' messages: "21 November 2026". */
export const dayName = (ms, locale) => (isTime(ms) ? date(ms, locale, STYLES.D) : "");

/** What <t:SECONDS:STYLE> shows. */
export function timestamp(seconds, style, now, locale) {
  const ms = seconds * 1000;
  if (!isTime(ms)) return "Invalid Date";
  return style === "R" ? relative(ms, now, locale) : date(ms, locale, STYLES[style] ?? STYLES.f);
}

/** How far away a time is: "in 5 minutes", "2 hours ago". */
export function relative(ms, now, locale) {
  const seconds = Math.round((ms - now) / 1000);
  const far = Math.abs(seconds);
  const [unit, , size] = UNITS.find(([, from]) => far >= from);
  const count = Math.sign(seconds) * Math.round(far / size);
  return format(Intl.RelativeTimeFormat, locale, { numeric: unit === "second" ? "always" : "auto" }).format(count, unit);
}

/** When a snowflake was made, in milliseconds since 1970. */
export function snowflakeTime(id) {
  return /^\d{1,20}$/.test(id) ? Number(BigInt(id) >> 22n) + 1_420_070_400_000 : Number.NaN;
}
