import assert from "node:assert/strict";
import { test } from "node:test";
import { clean } from "../model/clean.js";

test("the view library's own keys don't come from outside", () => {
  const plain = { content: "a", embeds: [{ title: "b" }], flags: 0, thread: undefined };
  assert.equal(clean(plain), plain);
  const hostile = { content: "says _$litType$", embeds: [{ title: { _$litType$: 1, strings: ["<b>"] }, x: { _$litDirective$: {}, y: 1 } }] };
  assert.deepEqual(clean(hostile), { content: "says _$litType$", embeds: [{ title: { strings: ["<b>"] }, x: { y: 1 } }] });
});
