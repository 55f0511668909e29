// Option values: what will do, what is said of what won't, and what is sent.

import assert from "node:assert/strict";
import { test } from "node:test";
import { OPTION } from "../model/commands.js";
import { REQUIRED, blank, complete, nameIn, read, unfinished } from "../model/options.js";

const option = (type, more = {}) => ({
  name: "o", label: "o", type, required: false, autocomplete: false, choices: [], min: null, max: null, minLength: null, maxLength: null, channelTypes: [], ...more,
});
const typed = (text) => ({ ...blank(), text });
const people = [
  { id: "10000000000000001", name: "Max", hint: "max" },
  { id: "10000000000000002", name: "Mia", hint: "mia" },
  { id: "10000000000000003", name: "mia", hint: "other" },
];

test("nothing typed is nothing, unless it is required", () => {
  for (const type of Object.values(OPTION).filter((type) => type > 2)) {
    assert.deepEqual(read(option(type), blank()), {}, `type ${type}`);
    assert.ok(read(option(type, { required: true }), blank()).problem, `type ${type}`);
  }
  assert.equal(read(option(OPTION.STRING, { required: true }), typed("  ")).problem, REQUIRED);
});

test("texts have lengths in characters, not in code units", () => {
  const short = option(OPTION.STRING, { minLength: 2, maxLength: 3 });
  assert.deepEqual(read(short, typed(" abc ")), { value: "abc" });
  assert.deepEqual(read(short, typed("😀😀😀")), { value: "😀😀😀" });
  assert.equal(read(short, typed("a")).problem, "Must be at least 2 characters long.");
  assert.equal(read(short, typed("abcd")).problem, "Must be at most 3 characters long. This is 4.");
});

test("numbers are numbers, in their range", () => {
  const whole = option(OPTION.INTEGER, { min: 1, max: 5 });
  assert.deepEqual(read(whole, typed(" 4 ")), { value: 4 });
  for (const text of ["4.5", "four", "1e3", "", "9007199254740994"].filter(Boolean)) {
    assert.equal(read(option(OPTION.INTEGER), typed(text)).problem, "Input a valid integer.", text);
  }
  assert.equal(read(whole, typed("6")).problem, "Number must be between 1 and 5.");
  assert.equal(read(option(OPTION.NUMBER, { max: 2.5 }), typed("2.6")).problem, "Number must be at most 2.5.");
  assert.equal(read(option(OPTION.NUMBER, { min: 0 }), typed("-1")).problem, "Number must be at least 0.");
  assert.deepEqual(read(option(OPTION.NUMBER), typed("-2.25")), { value: -2.25 });
  assert.equal(read(option(OPTION.NUMBER), typed("Infinity")).problem, "Input a valid number.");
  assert.deepEqual(read(option(OPTION.INTEGER, { autocomplete: true }), { ...blank(), text: "seven", pick: { name: "seven", value: 7 } }), { value: 7 });
});

test("only a choice will do where there are choices", () => {
  const choice = option(OPTION.INTEGER, { choices: [{ name: "Eins", value: 1 }] });
  assert.deepEqual(read(choice, typed("eins")), { value: 1 });
  assert.equal(read(choice, typed("1")).problem, "Input a valid integer.");
  assert.deepEqual(read(option(OPTION.BOOLEAN), typed("True")), { value: true });
  assert.equal(read(option(OPTION.BOOLEAN), typed("yes")).problem, "Input a valid boolean.");
});

test("names mean who is here, if they mean one", () => {
  assert.equal(nameIn(people, "@max").id, people[0].id);
  assert.equal(nameIn(people, "mia"), null, "two are called so");
  assert.equal(nameIn(people, "other").id, people[2].id);
  assert.equal(nameIn(people, "<@!10000000000000002>").id, people[1].id);
  assert.equal(nameIn(people, "10000000000000009"), null);
  assert.equal(read(option(OPTION.USER), typed("nobody"), people).problem, "Input a valid user.");
  assert.deepEqual(read(option(OPTION.USER), typed("Max"), people), { value: people[0].id });
});

test("a command's body has the real names and values, and files as their bytes", () => {
  const leaf = {
    options: [
      option(OPTION.STRING, { name: "message", label: "nachricht", required: true }),
      option(OPTION.USER, { name: "who" }),
      option(OPTION.ATTACHMENT, { name: "file" }),
      option(OPTION.BOOLEAN, { name: "private" }),
    ],
  };
  const file = { filename: "a.png", base64: "AA==", content_type: "image/png", size: 1, preview: "blob:x" };
  const values = new Map([["message", typed("hi")], ["who", typed("max")], ["file", { ...blank(), file }], ["private", blank()]]);
  const { options, problems } = complete(leaf, values, () => people);
  assert.equal(problems.size, 0);
  assert.deepEqual(options, { message: "hi", who: people[0].id, file: { filename: "a.png", base64: "AA==", content_type: "image/png" } });
  const missing = complete(leaf, new Map([["private", typed("x")]]), () => []);
  assert.deepEqual([...missing.problems.keys()], ["message", "private"]);
});

test("while an option is typed the others that will do go along", () => {
  const leaf = {
    options: [
      option(OPTION.STRING, { name: "character", autocomplete: true, required: true }),
      option(OPTION.INTEGER, { name: "whole" }),
      option(OPTION.STRING, { name: "message" }),
      option(OPTION.ATTACHMENT, { name: "file" }),
    ],
  };
  const file = { filename: "a", base64: "", content_type: "x/y" };
  const values = new Map([["character", typed("No ")], ["whole", typed("many")], ["message", typed("hi")], ["file", { ...blank(), file }]]);
  assert.deepEqual(unfinished(leaf, values, "character", () => []), { character: "No ", message: "hi" });
});
