// Colours for code in any language: strings, numbers, comments and keywords, found without a grammar.

/** Longer code is shown plain. */
const LONGEST = 8_000;

const WORDS =
  "abstract and as assert async await begin bool boolean break byte case catch char class const continue crate def default defer delete do double dyn elif else elseif end enum except export extends extern false final finally float fn for foreach from func function global go goto if impl implements import in include inline instanceof int interface internal is lambda let local long loop match mod module move mut namespace new nil nonlocal none None not null or override package pass private protected pub public raise readonly ref require return self Self short signed sizeof static string struct super switch template then this throw throws trait true True False try type typeof undefined union unless unsafe unsigned until use using val var virtual void volatile when where while with yield " +
  "select insert update delete from where join left right inner outer on group by order having limit offset into values set create table index view drop alter primary key foreign references union distinct exists between like";
const KEYWORDS = new Set(WORDS.split(" "));
const UPPER = new Set(WORDS.split(" ").map((word) => word.toUpperCase()));

/** By how a language begins a comment that ends with its line. */
const HASH = new Set("py python sh bash zsh shell fish yaml yml toml rb ruby ini conf make makefile dockerfile r perl pl nix elixir ex".split(" "));
const DASHES = new Set("sql lua haskell hs ada elm".split(" "));
const SLASHES = new Set("js javascript mjs jsx ts typescript tsx rs rust java c h cpp c++ cc hpp cs csharp c# go kotlin kt swift php scala dart zig css scss less json jsonc json5 proto groovy objc".split(" "));
const MARKUP = new Set("html xml svg vue markup".split(" "));

/** Whether code of this language is coloured. */
export const isKnown = (language) =>
  language === "diff" || HASH.has(language) || DASHES.has(language) || SLASHES.has(language) || MARKUP.has(language);

/**
 * Parts of `code`, `{ kind, text }` with the kinds "text", "string", "number", "comment", "keyword", "added" and
 * "removed"; their texts together are the code.
 */
export function highlight(code, language) {
  const name = language.toLowerCase();
  if (!isKnown(name) || code.length > LONGEST) return [{ kind: "text", text: code }];
  return name === "diff" ? diff(code) : tokens(code, name);
}

function tokens(code, name) {
  // Each alternative begins in its own way and gives nothing back, so that this takes one step a character.
  const comment = HASH.has(name) ? "#[^\\n]*" : DASHES.has(name) ? "--[^\\n]*" : SLASHES.has(name) ? "\\/\\/[^\\n]*" : "<!--";
  const next = new RegExp(
    `(?<comment>${comment})|(?<block>\\/\\*)|(?<string>"(?:[^"\\\\\\n]|\\\\.)*"?|'(?:[^'\\\\\\n]|\\\\.)*'|\`(?:[^\`\\\\]|\\\\.)*\`)` +
      `|(?<number>\\b\\d[\\w.]*)|(?<word>[\\p{L}_$][\\p{L}\\p{N}_$]*)|(?<other>[\\s\\S])`,
    "uy",
  );
  const found = collector();
  const ends = { "*/": 0, "-->": 0 };
  while (next.lastIndex < code.length) {
    const at = next.lastIndex;
    const { comment: line, block, string, number, word } = next.exec(code).groups;
    const open = block ?? (line === "<!--" ? line : undefined);
    if (open !== undefined) {
      const close = block ? "*/" : "-->";
      // An end that was looked for in vain isn't looked for again.
      const end = ends[close] < 0 ? -1 : code.indexOf(close, at + open.length);
      ends[close] = end;
      if (end < 0) {
        found.add("text", open);
        continue;
      }
      found.add("comment", code.slice(at, end + close.length));
      next.lastIndex = end + close.length;
    } else {
      const kind = line ? "comment" : string ? "string" : number ? "number" : isKeyword(word, name) ? "keyword" : "text";
      found.add(kind, code.slice(at, next.lastIndex));
    }
  }
  return found.parts;
}

function isKeyword(word, name) {
  if (word === undefined || MARKUP.has(name)) return false;
  return KEYWORDS.has(word) || (name === "sql" && UPPER.has(word));
}

function diff(code) {
  const found = collector();
  for (const line of code.split(/(?<=\n)/)) {
    found.add(line.startsWith("+") ? "added" : line.startsWith("-") ? "removed" : line.startsWith("@@") ? "comment" : "text", line);
  }
  return found.parts;
}

/** Parts in order; neighbours of one kind become one. */
function collector() {
  const parts = [];
  const add = (kind, text) => {
    const last = parts[parts.length - 1];
    if (last?.kind === kind) last.text += text;
    else parts.push({ kind, text });
  };
  return { parts, add };
}
