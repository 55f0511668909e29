// Numbers, times and lengths, as the inspector writes them. No DOM here.

const NUMBER = new Intl.NumberFormat("en-GB");

/** A whole number with its thousands apart: 12,345. */
export const count = (number) => NUMBER.format(number);

/** "1 request", "2 requests". */
export const plural = (number, one, many = `${one}s`) => `${count(number)} ${number === 1 ? one : many}`;

/** A length of time in microseconds, with three digits or so: "420 µs", "4.2 ms", "1.24 s", "2 min 5 s", "3 d 4 h". */
export function duration(us) {
  if (us < 1_000) return `${Math.round(us)} µs`;
  if (us < 9_995) return `${trimmed((us / 1_000).toFixed(1))} ms`;
  if (us < 999_500) return `${Math.round(us / 1_000)} ms`;
  if (us < 9_995_000) return `${trimmed((us / 1_000_000).toFixed(2))} s`;
  if (us < 59_950_000) return `${trimmed((us / 1_000_000).toFixed(1))} s`;
  const units = [[86_400, "d"], [3_600, "h"], [60, "min"], [1, "s"]];
  let seconds = Math.round(us / 1_000_000);
  const at = units.findIndex(([length]) => seconds >= length);
  const words = [];
  // Two units say enough.
  for (const [length, unit] of units.slice(at, at + 2)) {
    const whole = Math.floor(seconds / length);
    seconds -= whole * length;
    if (whole > 0) words.push(`${whole} ${unit}`);
  }
  return words.join(" ");
}

const trimmed = (digits) => (digits.includes(".") ? digits.replace(/\.?0+$/, "") : digits);

/** A size in bytes: "812 bytes", "12.3 KB", "4 MB". */
export function bytes(size) {
  if (size < 1_000) return plural(size, "byte");
  const unit = size < 999_950 ? [1_000, "KB"] : size < 999_950_000 ? [1_000_000, "MB"] : [1_000_000_000, "GB"];
  return `${trimmed((size / unit[0]).toFixed(1))} ${unit[1]}`;
}

/** Milliseconds since 1970 as a time of day in UTC: "14:03:27". */
export const timeOfDay = (ms) => new Date(ms).toISOString().slice(11, 19);

/** A text cut after so many characters, with an ellipsis. */
export function cut(text, length) {
  if (text.length <= length) return text;
  // A pair of surrogates stays whole.
  const end = /[\uD800-\uDBFF]/.test(text[length - 1]) ? length - 1 : length;
  return `${text.slice(0, end)}…`;
}
