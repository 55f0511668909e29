import assert from "node:assert/strict";
import { test } from "node:test";
import { parse } from "../model/clean.js";

test("the view library's own keys don't come from outside", () => {
  const plain = { content: "a", embeds: [{ title: "b" }], flags: 0 };
  assert.deepEqual(parse(JSON.stringify(plain)), plain);
  const hostile = { content: "says _$litType$", embeds: [{ title: { _$litType$: 1, strings: ["<b>"] }, x: { _$litDirective$: {}, y: 1 } }] };
  const cleaned = { content: "says _$litType$", embeds: [{ title: { strings: ["<b>"] }, x: { y: 1 } }] };
  assert.deepEqual(parse(JSON.stringify(hostile)), cleaned);
  assert.deepEqual(parse(JSON.stringify(hostile).replaceAll("_$lit", "\\u005f$lit")), cleaned);
  assert.throws(() => parse("{"), SyntaxError);
});
