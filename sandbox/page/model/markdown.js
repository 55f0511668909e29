// Discord's Markdown as a tree: the blocks of a text. What stands in a line is model/markdown_inline.js's.
//
// A tree is a list of nodes `{ kind, … }`. Blocks: "paragraph", "subtext", "quote" (`children`), "heading" (`level`,
// `children`), "list" (`ordered`, `start`, `items`: lists of nodes). In them stand the inline kinds. Every character
// of a text is in its tree, but for the markers; what is no marker after all is text. One pass, whatever the text.

import { inline } from "./markdown_inline.js";

/** How deep lists in lists may be. */
const LIST_DEPTH = 10;

const HEADING = /(#{1,3}) +(?=\S)/y;
const SUBTEXT = /-# +(?=\S)/y;
const ITEM = /( {0,40})(?:([-*])|(\d{1,9})\.) +(?=\S)/y;
const QUOTE = / {0,3}>(?: |(?=\n|$))/y;
const QUOTE_REST = / {0,3}>>> /y;

/**
 * The tree of a text. With `masked`, `[words](address)` is a link: for bots' messages, webhooks' and embeds. `spent`,
 * if given, counts the steps it took in `spent.steps`.
 */
export function parse(text, { masked = false, spent = { steps: 0 } } = {}) {
  return blocks(String(text), { masked, spent, quoted: false });
}

/** The tree of a single line, without blocks: for titles, names and previews. Without `links`, addresses are text. */
export function parseLine(text, { masked = false, links = true, spent = { steps: 0 } } = {}) {
  return inline(String(text), { masked, spent, depth: links ? 0 : 1 });
}

/** A tree's words alone; `name` gives what a mention's node shows. */
export function plain(nodes, name = () => "") {
  return nodes.map((node) => words(node, name)).join("");
}

function words(node, name) {
  if (node.text !== undefined) return node.text;
  if (node.children) return plain(node.children, name);
  if (node.items) return node.items.map((item) => plain(item, name)).join("\n");
  return name(node);
}

function blocks(text, options) {
  const reader = { text, at: 0, fences: fences(text) };
  const nodes = [];
  let from = 0;
  const paragraph = (to) => {
    // The line break beside a block is the block's.
    const inside = text.slice(from, to > from && to < text.length && text[to - 1] === "\n" ? to - 1 : to);
    if (inside !== "") nodes.push({ kind: "paragraph", children: inline(inside, options) });
  };
  while (reader.at < text.length) {
    options.spent.steps += 1;
    const at = reader.at;
    const block = quote(reader, options) ?? heading(reader, options) ?? list(reader, options);
    if (block === null) {
      reader.at = lineEnd(reader, at);
      continue;
    }
    paragraph(at);
    nodes.push(block);
    from = reader.at;
  }
  paragraph(text.length);
  return nodes;
}

/** A pattern at a place, or null. */
function look(pattern, text, at) {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

/** Where the line ends that holds `at`, its break included; a block of code in it has no line breaks. */
function lineEnd({ text, fences }, at) {
  for (;;) {
    const end = text.indexOf("\n", at);
    if (end < 0) return text.length;
    while (fences.next < fences.all.length && fences.all[fences.next].to <= at) fences.next += 1;
    const fence = fences.all[fences.next];
    if (!fence || fence.from > end) return end + 1;
    at = fence.to;
  }
}

/** Where blocks of code are, in order. */
function fences(text) {
  const all = [];
  let at = 0;
  for (;;) {
    const from = text.indexOf("```", at);
    const to = from < 0 ? -1 : text.indexOf("```", from + 3);
    if (to < 0) return { all, next: 0 };
    all.push({ from, to: to + 3 });
    at = to + 3;
  }
}

function quote(reader, options) {
  // There are no quotes in quotes.
  if (options.quoted) return null;
  const { text } = reader;
  const inside = { ...options, quoted: true };
  const rest = look(QUOTE_REST, text, reader.at);
  if (rest) {
    reader.at = text.length;
    return { kind: "quote", children: blocks(text.slice(rest.index + rest[0].length), inside) };
  }
  const lines = [];
  for (;;) {
    const mark = reader.at < text.length ? look(QUOTE, text, reader.at) : null;
    if (!mark || look(QUOTE_REST, text, reader.at)) break;
    const end = text.indexOf("\n", reader.at);
    lines.push(text.slice(reader.at + mark[0].length, end < 0 ? text.length : end));
    reader.at = end < 0 ? text.length : end + 1;
    options.spent.steps += 1;
  }
  return lines.length === 0 ? null : { kind: "quote", children: blocks(lines.join("\n"), inside) };
}

function heading(reader, options) {
  const { text, at } = reader;
  const head = look(HEADING, text, at);
  const mark = head ?? look(SUBTEXT, text, at);
  if (!mark) return null;
  reader.at = lineEnd(reader, at);
  const line = text.slice(at + mark[0].length, reader.at).replace(/\n$/, "");
  const children = inline(line, options);
  return head ? { kind: "heading", level: head[1].length, children } : { kind: "subtext", children };
}

function list(reader, options) {
  const { text } = reader;
  const lists = [];
  for (;;) {
    options.spent.steps += 1;
    const mark = reader.at < text.length ? look(ITEM, text, reader.at) : null;
    // Numbers after points, and points after numbers, are another list.
    const ordered = mark?.[3] !== undefined;
    if (!mark || (lists.length > 0 && mark[1].length <= lists[0].indent && ordered !== lists[0].node.ordered)) break;
    const from = reader.at + mark[0].length;
    reader.at = lineEnd(reader, from);
    // What is written below an item, in from it, belongs to it.
    while (text.startsWith(" ".repeat(mark[1].length + 2), reader.at) && !look(ITEM, text, reader.at)) {
      if (/^ *(?:\n|$)/.test(text.slice(reader.at, reader.at + 200))) break;
      reader.at = lineEnd(reader, reader.at);
      options.spent.steps += 1;
    }
    const written = text.slice(from, reader.at).replace(/\n$/, "");
    const item = inline(written.replace(/\n( +)/g, (_, space) => `\n${space.slice(mark[1].length + 2)}`), options);
    hang(lists, mark[1].length, mark[3], item);
  }
  return lists.length === 0 ? null : lists[0].node;
}

/** Puts an item into the list of its indent: a deeper one goes into the last item above it. */
function hang(lists, indent, number, item) {
  while (lists.length > 1 && indent < lists[lists.length - 1].indent) lists.pop();
  const last = lists[lists.length - 1];
  const deeper = last !== undefined && indent > last.indent && lists.length < LIST_DEPTH;
  if (last !== undefined && !deeper) {
    last.node.items.push(item);
    return;
  }
  const node = { kind: "list", ordered: number !== undefined, start: number === undefined ? 1 : Number(number), items: [item] };
  last?.node.items[last.node.items.length - 1].push(node);
  lists.push({ indent, node });
}
