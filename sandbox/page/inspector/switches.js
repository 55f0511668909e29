// The switches of what goes wrong: what each one does, and how the sandbox's own state says whether it is on. No DOM
// here. Whatever is switched elsewhere (another tab, `drive`, a test) shows as well, for nothing is remembered.

/** A REST fault with everything that the sandbox would fill in. */
const fault = (effect, { route = null, probability = null } = {}) => ({ method: null, route, after: 0, times: null, probability, effect });

/** What answers an interaction: its callback, and its and the webhooks' messages. */
const ANSWERS = ["/interactions/**", "/webhooks/**"];

/** Faults of Discord's API. `faults` are all in force while the switch is on. */
const DISCORD = [
  {
    id: "discord-limited",
    title: "Discord limits the rate",
    notice: "Half of all answers are refused with 429 for a second and a half. A streaming message grows in fewer and larger steps, and nothing of it is missing.",
    faults: ANSWERS.map((route) => fault({ kind: "rate_limit", retry_after_ms: route === ANSWERS[0] ? 600 : 1_500, scope: "user" }, { route, probability: 0.5 })),
  },
  {
    id: "discord-flaky",
    title: "Discord is flaky",
    notice: "Every third request or so fails with 500 or a reset connection. A careful bot tries again; of another, members see commands that don't respond.",
    faults: [fault({ kind: "status", status: 500, body: "json" }, { probability: 0.18 }), fault({ kind: "reset" }, { probability: 0.15 })],
  },
  {
    id: "discord-slow",
    title: "Discord is slow",
    notice: "Each request takes 0.8 to 1.5 seconds longer. Answers come late, but within the three seconds that a member waits.",
    faults: [fault({ kind: "latency", ms: 800, jitter_ms: 700 })],
  },
];

const script = (fields) => ({ when: null, times: "always", text: null, tokens: null, usage: null, finish_reason: null, ...fields });
const AT_ONCE = { headers_ms: 0, first_token_ms: 0, token_ms: 0 };

/** Standing scripts of the model server. There is one for all requests at a time. */
const MODEL = [
  {
    id: "model-slow",
    title: "The model is slow",
    notice: "The first word comes after four seconds, then four words or so a second. Members see that somebody thinks, and then a text that grows slowly.",
    script: script({ pace: { headers_ms: 0, first_token_ms: 4_000, token_ms: 250 }, fault: null }),
  },
  {
    id: "model-fails",
    title: "The model fails",
    notice: "Every request is answered with 500. Members get an excuse, or another model's answer where the bot has one.",
    script: script({ pace: AT_ONCE, fault: { kind: "status", status: 500, retry_after_s: null, message: null } }),
  },
  {
    id: "model-limited",
    title: "The model limits the rate",
    notice: "Every request is answered with 429, to be asked again in 20 seconds. Members get an excuse.",
    script: script({ pace: AT_ONCE, fault: { kind: "status", status: 429, retry_after_s: 20, message: null } }),
  },
  {
    id: "model-hangs",
    title: "The model hangs",
    notice: "Requests are taken and never answered. Members wait until the bot gives up, and see that it did.",
    script: script({ pace: AT_ONCE, fault: { kind: "hang" } }),
  },
  {
    id: "model-cut",
    title: "The model breaks off",
    notice: "The connection is cut in mid-sentence, after eight tokens. Members keep the words that came, or get an excuse.",
    script: script({ pace: { headers_ms: 0, first_token_ms: 300, token_ms: 60 }, fault: { kind: "cut", after: 8 } }),
  },
];

const STORES = [
  { id: "redis", title: "Redis", names: /redis|valkey/i, start: "--with-redis, or --link REDIS_URL=redis://127.0.0.1:6379" },
  { id: "postgres", title: "Postgres", names: /postgres|database|^pg/i, start: "--link DATABASE_URL=postgres://user:password@127.0.0.1/database" },
];

const MODES = [
  ["off", "is off", "Connections are reset, and new ones refused. Members notice what the bot can't do without it."],
  ["slow", "is slow", "Everything that goes through is 300 ms late, each way. Members wait longer, or the bot goes on without."],
  ["hang", "hangs", "Connections stay open and silent: the worst that can happen. Members notice how long the bot waits."],
];
const DELAY_MS = 300;

/** What stands in an effect or a script unless it says otherwise. */
const DEFAULTS = { jitter_ms: 0, scope: "user", body: "json", max_ms: 60_000, after: 0, headers_ms: 0, first_token_ms: 0, token_ms: 0 };

/** Whether two values say the same; what is left out is null, or its default. */
export function same(a, b) {
  const isObject = (value) => typeof value === "object" && value !== null;
  if (!isObject(a) || !isObject(b)) return (a ?? null) === (b ?? null);
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...names].every((name) => same(a[name] ?? DEFAULTS[name], b[name] ?? DEFAULTS[name]));
}

/** The ids of the installed faults that are this one and still hit. */
const installed = (read, mine) => read.faults.filter((there) => same(there.fault, mine)).map((there) => there.id);

/** An object without what is null, as the sandbox wants it. */
function without(object) {
  const given = Object.entries(object).filter(([, value]) => value !== null);
  return Object.fromEntries(given.map(([name, value]) => [name, typeof value === "object" ? without(value) : value]));
}

/** The script that answers whatever no other does. */
const standing = (read) => read.model?.scripts.find((script) => script.times === "always" && (script.when ?? null) === null);

/** What turns every script of ours off: all are forgotten, unless somebody has queued others, which stay. */
function modelBack(read) {
  const others = read.model.scripts.some((script) => script !== standing(read));
  return others ? ["POST", "/model/script", { times: "always" }] : ["DELETE", "/model/script"];
}

/**
 * All switches by what was read: `{ id, group, title, notice, on: true | false | "partly", disabled?, turn }`.
 * `turn(on)` gives the calls that turn it, `[method, path, body?]`, to be made in order.
 * `read` is `{ faults, model, links }`; `links` null where the sandbox has none.
 */
export function switches(read) {
  return [...stores(read), ...(read.model ? MODEL.map((of) => model(read, of)) : []), ...DISCORD.map((of) => discord(read, of))];
}

function discord(read, { id, title, notice, faults }) {
  const ids = faults.map((mine) => installed(read, mine));
  const there = ids.filter((list) => list.length > 0).length;
  const turn = (on) =>
    on
      ? faults.filter((_, n) => ids[n].length === 0).map((mine) => ["POST", "/faults", without(mine)])
      : ids.flat().map((id) => ["DELETE", `/faults/${id}`]);
  return { id, group: "Discord", title, notice, on: there === 0 ? false : there === faults.length || "partly", turn };
}

function model(read, { id, title, notice, script: mine }) {
  const turn = (on) => (on ? [["POST", "/model/script", without(mine)]] : [modelBack(read)]);
  return { id, group: "Model", title, notice, on: same(standing(read), mine), turn };
}

function stores(read) {
  const links = read.links ?? [];
  const known = links.map((link) => {
    // Its name tells, or else where it leads.
    const store = STORES.find((store) => store.names.test(link.name)) ?? STORES.find((store) => store.names.test(link.target));
    return { link, store };
  });
  const missing = STORES.filter((store) => !known.some((link) => link.store === store));
  const twice = (store) => known.filter((link) => link.store === store).length > 1;
  return [
    ...known.flatMap(({ link, store }) => {
      const title = store && !twice(store) ? store.title : link.name;
      return MODES.map(([mode, words, notice]) => linkSwitch(link, title, mode, words, notice));
    }),
    ...missing.flatMap((store) => MODES.slice(0, 2).map(([mode, words, notice]) => {
      const why = `There is no link to ${store.title} that could be cut. Start the sandbox with ${store.start}.`;
      return { id: `${store.id}-${mode}`, group: "Stores", title: `${store.title} ${words}`, notice, on: false, disabled: why, turn: () => [] };
    })),
  ];
}

function linkSwitch(link, title, mode, words, notice) {
  const path = `/links/${encodeURIComponent(link.name)}`;
  const turn = (on) => [["PUT", path, on ? (mode === "slow" ? { mode, delay_ms: DELAY_MS } : { mode }) : { mode: "up" }]];
  const late = mode === "slow" && link.mode === "slow" && link.delay_ms !== DELAY_MS ? ` (It is ${link.delay_ms} ms now.)` : "";
  return { id: `link-${link.name}-${mode}`, group: "Stores", title: `${title} ${words}`, notice: notice + late, on: link.mode === mode, turn };
}

/** The faults and scripts that somebody else set: `{ key, text, hits?, spent?, off }`, `off` being the calls that remove it. */
export function others(read) {
  const mine = DISCORD.flatMap((of) => of.faults);
  const faults = read.faults
    .filter((there) => !mine.some((fault) => same(there.fault, fault)))
    .map((there) => {
      const { times } = there.fault;
      const spent = typeof times === "number" && there.hits >= times;
      return { key: `fault-${there.id}`, text: describe(there.fault), hits: there.hits, spent, off: [["DELETE", `/faults/${there.id}`]] };
    });
  const idle = script({ pace: AT_ONCE, fault: null });
  const scripts = (read.model?.scripts ?? []).filter((there) => ![idle, ...MODEL.map((of) => of.script)].some((known) => same(there, known)));
  // The model server forgets all scripts at once.
  const all = scripts.map((there, n) => ({ key: `script-${n}`, text: `Model: ${describeScript(there)}`, off: [["DELETE", "/model/script"]] }));
  return [...faults, ...all];
}

/** A fault in words. */
export function describe({ method, route, after, times, probability, effect }) {
  const { kind, ...fields } = effect;
  const values = Object.entries(fields).filter(([, value]) => value !== null).map(([name, value]) => `${name} ${value}`);
  const words = [kind.replaceAll("_", " "), values.length > 0 ? `(${values.join(", ")})` : "", `on ${method ?? "any method"} ${route ?? "of any route"}`];
  if (after > 0) words.push(`after ${after}`);
  if (times !== undefined && times !== null) words.push(`${times}×`);
  if (probability !== undefined && probability !== null) words.push(`with a probability of ${probability}`);
  return words.filter((word) => word !== "").join(" ");
}

function describeScript(script) {
  const words = [script.fault ? script.fault.kind.replaceAll("_", " ") : "a scripted answer"];
  if (script.when) words.push(`when it is asked “${script.when.slice(0, 40)}”`);
  words.push(script.times === "always" ? "always" : `${script.times}×`);
  return words.join(", ");
}

/** Everything back to normal: the calls for it. `apps` are the ids of the applications with gateway sessions. */
export function normal(read, apps) {
  const up = (read.links ?? []).filter((link) => link.mode !== "up").map((link) => ["PUT", `/links/${encodeURIComponent(link.name)}`, { mode: "up" }]);
  const rules = Object.entries(read.rules ?? {}).filter(([, on]) => !on).map(([name]) => ["PUT", `/rules/${encodeURIComponent(name)}`, { on: true }]);
  const gateway = apps.flatMap((app) => ["zombie", "refuse-resume"].map((order) => ["POST", `/gateway/${order}`, { on: false, app }]));
  return [["DELETE", "/faults"], ["DELETE", "/model/script"], ["DELETE", "/limits"], ...up, ...rules, ...gateway];
}

/** How many things are not as usual. */
export function amiss(read) {
  const on = switches(read).filter((of) => of.on !== false).length;
  return on + others(read).filter((other) => !other.spent).length + Object.values(read.rules ?? {}).filter((on) => !on).length;
}
