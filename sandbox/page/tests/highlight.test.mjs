import assert from "node:assert/strict";
import { test } from "node:test";
import { highlight } from "../model/highlight.js";

const short = (code, language) =>
  highlight(code, language).filter((part) => part.kind !== "text").map((part) => `${part.kind}:${part.text}`);

test("strings, numbers, comments and keywords are found", () => {
  assert.deepEqual(short('let a = "b\\"c"; // d', "js"), ["keyword:let", 'string:"b\\"c"', "comment:// d"]);
  assert.deepEqual(short("x = 0x1f # y\n'z'", "py"), ["number:0x1f", "comment:# y", "string:'z'"]);
  assert.deepEqual(short("SELECT 1 -- all", "sql"), ["keyword:SELECT", "number:1", "comment:-- all"]);
  assert.deepEqual(short("a /* b\nc */ d /* e", "rust"), ["comment:/* b\nc */"]);
  assert.deepEqual(short("<!-- a --> <b c=\"d\">", "html"), ["comment:<!-- a -->", 'string:"d"']);
  assert.deepEqual(short("+a\n-b\n c", "diff"), ["added:+a\n", "removed:-b\n"]);
  assert.deepEqual(short('let "a" 1', ""), []);
  assert.deepEqual(short('let "a" 1', "unknown"), []);
});

test("the parts are the code again, whatever it is", () => {
  const pieces = ['"', "'", "`", "\\", "/*", "*/", "//", "#", "--", "<!--", "-->", "\n", "let ", "1.5", "a", "ä", "😀", " ", "\u0000"];
  let state = 3;
  const next = (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  for (let round = 0; round < 2000; round += 1) {
    let code = "";
    for (let n = next(80); n > 0; n -= 1) code += pieces[next(pieces.length)];
    for (const language of ["js", "py", "sql", "html", "diff", "x"]) {
      assert.equal(highlight(code, language).map((part) => part.text).join(""), code);
    }
  }
});
