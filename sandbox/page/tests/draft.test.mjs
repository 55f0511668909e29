// Drafts: the word that a list may finish, and names that become mentions and back.

import assert from "node:assert/strict";
import { test } from "node:test";
import { decode, encode, finish, lengthOf, wordAt } from "../model/draft.js";
import { EMOJI, emojiNamed, searchEmoji } from "../model/emoji-names.js";

test("the word at the caret", () => {
  assert.deepEqual(wordAt("hi @ma", 6), { sign: "@", query: "ma", start: 3 });
  assert.deepEqual(wordAt("@", 1), { sign: "@", query: "", start: 0 });
  assert.deepEqual(wordAt("see #gen now", 8), { sign: "#", query: "gen", start: 4 });
  assert.deepEqual(wordAt(":ta", 3), { sign: ":", query: "ta", start: 0 });
  for (const [text, caret] of [["a@b.c", 5], ["10:30", 5], [": )", 3], [":t", 2], ["@max ", 5], ["", 0]]) {
    assert.equal(wordAt(text, caret), null, text);
  }
  assert.equal(wordAt(`@${"x".repeat(100_000)}`, 100_001), null);
});

test("a finished word has a space behind it, once", () => {
  const word = wordAt("hi @ma", 6);
  assert.deepEqual(finish("hi @ma", 6, word, "@Max"), { text: "hi @Max ", caret: 8 });
  assert.deepEqual(finish("hi @ma there", 6, word, "@Max"), { text: "hi @Max there", caret: 8 });
});

test("picked names become mentions, others stay", () => {
  const picks = new Map([["@Max", "<@1>"], ["@Max Power", "<@2>"], ["#stage", "<#3>"]]);
  assert.equal(encode("@Max, @Max Power and @Maximilian in #stage", picks), "<@1>, <@2> and @Maximilian in <#3>");
  assert.equal(encode("`@Max` ```\n#stage\n``` @Max", picks), "`@Max` ```\n#stage\n``` <@1>");
  assert.equal(encode("@Mia", picks), "@Mia");
});

test("names of emoji become emoji, but not in code or times", () => {
  assert.equal(encode(":tada: 10:30:00 :nothing: `:tada:`", new Map(), emojiNamed), "🎉 10:30:00 :nothing: `:tada:`");
});

test("hostile drafts keep their text", () => {
  for (const text of [":".repeat(50_000), "@".repeat(50_000), "`".repeat(50_001), "<@".repeat(20_000)]) {
    assert.equal(encode(text, new Map([["@Max", "<@1>"]]), emojiNamed), text);
  }
});

test("a sent text is edited by names", () => {
  const names = { "@1000000": "Max", "@2000000": "Max", "#3000000": "stage" };
  const nameOf = (sign, id) => names[`${sign[0]}${id}`] ?? null;
  const { text, picks } = decode("<@1000000> <@2000000> <@1000000> <#3000000> <@9999999>", nameOf);
  assert.equal(text, "@Max <@2000000> @Max #stage <@9999999>");
  assert.equal(encode(text, picks), "<@1000000> <@2000000> <@1000000> <#3000000> <@9999999>");
});

test("characters are counted as Discord counts them", () => {
  assert.equal(lengthOf("aß😀"), 3);
});

test("emoji are found by name, each once", () => {
  assert.equal(new Set(EMOJI.map(({ name }) => name)).size, EMOJI.length);
  assert.ok(EMOJI.length > 300);
  assert.equal(searchEmoji("rock")[0].name, "rocket");
  assert.equal(searchEmoji(":thumbs up:")[0]?.name, undefined);
  assert.deepEqual(searchEmoji("thumb").map(({ name }) => name), ["thumbsup", "thumbsdown"]);
  assert.deepEqual(searchEmoji("qqqq"), []);
});
