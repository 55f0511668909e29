// The switches: what the sandbox says is on, shows as on, and what turns one leaves others' settings alone.

import assert from "node:assert/strict";
import { test } from "node:test";
import { amiss, describe, normal, others, same, switches } from "../inspector/switches.js";

const nothing = () => ({ faults: [], model: { scripts: [] }, links: null, rules: { permissions: true } });
const find = (read, id) => switches(read).find((of) => of.id === id);

/** A sandbox that does what the calls say, and writes things out as the real one does. */
function sandbox() {
  const read = nothing();
  let last = 0;
  const filled = ({ method, route, after = 0, times, probability, effect }) => ({ ...(method && { method }), ...(route && { route }), after, ...(times && { times }), ...(probability !== undefined && { probability }), effect });
  return {
    read,
    make(calls) {
      for (const [method, path, body] of calls) {
        if (method === "POST" && path === "/faults") read.faults.push({ id: (last += 1), fault: filled(body), matched: 0, hits: 0 });
        else if (method === "DELETE" && path === "/faults") read.faults = [];
        else if (method === "DELETE" && path.startsWith("/faults/")) read.faults = read.faults.filter((there) => there.id !== Number(path.slice(8)));
        else if (method === "DELETE" && path === "/model/script") read.model.scripts = [];
        else if (method === "POST" && path === "/model/script") {
          const standing = (script) => script.times === "always" && script.when === undefined;
          const filledIn = { times: 1, pace: { headers_ms: 0, first_token_ms: 0, token_ms: 0 }, ...body };
          read.model.scripts = [...read.model.scripts.filter((there) => !(standing(filledIn) && standing(there))), filledIn];
        } else if (method === "PUT" && path.startsWith("/links/")) Object.assign(read.links.find((link) => link.name === decodeURIComponent(path.slice(7))), { delay_ms: undefined }, body);
        else if (method === "PUT" && path.startsWith("/rules/")) read.rules[path.slice(7)] = body.on;
      }
    },
  };
}

test("each switch turns on, is seen to be on, and turns off without a trace", () => {
  const { read, make } = sandbox();
  read.links = [{ name: "REDIS_URL", target: "127.0.0.1:6379", mode: "up" }, { name: "main db", target: "unix:/run/postgresql", mode: "up" }];
  const ids = switches(read).map((of) => of.id);
  assert.equal(new Set(ids).size, ids.length);
  for (const id of ids) {
    assert.equal(find(read, id).on, false, id);
    make(find(read, id).turn(true));
    assert.equal(find(read, id).on, true, id);
    assert.equal(amiss(read), 1, id);
    assert.deepEqual(others(read), [], id);
    make(find(read, id).turn(false));
    assert.equal(find(read, id).on, false, id);
    assert.equal(amiss(read), 0, id);
  }
});

test("the model has one standing script: turning one on turns the other off", () => {
  const { read, make } = sandbox();
  make(find(read, "model-slow").turn(true));
  make(find(read, "model-hangs").turn(true));
  assert.deepEqual(switches(read).filter((of) => of.on === true).map((of) => of.id), ["model-hangs"]);
});

test("what somebody else set shows, stays when a switch turns, and can be removed", () => {
  const { read, make } = sandbox();
  make([["POST", "/faults", { route: "/gateway", times: 2, effect: { kind: "reset" } }], ["POST", "/model/script", { text: "Well met!" }]]);
  assert.equal(others(read).length, 2);
  make(find(read, "discord-slow").turn(true));
  make(find(read, "model-fails").turn(true));
  make(find(read, "model-fails").turn(false));
  make(find(read, "discord-slow").turn(false));
  assert.equal(others(read).length, 2, "both are still there");
  for (const other of others(read)) make(other.off);
  assert.equal(amiss(read), 0);
});

test("a fault that hits no more is told, and counts no longer", () => {
  const read = nothing();
  read.faults = [{ id: 4, fault: { after: 0, times: 2, effect: { kind: "reset" } }, matched: 2, hits: 2 }];
  assert.equal(others(read)[0].spent, true);
  assert.equal(amiss(read), 0);
});

test("half of a switch is partly on, and turns off whole", () => {
  const { read, make } = sandbox();
  make(find(read, "discord-flaky").turn(true).slice(0, 1));
  assert.equal(find(read, "discord-flaky").on, "partly");
  make(find(read, "discord-flaky").turn(false));
  assert.deepEqual(read.faults, []);
});

test("without links the switches of stores are out of use and say why", () => {
  const stores = switches(nothing()).filter((of) => of.group === "Stores");
  assert.deepEqual(stores.map((of) => of.title), ["Redis is off", "Redis is slow", "Postgres is off", "Postgres is slow"]);
  assert.ok(stores.every((of) => of.disabled.includes("--")));
  const read = nothing();
  read.links = [{ name: "redis", target: "127.0.0.1:1", mode: "slow", delay_ms: 50 }, { name: "cache", target: "127.0.0.1:2", mode: "up" }];
  const titles = switches(read).filter((of) => of.group === "Stores" && !of.disabled).map((of) => `${of.title}: ${of.on}`);
  assert.deepEqual(titles, ["Redis is off: false", "Redis is slow: true", "Redis hangs: false", "cache is off: false", "cache is slow: false", "cache hangs: false"]);
});

test("everything goes back to normal", () => {
  const { read, make } = sandbox();
  read.links = [{ name: "redis", target: "127.0.0.1:1", mode: "hang" }];
  read.rules = { permissions: false, openapi: true };
  make([...find(read, "discord-flaky").turn(true), ...find(read, "model-cut").turn(true), ["POST", "/faults", { effect: { kind: "hang" } }]]);
  const calls = normal(read, ["1"]);
  make(calls);
  assert.equal(amiss(read), 0);
  assert.ok(calls.some(([, path, body]) => path === "/gateway/zombie" && body.on === false && body.app === "1"));
});

test("what is left out equals its default, and nothing else does", () => {
  assert.ok(same({ kind: "latency", ms: 5 }, { kind: "latency", ms: 5, jitter_ms: 0 }));
  assert.ok(!same({ kind: "latency", ms: 5 }, { kind: "latency", ms: 6 }));
  assert.ok(!same({ effect: { kind: "reset" } }, { effect: { kind: "reset" }, times: 1 }));
  assert.ok(same(undefined, null) && !same({}, null));
});

test("a fault is told in words", () => {
  const said = describe({ method: "POST", route: "/x", after: 2, times: 3, probability: 0.5, effect: { kind: "rate_limit", retry_after_ms: 1500, scope: "user" } });
  assert.equal(said, "rate limit (retry_after_ms 1500, scope user) on POST /x after 2 3× with a probability of 0.5");
});
