// Where floats go, who may do what, which files are taken, and who can be named.

import assert from "node:assert/strict";
import { test } from "node:test";
import { channelOf, channels, roles, search, users } from "../model/candidates.js";
import { admit, base64, read, sizeText } from "../model/files.js";
import { BITS, may, maySend, mayThread } from "../model/permissions.js";
import { place } from "../model/placing.js";

const room = { width: 400, height: 600 };

test("a float is beside what it belongs to, and on screen", () => {
  const size = { width: 200, height: 100 };
  assert.deepEqual(place({ x: 50, y: 60 }, size, room), { left: 50, top: 60 });
  assert.deepEqual(place({ x: 390, y: 590 }, size, room), { left: 190, top: 490 }, "to its other side");
  const button = { left: 300, top: 560, right: 340, bottom: 600 };
  assert.deepEqual(place(button, size, room, "above"), { left: 140, top: 452 });
  assert.deepEqual(place(button, size, room), { left: 192, top: 452 }, "above when there is no room below");
  assert.deepEqual(place(button, size, room, "beside"), { left: 92, top: 492 });
  const large = { width: 1000, height: 1000 };
  for (const prefer of ["below", "above", "beside"]) assert.deepEqual(place(button, large, room, prefer), { left: 8, top: 8 });
});

test("permissions are bits, and administrators have all", () => {
  const text = { type: 0, permissions: String(BITS.SEND_MESSAGES) };
  assert.equal(maySend(text), true);
  assert.equal(may(text, BITS.MANAGE_MESSAGES), false);
  assert.equal(may({ permissions: String(BITS.ADMINISTRATOR) }, BITS.MANAGE_MESSAGES), true);
  assert.equal(maySend({ ...text, type: 11 }), false, "threads have a right of their own");
  assert.equal(mayThread({ type: 0, permissions: String(BITS.SEND_MESSAGES | BITS.CREATE_PUBLIC_THREADS) }), true);
  assert.equal(mayThread({ type: 11, permissions: "8" }), false);
  assert.equal(mayThread({ type: 1, permissions: "8" }), false);
  assert.equal(may({ permissions: "nonsense" }, BITS.SEND_MESSAGES), false);
  assert.equal(may(null, BITS.SEND_MESSAGES), false);
});

test("files have limits, and go as base64", async () => {
  const file = (size) => ({ size });
  assert.equal(admit([], [file(1), file(2)]).taken.length, 2);
  assert.match(admit([], [file(11 << 20)]).problem, /too powerful/);
  assert.equal(admit([], Array.from({ length: 11 }, () => file(1))).taken.length, 10);
  assert.match(admit([file(10 << 20), file(10 << 20)], [file(10 << 20)]).problem, /Together/);
  const bytes = Uint8Array.from({ length: 100_001 }, (_, at) => at % 251);
  assert.equal(base64(bytes), Buffer.from(bytes).toString("base64"));
  const sent = await read({ name: "a.txt", type: "", size: 2, arrayBuffer: async () => new TextEncoder().encode("hi").buffer });
  assert.deepEqual(sent, { filename: "a.txt", base64: "aGk=", content_type: "application/octet-stream", size: 2 });
  assert.equal(sizeText(1), "1 byte");
  assert.equal(sizeText(1536), "1.50 KB");
});

test("who can be named is who is here", () => {
  const view = {
    viewer: { id: "1", username: "max", global_name: "Max" },
    guilds: [
      {
        id: "5",
        roles: [{ id: "5", name: "@everyone", position: 0, color: 0 }, { id: "6", name: "Admin", position: 1, color: 255, mentionable: true }],
        members: [{ id: "1", username: "max", global_name: "Max", nick: "Maxi" }, { id: "2", username: "mia", global_name: "Mia", nick: null }],
        channels: [{ id: "7", name: "stage", type: 0 }, { id: "8", name: "talk", type: 11 }],
      },
    ],
    direct: [{ id: "9", type: 1, recipients: [{ id: "2", username: "mia", global_name: "Mia" }] }],
  };
  assert.deepEqual(users(view, "7").map((one) => one.name), ["Maxi", "Mia"]);
  assert.deepEqual(users(view, "9").map((one) => one.name), ["Mia", "Max"]);
  assert.deepEqual(roles(view, "7").map((one) => one.name), ["Admin", "everyone"]);
  assert.deepEqual(roles(view, "9"), []);
  assert.deepEqual(channels(view, "7", [0]).map((one) => one.name), ["stage"]);
  assert.equal(channelOf(view, "9").type, 1);
  assert.equal(channelOf(view, "404"), null);
  assert.deepEqual(search(users(view, "7"), "@MI").map((one) => one.name), ["Mia"]);
});
