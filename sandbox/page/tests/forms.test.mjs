// Modals as forms.

import assert from "node:assert/strict";
import { test } from "node:test";
import { bounds, fieldsOf, initial, isChanged, partsOf, problemOf } from "../model/forms.js";

const modal = {
  title: "A form",
  components: [
    { type: 10, content: "Words" },
    { type: 1, components: [{ type: 4, custom_id: "old", label: "Old", style: 1, value: "was" }] },
    { type: 18, label: "New", description: "Why", component: { type: 4, custom_id: "new", style: 2, required: false, min_length: 3, max_length: 5 } },
    { type: 18, label: "Fruit", component: { type: 3, custom_id: "fruit", min_values: 1, max_values: 2, options: [{ label: "A", value: "a", default: true }, { label: "B", value: "b" }] } },
    { type: 18, label: "Who", component: { type: 5, custom_id: "who", required: false, default_values: [{ id: 7, type: "user" }] } },
    { type: 18, label: "Files", component: { type: 19, custom_id: "files", max_values: 2 } },
    { type: 18, label: "Tick", component: { type: 23, custom_id: "tick", default: true } },
    { type: 18, label: "Boxes", component: { type: 22, custom_id: "boxes", required: false, options: [{ label: "1", value: "1" }, { label: "2", value: "2" }] } },
    { type: 99 },
  ],
};
const parts = partsOf(modal);
const part = (id) => parts.find((one) => one.id === id).part;

test("all of a modal's parts are found, with their labels", () => {
  assert.deepEqual(parts.map(({ kind, id, label }) => [kind, id, label]), [
    ["text", undefined, undefined],
    ["field", "old", "Old"],
    ["field", "new", "New"],
    ["field", "fruit", "Fruit"],
    ["field", "who", "Who"],
    ["field", "files", "Files"],
    ["field", "tick", "Tick"],
    ["field", "boxes", "Boxes"],
  ]);
  assert.equal(parts[2].description, "Why");
  assert.deepEqual(partsOf({}), []);
});

test("fields begin with what the application set", () => {
  assert.deepEqual(["old", "new", "fruit", "who", "files", "tick"].map((id) => initial(part(id))), ["was", "", ["a"], ["7"], [], true]);
  assert.deepEqual(bounds(part("boxes")), { min: 0, max: 2 });
  assert.deepEqual(bounds(part("files")), { min: 1, max: 2 });
});

test("what is missing, too short, too long or too many is said", () => {
  assert.equal(problemOf(part("old"), ""), "This field is required.");
  assert.equal(problemOf(part("new"), ""), null);
  assert.equal(problemOf(part("new"), "ab"), "Must be at least 3 characters in length.");
  assert.equal(problemOf(part("new"), "😀😀😀😀😀"), null);
  assert.equal(problemOf(part("new"), "abcdef"), "Must be 5 or fewer in length.");
  assert.equal(problemOf(part("fruit"), []), "This field is required.");
  assert.equal(problemOf(part("fruit"), ["a", "b", "c"]), "Choose at most 2 options.");
  assert.equal(problemOf(part("files"), []), "This field is required.");
  assert.equal(problemOf(part("who"), []), null);
  assert.equal(problemOf(part("tick"), false), null);
});

test("what is sent is by custom id, and changes are noticed", () => {
  const values = new Map(parts.filter(({ kind }) => kind === "field").map(({ id, part }) => [id, initial(part)]));
  assert.equal(isChanged(parts, values), false);
  values.set("files", [{ filename: "a", base64: "AA==", content_type: "x/y", size: 1 }]);
  assert.equal(isChanged(parts, values), true);
  assert.deepEqual(fieldsOf(parts, values), {
    old: "was", new: "", fruit: ["a"], who: ["7"], files: [{ filename: "a", base64: "AA==", content_type: "x/y" }], tick: true, boxes: [],
  });
});
