import assert from "node:assert/strict";
import { test } from "node:test";
import { emojiKey, emojiText } from "../model/emoji.js";
import { colourOf, faceOf, mentioned, nameOf, peopleOf, pings } from "../model/known.js";
import { hex } from "../model/people.js";
import { isNotice, partsOf, rowsOf } from "../model/rows.js";
import { clockTime, dayOf, messageTime, relative, snowflakeTime, timestamp } from "../model/time.js";

const MINUTE = 60_000;
const NOON = new Date(2026, 10, 21, 12, 0).getTime();
let id = 100;
const message = (minutes, author = "1", more = {}) => ({
  id: String((id += 1)), type: 0, flags: 0, timestamp: new Date(NOON + minutes * MINUTE).toISOString(),
  author: { id: author, username: `name ${author}` }, ...more,
});
const shape = (rows) => rows.map((row) => (row.kind === "message" ? (row.start ? "S" : "-") : row.kind)).join(" ");

test("messages of one author within seven minutes stand together", () => {
  assert.equal(shape(rowsOf([message(0), message(6), message(12), message(19), message(20, "2")])), "day S - - S S");
  const webhook = (name) => message(1, "9", { author: { id: "9", username: name } });
  assert.equal(shape(rowsOf([webhook("A"), webhook("A"), webhook("B")])), "day S - S");
  assert.equal(shape(rowsOf([message(0), message(1, "1", { type: 19 }), message(2)])), "day S S -");
  assert.equal(shape(rowsOf([message(0), message(1, "1", { flags: 64 }), message(2)])), "day S S S");
  assert.equal(shape(rowsOf([message(0, "1", { type: 6 }), message(1)])), "day S S");
  assert.equal(isNotice(message(0, "1", { type: 18 })), true);
});

test("days are parted, and so is what is new", () => {
  const all = [message(0), message(1), message(24 * 60), message(24 * 60 + 1)];
  assert.equal(shape(rowsOf(all)), "day S - day S -");
  assert.equal(shape(rowsOf(all, all[0].id)), "day S new S day S -");
  const rows = rowsOf(all, all[1].id);
  assert.equal(shape(rows), "day S - day S -");
  assert.equal(rows[3].fresh, true);
  assert.equal(shape(rowsOf(all, all[3].id)), "day S - day S -");
  assert.equal(shape(rowsOf(all, "1")), "day S - day S -");
  assert.equal(new Set(rowsOf(all, all[0].id).map((row) => row.key)).size, 7);
  assert.deepEqual(rowsOf([]), []);
});

test("a message stays in its part of the list", () => {
  const all = Array.from({ length: 120 }, (_, i) => message(i / 10));
  const sizes = ({ parts }) => parts.map((part) => part.rows.filter((row) => row.kind === "message").length);
  const middle = partsOf(rowsOf(all.slice(40, 80)));
  assert.deepEqual(sizes(middle), [25, 15]);
  const more = partsOf(rowsOf(all.slice(40, 100)), middle.known);
  assert.deepEqual(sizes(more), [25, 25, 10]);
  const whole = partsOf(rowsOf(all), more.known);
  assert.deepEqual(sizes(whole), [25, 15, 25, 25, 25, 5]);
  assert.equal(whole.parts[2].key, middle.parts[0].key);
  // The oldest go one by one: the part keeps its key, and gets smaller.
  const fewer = partsOf(rowsOf(all.slice(1)), whole.known);
  assert.deepEqual(sizes(fewer), [24, 15, 25, 25, 25, 5]);
  assert.equal(fewer.parts[0].key, whole.parts[0].key);
  assert.equal(new Set(whole.parts.map((part) => part.key)).size, 6);
  assert.equal(whole.parts[0].rows[0].kind, "day");
  assert.deepEqual(partsOf([]).parts, []);
});

test("times in words", () => {
  assert.match(messageTime(NOON, NOON + MINUTE, "en-GB"), /^Today at 12:00$/);
  assert.match(messageTime(NOON - 24 * 60 * MINUTE, NOON, "en-US"), /^Yesterday at 12:00\sPM$/);
  assert.match(messageTime(NOON - 3 * 24 * 60 * MINUTE, NOON, "de"), /18\.11\.26/);
  assert.equal(relative(NOON + 5 * MINUTE, NOON, "en-US"), "in 5 minutes");
  assert.equal(relative(NOON - 2 * 60 * MINUTE, NOON, "de"), "vor 2 Stunden");
  assert.equal(relative(NOON - 1000, NOON, "en-US"), "1 second ago");
  assert.equal(timestamp(9e12, "F", NOON, "en-US"), "Invalid Date");
  assert.equal(timestamp(NOON / 1000, "t", NOON, "no such language"), clockTime(NOON, "en-US"));
  assert.equal(dayOf(NOON) - dayOf(NOON - 13 * 60 * MINUTE), 1);
  assert.equal(snowflakeTime("175928847299117063"), 1_462_015_105_796);
  assert.ok(Number.isNaN(snowflakeTime("x")));
});

const view = () => ({
  viewer: { id: "1", locale: "de" },
  people: [{ id: "1", username: "max", global_name: "Max" }, { id: "3", username: "mia", global_name: "Mia" }],
  apps: [{ id: "2", name: "Troupe" }],
  direct: [],
  guilds: [{
    id: "5", permissions: "0", channels: [{ id: "7", name: "stage", type: 0 }],
    roles: [{ id: "5", color: 0, position: 0 }, { id: "8", color: 0xff0000, position: 1 }, { id: "9", color: 0xff, position: 2 }, { id: "10", color: 0, position: 3 }],
    members: [{ id: "1", username: "max", global_name: "Max", nick: "Maxi", roles: ["8", "10", "9"] }],
  }],
});

test("ids have names and colours, and what is known stays the same object until it changes", () => {
  const people = peopleOf(view(), "5");
  assert.equal(peopleOf(view(), "5"), people);
  const other = view();
  other.guilds[0].members[0].nick = "M";
  assert.notEqual(peopleOf(other, "5"), people);
  assert.equal(nameOf(people, { id: "1", username: "max" }), "Maxi");
  assert.equal(nameOf(people, { id: "99", username: "Nora" }), "Nora");
  assert.equal(mentioned(people, "3"), "Mia");
  assert.equal(mentioned(people, "4", [{ id: "4", username: "gone" }]), "gone");
  assert.equal(mentioned(people, "4"), null);
  assert.equal(colourOf(people, "1"), "#0000ff");
  assert.equal(colourOf(people, "3"), null);
  assert.deepEqual([0, 0xffffff, -1, 1.5, "red", 0x1000000].map(hex), ["#000000", "#ffffff", null, null, null, null]);
  assert.equal(people.channels.get("7").guild, "5");
});

test("a message pings by name, by role and by everyone, and never its own author", () => {
  const people = peopleOf(view(), "5");
  const told = (more) => pings(people, { author: { id: "2" }, mentions: [], mention_roles: [], ...more });
  assert.equal(told({}), false);
  assert.equal(told({ mentions: [{ id: "1" }] }), true);
  assert.equal(told({ mention_roles: ["9"] }), true);
  assert.equal(told({ mention_everyone: true }), true);
  assert.equal(told({ mention_everyone: true, author: { id: "1" } }), false);
});

test("faces and emoji", () => {
  const webhook = (username) => faceOf({ id: "9", username, bot: true, discriminator: "0000" });
  assert.deepEqual(webhook("Nora"), webhook("Nora"));
  assert.notEqual(webhook("Nora").id, webhook("Ben").id);
  assert.match(webhook("\u202e<\u{1f600}").id, /^\d+$/);
  const bot = { id: "2", username: "Troupe", bot: true, discriminator: "0001" };
  assert.equal(faceOf(bot), bot);
  assert.equal(emojiKey({ id: "1", name: "a" }), "a:1");
  assert.equal(emojiKey({ id: null, name: "😀" }), "😀");
  assert.equal(emojiText({ id: "1", name: "a" }), ":a:");
});
