// What is read and turned of the sandbox: faults, scripts, links, rules, the clock; and what is known of the bot.

import { call, get, post, query } from "../api.js";
import { now, notify, state, update } from "../store.js";
import { keep } from "./keep.js";
import { normal } from "./switches.js";
import { untilMidnight } from "./time.js";

const { inspector } = state;

/** A part of the sandbox that may be missing: null then. */
const perhaps = (path) => get(path).catch(() => null);

/**
 * Reads how everything stands that can be switched. A sandbox that can't be reached leaves it as it was; one without
 * links is not asked for them again unless `afresh`.
 */
export async function readSteering({ afresh = false } = {}) {
  const none = !afresh && inspector.steering?.links === null;
  try {
    const [faults, rules, model, links, sessions] = await Promise.all([get("/faults"), get("/rules"), perhaps("/model"), none ? null : perhaps("/links"), get("/sessions")]);
    const fresh = { faults, rules, model, links: Array.isArray(links) ? links : null, sessions };
    inspector.steering = keep(inspector.steering, fresh);
  } catch {
    // The page itself says that the connection is lost.
  }
}

/** Reads what is known of the bot. The lists of requests are long, and read when their counts have changed only. */
export async function readBot() {
  const [report, world] = await Promise.all([get("/report"), get("/state")]);
  const before = inspector.bot;
  const changed = before?.report.unknown !== report.unknown || before?.report.violations !== report.violations;
  const [unknown, violations] = changed
    ? await Promise.all([get("/requests/unknown"), get("/requests/violations")])
    : [before.unknown, before.violations];
  const commands = state.channel && state.me ? await perhaps(`/commands${query({ as: state.me, channel: state.channel })}`) : null;
  const fresh = { report, address: world.address, apps: world.apps, unknown, violations, commands: commands ?? [] };
  inspector.bot = keep(before, fresh);
}

/** Makes calls one after another, all of them; what is refused is told, and what stands then is read. True when all went. */
async function make(key, calls) {
  if (inspector.busy.has(key)) return false;
  inspector.busy.add(key);
  update();
  const refused = new Set();
  for (const [method, path, body] of calls) {
    try {
      await call(method, path, body);
    } catch (error) {
      refused.add(error.message);
    }
  }
  await readSteering();
  inspector.busy.delete(key);
  if (refused.size > 0) notify([...refused].join(" "), "error");
  update();
  return refused.size === 0;
}

/** Turns a switch. */
export const flipSwitch = (of, on) => make(of.id, of.turn(on));

/** Takes away what somebody else set. */
export const takeAway = (other) => make(other.key, other.off);

/** Switches one of Discord's rules. */
export const setRule = (name, on) => make(`rule-${name}`, [["PUT", `/rules/${encodeURIComponent(name)}`, { on }]]);

/** The applications that have a gateway session. */
const connected = () => [...new Set((inspector.steering?.sessions ?? []).map((session) => session.app))];

/** Has every bot's gateway connections do something: "drop", "reconnect" or "invalidate". */
export const gateway = (order) => make(`gateway-${order}`, connected().map((app) => ["POST", `/gateway/${order}`, { app }]));

/** Puts everything back to normal. */
export async function allNormal() {
  await readSteering();
  if (!inspector.steering) return notify("The sandbox can't be read: nothing was changed.", "error");
  if (await make("normal", normal(inspector.steering, connected()))) notify("Everything is back to normal.");
}

/** Pushes the clock; `"midnight"` is to the next midnight in UTC. */
export async function advance(by) {
  if (inspector.busy.has("clock")) return;
  inspector.busy.add("clock");
  update();
  try {
    const { clock_ms } = await get("/clock");
    const told = await post("/clock", { advance_ms: by === "midnight" ? untilMidnight(clock_ms) : by });
    // The live feed tells it too, a moment later.
    state.clockOffset = told.clock_ms - Date.now();
  } catch (error) {
    notify(error.message, "error");
  }
  inspector.busy.delete("clock");
  update();
}

/** Puts a text on the clipboard, and says so. */
export async function copy(text, what) {
  try {
    await navigator.clipboard.writeText(text);
    notify(`${what} copied.`);
  } catch {
    notify("The browser doesn't let this page copy.", "error");
  }
}

/** The sandbox's time in microseconds, as timelines count it. */
export const nowUs = () => now() * 1_000;
