// What stands in the lines of Discord's Markdown: emphasis, code, links, mentions.
//
// Nodes: "text", "code" (`text`), "block" (`language`, `text`), "strong", "em", "underline", "strike", "spoiler"
// (`children`), "link" (`url`, `children`, `masked`), "user", "role", "channel" (`id`), "everyone" (`text`), "command"
// (`name`, `id`), "time" (`seconds`, `style`), "emoji" (`name`, `id`, `animated`).
//
// One pass with a stack of what is open. A closing marker looks only as deep as the stack may be, and a marker that
// stays open becomes text again: so no text takes more than a fixed number of steps for each of its characters.

import { brackets, lies, target, trimmed } from "./markdown_links.js";
import { safeUrl } from "./urls.js";

/** How many emphases may be in each other. */
const DEPTH = 12;
/** Longer addresses are text, and so are links that are longer with their words. */
const LONGEST_URL = 2048;
const LONGEST_LINK = 4096;

const ANGLE =
  /<(?:@(?<role>&?)!?(?<who>\d{1,20})|#(?<channel>\d{1,20})|\/(?<command>[^\s:<>]{1,32}(?: [^\s:<>]{1,32}){0,2}):(?<commandId>\d{1,20})|t:(?<seconds>-?\d{1,13})(?::(?<style>[tTdDfFRsS]))?|(?<animated>a?):(?<emoji>\w{1,32}):(?<emojiId>\d{1,20})|(?<url>https?:\/\/[^\s<>]{1,2048}))>/y;
const URL_START = /https?:\/\/(?=[^\s<])/y;
const URL_END = /[\s<]/g;
const EVERYONE = /@(?:everyone|here)(?!\w)/y;
const ESCAPED = /[^0-9A-Za-z\s]/;
const WORD = /[\p{L}\p{N}_]/u;
const MARKS = { "**": "strong", "*": "em", __: "underline", _: "em", "~~": "strike", "||": "spoiler" };
/** Where plain text may end. */
const SPECIAL = /[\\`*_~|<@[]|h(?=ttps?:\/\/)/g;

/** The nodes of a text. From a `depth` of 1 on, that is in a link, there are no links. */
export function inline(text, { masked = false, spent = { steps: 0 }, depth = 0 } = {}) {
  const open = [{ mark: "", children: [] }];
  const parser = { text, at: 0, masked, spent, depth, open, ticks: null, brackets: null, noFence: false, space: -1 };
  while (parser.at < text.length) {
    spent.steps += 1;
    SPECIAL.lastIndex = parser.at;
    const next = SPECIAL.exec(text)?.index ?? text.length;
    if (next > parser.at) {
      add(parser, text.slice(parser.at, next));
      parser.at = next;
    } else {
      step(parser);
    }
  }
  while (parser.open.length > 1) demote(parser);
  return parser.open[0].children;
}

/** Puts a node, or text, into what is open; texts that meet become one. */
function add(parser, what) {
  const { children } = parser.open[parser.open.length - 1];
  const last = children[children.length - 1];
  if (typeof what !== "string") children.push(what);
  else if (last?.kind === "text") last.text += what;
  else if (what !== "") children.push({ kind: "text", text: what });
}

/** Makes the innermost open marker text again. */
function demote(parser) {
  const { mark, children } = parser.open.pop();
  add(parser, mark);
  for (const child of children) add(parser, child.kind === "text" ? child.text : child);
  parser.spent.steps += children.length;
}

function take(parser, length) {
  add(parser, parser.text.slice(parser.at, parser.at + length));
  parser.at += length;
}

function step(parser) {
  const { text, at } = parser;
  switch (text[at]) {
    case "\\":
      if (at + 1 < text.length && ESCAPED.test(text[at + 1])) {
        add(parser, text[at + 1]);
        parser.at += 2;
      } else {
        take(parser, 1);
      }
      return;
    case "`":
      return code(parser);
    case "<":
      return angle(parser);
    case "h":
      return address(parser);
    case "[":
      return link(parser);
    case "@": {
      EVERYONE.lastIndex = at;
      const found = EVERYONE.exec(text);
      if (!found) return take(parser, 1);
      add(parser, { kind: "everyone", text: found[0] });
      parser.at += found[0].length;
      return;
    }
    default:
      return emphasis(parser);
  }
}

function emphasis(parser) {
  const { text, at } = parser;
  const char = text[at];
  let run = 1;
  while (text[at + run] === char) run += 1;
  parser.spent.steps += run;
  const before = at > 0 ? text[at - 1] : "";
  const after = text[at + run] ?? "";
  let left = run;
  // First it closes what it can.
  for (let place = closes(parser, char, left, before, after); place > 0; place = closes(parser, char, left, before, after)) {
    const { mark } = parser.open[place];
    while (parser.open.length - 1 > place) demote(parser);
    // Of three, where two are wanted, the last two are meant.
    if (left === 3 && mark.length === 2 && !parser.open.some((open) => open.mark === char)) {
      add(parser, char);
      left -= 1;
    }
    const { children } = parser.open.pop();
    add(parser, { kind: MARKS[mark], children });
    left -= mark.length;
  }
  parser.at += run;
  // Then it opens. A long run is a line that somebody drew.
  const marks = left > 3 ? [] : left === 3 ? [char, char + char] : left > 0 ? [char.repeat(left)] : [];
  if (!marks.length || !marks.every((mark) => opens(parser, mark, before, after))) {
    add(parser, char.repeat(left));
    return;
  }
  for (const mark of marks) parser.open.push({ mark, children: [] });
}

/** Which open marker this run closes, the innermost first: its place in the stack, or 0. */
function closes(parser, char, left, before, after) {
  const { open } = parser;
  for (let i = open.length - 1; i > 0; i -= 1) {
    const { mark, children } = open[i];
    parser.spent.steps += 1;
    if (mark[0] !== char || mark.length > left) continue;
    // There is no empty emphasis.
    if (i === open.length - 1 && children.length === 0) continue;
    if (mark.length === 1 && left === 2) continue;
    if (mark === "*" && /\s/.test(before)) continue;
    if (mark === "_" && WORD.test(after)) continue;
    return i;
  }
  return 0;
}

function opens(parser, mark, before, after) {
  if (!(mark in MARKS) || parser.open.length > DEPTH) return false;
  if (parser.open.some((open) => open.mark === mark)) return false;
  if (after === "") return false;
  if (mark === "*") return !/\s/.test(after);
  return mark !== "_" || !WORD.test(before);
}

/** Code: a run of backticks, and all up to the next run as long. */
function code(parser) {
  const { text, at } = parser;
  if (text.startsWith("```", at) && fence(parser)) return;
  parser.ticks ??= runs(text, parser.spent);
  let run = 1;
  while (text[at + run] === "`") run += 1;
  const places = parser.ticks.get(run);
  // Runs are asked for from left to right: those that were passed are never looked at again.
  while (places && places.next < places.all.length && places.all[places.next] <= at) places.next += 1;
  const close = places?.all[places.next];
  if (close === undefined) return take(parser, run);
  let inside = text.slice(at + run, close);
  if (inside.trim() !== "" && /^ *`|` *$/.test(inside)) inside = inside.trim();
  add(parser, { kind: "code", text: inside });
  parser.at = close + run;
}

function runs(text, spent) {
  const found = new Map();
  for (const run of text.matchAll(/`+/g)) {
    const places = found.get(run[0].length) ?? { all: [], next: 0 };
    places.all.push(run.index);
    found.set(run[0].length, places);
    spent.steps += 1;
  }
  return found;
}

/** A block of code; false when it isn't one. */
function fence(parser) {
  const { text, at } = parser;
  const close = parser.noFence ? -1 : text.indexOf("```", at + 3);
  if (close < 0) {
    parser.noFence = true;
    return false;
  }
  const inside = text.slice(at + 3, close);
  if (inside.trim() === "") return false;
  const language = /^([a-zA-Z0-9_+\-.#]{1,32})\n/.exec(inside);
  const body = inside.slice(language ? language[0].length : 0);
  // Lines that are empty, at its ends, are not shown; nor is the line break on either side of the block.
  const shown = body.replace(/^\n+/, "").replace(/\n+$/, "");
  if (shown === "") return false;
  const { children } = parser.open[parser.open.length - 1];
  const last = children[children.length - 1];
  if (last?.kind === "text" && last.text.endsWith("\n")) last.text = last.text.slice(0, -1);
  add(parser, { kind: "block", language: language ? language[1] : "", text: shown });
  parser.at = close + 3 + (text[close + 3] === "\n" ? 1 : 0);
  return true;
}

function angle(parser) {
  ANGLE.lastIndex = parser.at;
  const found = ANGLE.exec(parser.text);
  const url = found?.groups.url === undefined ? null : safeUrl(found.groups.url);
  if (!found || (found.groups.url !== undefined && url === null)) return take(parser, 1);
  parser.at += found[0].length;
  const { role, who, channel, command, commandId, seconds, style, animated, emoji, emojiId } = found.groups;
  if (url !== null && parser.depth > 0) add(parser, found.groups.url);
  else if (url !== null) add(parser, { kind: "link", url, masked: false, children: [{ kind: "text", text: found.groups.url }] });
  else if (who) add(parser, { kind: role ? "role" : "user", id: who });
  else if (channel) add(parser, { kind: "channel", id: channel });
  else if (command) add(parser, { kind: "command", name: command, id: commandId });
  else if (seconds) add(parser, { kind: "time", seconds: Number(seconds), style: style ?? "f" });
  else add(parser, { kind: "emoji", name: emoji, id: emojiId, animated: animated === "a" });
}

/** An address that stands in the text as it is. */
function address(parser) {
  const { text, at } = parser;
  URL_START.lastIndex = at;
  if (!URL_START.test(text)) return take(parser, 1);
  // Where the next space is, for all the addresses before it.
  if (parser.space < at) {
    URL_END.lastIndex = at;
    parser.space = URL_END.exec(text)?.index ?? text.length;
  }
  let url = text.slice(at, Math.min(parser.space, at + LONGEST_URL + 1));
  // A marker that is open ends it too: **https://example.com** is bold. So does the middle of a link.
  for (const mark of ["](", ...parser.open.map((open) => open.mark)]) {
    const close = mark === "" || mark === "_" ? -1 : url.indexOf(mark);
    if (close > 0) url = url.slice(0, close);
  }
  url = trimmed(url);
  parser.spent.steps += url.length;
  const safe = url.length <= LONGEST_URL && parser.depth === 0 ? safeUrl(url) : null;
  if (safe === null) return take(parser, url.length);
  add(parser, { kind: "link", url: safe, masked: false, children: [{ kind: "text", text: url }] });
  parser.at += url.length;
}

/** A link under other words. One whose words look like an address, which might be another, is shown as it was written. */
function link(parser) {
  const { text, at, masked, depth } = parser;
  if (!masked || depth > 0) return take(parser, 1);
  parser.brackets ??= brackets(text, parser.spent);
  const middle = parser.brackets.get(at);
  const end = middle !== undefined && text[middle + 1] === "(" ? parser.brackets.get(middle + 1) : undefined;
  if (end === undefined || end - at > LONGEST_LINK) return take(parser, 1);
  const url = target(text.slice(middle + 2, end));
  const label = text.slice(at + 1, middle);
  if (url === null || label.trim() === "" || lies(label, url)) return take(parser, 1);
  parser.spent.steps += end - at;
  const children = inline(label, { masked: false, spent: parser.spent, depth: depth + 1 });
  add(parser, { kind: "link", url, masked: true, children });
  parser.at = end + 1;
}
