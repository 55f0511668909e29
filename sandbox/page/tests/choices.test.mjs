import assert from "node:assert/strict";
import { test } from "node:test";
import { initialOf, optionsOf, searched } from "../model/choices.js";
import { peopleOf } from "../model/known.js";

const people = peopleOf({
  viewer: { id: "1", locale: "en-US" },
  people: [{ id: "1", username: "max", global_name: "Max" }],
  apps: [],
  direct: [],
  guilds: [{
    id: "5", permissions: "0",
    channels: [{ id: "7", name: "stage", type: 0 }, { id: "8", name: "voice", type: 2 }, { id: "9", name: "aside", type: 11 }],
    roles: [{ id: "5", name: "@everyone", color: 0, position: 0 }, { id: "6", name: "Admin", color: 1, position: 1 }],
    members: [{ id: "1", username: "max", global_name: "Max", nick: null, roles: [] }, { id: "2", username: "Troupe", bot: true, nick: "Players", roles: [] }],
  }],
}, "5");
const labels = (options) => options.map((option) => option.label);

test("each kind of menu lists its own", () => {
  assert.deepEqual(labels(optionsOf({ type: 3, options: [{ label: "A", value: "a" }] }, people)), ["A"]);
  assert.deepEqual(labels(optionsOf({ type: 5 }, people)), ["Max", "Players"]);
  assert.deepEqual(labels(optionsOf({ type: 6 }, people)), ["Admin", "@everyone"]);
  assert.deepEqual(labels(optionsOf({ type: 7 }, people)), ["Max", "Players", "Admin", "@everyone"]);
  assert.deepEqual(labels(optionsOf({ type: 8 }, people)), ["stage", "voice"]);
  assert.deepEqual(labels(optionsOf({ type: 8, channel_types: [11] }, people)), ["aside"]);
  assert.deepEqual(labels(optionsOf({ type: 5 }, people, ["99"])), ["Max", "Players", "99"]);
});

test("defaults and searches", () => {
  assert.deepEqual(initialOf({ options: [{ value: "a", default: true }, { value: "b" }] }), ["a"]);
  assert.deepEqual(initialOf({ default_values: [{ id: "1", type: "user" }] }), ["1"]);
  const options = [{ label: "Banana" }, { label: "Anna" }, { label: "Cherry", description: "an odd one" }, { label: "Plum" }];
  assert.deepEqual(labels(searched(options, " AN ")), ["Anna", "Banana", "Cherry"]);
  assert.equal(searched(Array.from({ length: 90 }, (_, i) => ({ label: String(i) })), "").length, 50);
});
