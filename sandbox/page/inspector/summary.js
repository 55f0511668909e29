// What a timeline comes to: when the member saw something, what it took, and what it touched. No DOM here.

import { isSpan } from "./rows.js";
import { endOf, range } from "./scale.js";

/** How many letters tell a model's words from others. */
const TELLING = 12;

/** The sums of a timeline; times in microseconds, null where nothing is known. */
export function summary(detail, now) {
  const { timeline } = detail;
  const own = timeline.filter((entry) => !isSpan(entry));
  const of = (lane, list) => list.filter((entry) => entry.lane === lane);
  const [requests, models] = [of("rest", own), of("model", own)];
  const [hot, cold] = [of("hot", timeline), of("cold", timeline)];
  const { from, to } = range(timeline, now);
  const sum = (list, number) => list.reduce((sum, entry) => sum + number(entry), 0);
  return {
    acknowledged: detail.acknowledged_after_ms === undefined || detail.acknowledged_after_ms === null ? null : detail.acknowledged_after_ms * 1_000,
    firstWord: firstWord(own),
    whole: timeline.length === 0 ? null : to - from,
    underWay: timeline.some((entry) => entry.took_us === null),
    requests: requests.length,
    failed: requests.filter((entry) => entry.failed).length,
    violating: requests.filter((entry) => entry.violations?.length > 0 || entry.unknown).length,
    models: models.length,
    tokensIn: sum(models, (entry) => sum(entry.prompt ?? [], (message) => message.tokens)),
    tokensOut: sum(models, (entry) => entry.tokens_sent ?? 0),
    hot: hot.length,
    keys: new Set(hot.flatMap((entry) => keysOf(entry.attributes))).size,
    statements: cold.length,
    traced: timeline.some(isSpan),
  };
}

/** Discord's message in a request's body: a callback has it inside. */
function messageOf(entry) {
  const body = entry.request;
  if (typeof body !== "object" || body === null) return null;
  return typeof body.data === "object" && body.data !== null && "type" in body ? body.data : body;
}

/**
 * When the member saw the first word: the end of the first request that showed what the model said; of one without a
 * model, of the first that showed anything. From the begin of the timeline; null when none did.
 */
export function firstWord(entries) {
  if (entries.length === 0) return null;
  const from = entries.reduce((least, entry) => Math.min(least, entry.at_us), Infinity);
  const model = entries.find((entry) => entry.lane === "model");
  const said = (model?.said ?? "").trim();
  const showing = entries.filter((entry) => {
    if (entry.lane !== "rest" || entry.failed || !/^(POST|PATCH|PUT) /.test(entry.title)) return false;
    const message = messageOf(entry);
    return ["content", "embeds", "components"].some((field) => message?.[field]?.length > 0);
  });
  const words = (entry) => {
    const text = texts(messageOf(entry)).join("\n").trim();
    return said !== "" && (text.includes(said.slice(0, TELLING)) || (text.length > 0 && said.startsWith(text.slice(0, TELLING))));
  };
  // A bot may change the words: then what it shows after the model began is the best there is.
  const first = model
    ? (showing.find(words) ?? (said === "" ? undefined : showing.find((entry) => entry.at_us > model.at_us)))
    : showing[0];
  return first ? endOf(first, first.at_us) - from : null;
}

/** The texts of a message: its content, and those of its embeds and components. */
function texts(value, depth = 0) {
  if (typeof value !== "object" || value === null || depth > 6) return [];
  const own = [value.content, value.description].filter((text) => typeof text === "string");
  const lists = [value.embeds, value.components].filter(Array.isArray);
  return [...own, ...lists.flat().flatMap((below) => texts(below, depth + 1))];
}

/** The keys that a span of the hot store names: a list, or lines. */
export function keysOf(attributes) {
  const keys = attributes?.["troupe.hot.keys"] ?? attributes?.["db.redis.keys"];
  if (Array.isArray(keys)) return keys.map(String);
  return typeof keys === "string" ? keys.split("\n").filter((key) => key !== "") : [];
}

/** A key in pieces `{ text, id }`: what names its family, and what stands for somebody or some time. */
export function keyParts(key) {
  const pieces = key.split(/([:/])/);
  const isId = (text) => /^\{.*\}$/.test(text) || /^\d[\d-]*$/.test(text) || /^[0-9a-f-]{16,}$/i.test(text) || /^[A-Z][A-Z_]*$/.test(text);
  const parts = [];
  for (const text of pieces) {
    const id = isId(text);
    const last = parts.at(-1);
    if (last && last.id === id) last.text += text;
    else if (text !== "") parts.push({ text, id });
  }
  return parts;
}

/** The spans around an entry, the nearest first. */
function around(timeline, entry) {
  const spans = new Map(timeline.filter(isSpan).map((span) => [span.span, span]));
  const found = new Set();
  for (let above = spans.get(entry.parent); above && !found.has(above); above = spans.get(above.parent)) found.add(above);
  return [...found];
}

/** How many tokens a second a model's answer comes with, from its first one on; null when that can't be told. */
export function pace(entry, now) {
  const first = entry.first_token_ms;
  if (typeof first !== "number" || entry.tokens_sent < 2) return null;
  const lasted = (endOf(entry, now) - entry.at_us) / 1_000 - first;
  // What came at once has no pace.
  return lasted >= 100 ? ((entry.tokens_sent - 1) * 1_000) / lasted : null;
}

/**
 * The parts of a model's prompt, `[{ part, tokens }]`, as a span tells them: this one, one around it, or for a call that
 * names none the nearest before it.
 */
export function promptParts(timeline, entry) {
  const tells = (other) => isSpan(other) && other.attributes?.["troupe.prompt.parts"] !== undefined;
  const chosen = tells(entry) ? entry : entry.parent ? around(timeline, entry).find(tells) : timeline.findLast((other) => tells(other) && other.at_us <= entry.at_us + 1_000);
  if (!chosen) return [];
  let parts = chosen.attributes["troupe.prompt.parts"];
  if (typeof parts === "string") {
    try {
      parts = JSON.parse(parts);
    } catch {
      return [];
    }
  }
  if (!Array.isArray(parts)) return [];
  return parts
    .filter((part) => typeof part?.part === "string" && Number.isFinite(part.tokens) && part.tokens >= 0)
    .map(({ part, tokens }) => ({ part, tokens }));
}
