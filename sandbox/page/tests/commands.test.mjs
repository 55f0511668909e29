// Commands as a client lists them, and command lines taken apart.

import assert from "node:assert/strict";
import { test } from "node:test";
import { KIND, entries, find, leaves, localised, named, namedAtEnd, opened, rank, tokenise } from "../model/commands.js";

const option = (name, more = {}) => ({ type: 3, name, description: `${name}.`, ...more });

const commands = [
  {
    id: "1",
    application_id: "9",
    type: 1,
    name: "talk",
    description: "Say something",
    name_localizations: { de: "sprechen" },
    description_localizations: { de: "Sag etwas" },
    options: [
      option("message", { required: true, max_length: 2000, name_localizations: { de: "nachricht" } }),
      option("character", { autocomplete: true }),
      option("form", { type: 4, choices: [{ name: "png", value: 0, name_localizations: { de: "PNG, ein Bild" } }] }),
    ],
  },
  {
    id: "2",
    application_id: "9",
    type: 1,
    name: "operator",
    description: "Run it",
    options: [
      { type: 1, name: "prompt", description: "Show the prompt" },
      {
        type: 2,
        name: "ai",
        description: "Switch",
        name_localizations: { de: "ki" },
        options: [
          { type: 1, name: "disable", description: "Off", name_localizations: { de: "aus" }, options: [option("scope", { required: true })] },
          { type: 1, name: "enable", description: "On" },
        ],
      },
    ],
  },
  { id: "3", application_id: "9", type: 3, name: "Translate", name_localizations: { de: "Übersetzen" } },
  { id: "4", application_id: "9", type: 2, name: "Greet" },
];

test("leaves are flat, sorted, and in the member's language", () => {
  const english = leaves(commands, "en-US");
  assert.deepEqual(english.map((leaf) => leaf.name), ["operator ai disable", "operator ai enable", "operator prompt", "talk"]);
  const german = leaves(commands, "de");
  assert.deepEqual(german.map((leaf) => leaf.name), ["operator ki aus", "operator ki enable", "operator prompt", "sprechen"]);
  // What is sent stays what the application knows.
  assert.deepEqual(german.map((leaf) => leaf.path), ["operator ai disable", "operator ai enable", "operator prompt", "talk"]);
  const talk = german.at(-1);
  assert.equal(talk.description, "Sag etwas");
  assert.deepEqual(talk.options.map(({ name, label, required }) => [name, label, required]), [
    ["message", "nachricht", true],
    ["character", "character", false],
    ["form", "form", false],
  ]);
  assert.deepEqual(talk.options[2].choices, [{ name: "PNG, ein Bild", value: 0 }]);
});

test("a language falls back as Discord's do", () => {
  const thing = { name: "colour", name_localizations: { "en-GB": "colour!", "es-ES": "color" } };
  assert.equal(localised(thing, "name", "en-US"), "colour!");
  assert.equal(localised(thing, "name", "es-419"), "color");
  assert.equal(localised(thing, "name", "fr"), "colour");
  assert.equal(localised({ name: "x", name_localizations: null }, "name", "de"), "x");
});

test("entries of menus are of their kind, by what is read", () => {
  assert.deepEqual(entries(commands, KIND.MESSAGE, "de").map(({ name, label }) => [name, label]), [["Translate", "Übersetzen"]]);
  assert.deepEqual(entries(commands, KIND.USER, "de").map(({ label }) => label), ["Greet"]);
});

test("what begins with the typed comes first, then words, then the rest", () => {
  assert.deepEqual(rank(["an apple", "pineapple", "apple pie", "pear"], "APP", (text) => [text]), ["apple pie", "an apple", "pineapple"]);
  const all = leaves(commands, "de");
  assert.deepEqual(find(all, "op").map((leaf) => leaf.path), ["operator ai disable", "operator ai enable", "operator prompt"]);
  assert.deepEqual(find(all, "talk").map((leaf) => leaf.path), ["talk"], "by its own name too");
  assert.deepEqual(find(all, "spre").map((leaf) => leaf.path), ["talk"]);
  assert.equal(find(all, "").length, all.length);
  assert.deepEqual(find(all, "nothing"), []);
});

test("a mention's path means its leaf, or the first below it", () => {
  const all = leaves(commands, "en-US");
  assert.equal(named(all, "talk").path, "talk");
  assert.equal(named(all, "operator ai").path, "operator ai disable");
  assert.equal(named(all, "nobody"), null);
});

test("a line opens the longest command that it names whole", () => {
  const all = leaves(commands, "de");
  assert.equal(opened(all, "/talk"), null, "it may go on");
  assert.deepEqual(opened(all, "/talk hi"), { leaf: all.at(-1), rest: "hi" });
  assert.equal(opened(all, "/SPRECHEN hi").leaf.path, "talk");
  assert.equal(opened(all, "/operator ai disable scope: x").leaf.path, "operator ai disable");
  assert.equal(opened(all, "/operator ai "), null);
  assert.equal(opened(all, "talk hi"), null);
});

test("a pasted line becomes option texts", () => {
  const { options } = leaves(commands, "de").at(-1);
  const take = (rest) => Object.fromEntries(tokenise(options, rest));
  assert.deepEqual(take("message: hi there character: Nora"), { message: "hi there", character: "Nora" });
  assert.deepEqual(take("nachricht:hi"), { message: "hi" });
  assert.deepEqual(take("just words"), { message: "just words" });
  assert.deepEqual(take("character: Nora message: at 10:30, see http://x"), { character: "Nora", message: "at 10:30, see http://x" });
  assert.deepEqual(take("message: say message: twice"), { message: "say message: twice" });
  assert.deepEqual(take("message:"), { message: "" });
  assert.deepEqual(take(""), {});
  assert.deepEqual([...tokenise([], "words")], []);
  assert.equal(tokenise(options, `${"a:".repeat(50_000)}`).size, 1, "hostile lines are taken too");
});

test("an option that is named at the end of a text", () => {
  const { options } = leaves(commands, "de").at(-1);
  assert.equal(namedAtEnd(options, "hi character:").option.name, "character");
  assert.equal(namedAtEnd(options, "hi  character:").rest, "hi");
  assert.equal(namedAtEnd(options, "nachricht:").option.name, "message");
  assert.equal(namedAtEnd(options, "xcharacter:"), null);
  assert.equal(namedAtEnd(options, "character: "), null);
});
