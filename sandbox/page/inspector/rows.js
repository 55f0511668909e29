// The waterfall's rows: entries of a timeline as a tree by their spans, with long runs of the same folded. No DOM here.

/** What the lanes are called. */
export const LANES = { gateway: "Gateway", rest: "Discord", model: "Model", hot: "Hot", cold: "Cold", work: "Bot" };

/** How many siblings of one name make a group. */
const GROUP = 6;

/** The lane of an entry. A bot's own span about a request or a model lies with what it is about. */
export function laneOf(entry) {
  if (entry.lane !== "work") return Object.hasOwn(LANES, entry.lane) ? entry.lane : "work";
  const attributes = entry.attributes ?? {};
  if (typeof attributes["gen_ai.operation.name"] === "string") return "model";
  if (typeof attributes["http.request.method"] === "string") return "rest";
  return "work";
}

/** Whether a bot told it, rather than the sandbox saw it. */
export const isSpan = (entry) => typeof entry.span === "string";

/** An entry's name that stays the same while others come before it; without the count of its likes. */
function nameOf(entry) {
  if (isSpan(entry)) return `span:${entry.span}`;
  return `${entry.lane}:${entry.seq ?? entry.number ?? entry.at_us}`;
}

/**
 * The entries as a tree. A node is `{ key, entry, lane, children }`, with `outer`, the bot's own span about the same,
 * where it has one; or for a run of the same `{ key, group, lane, title, children }`, whose children are its nodes.
 */
export function tree(entries) {
  const nodes = [];
  const keys = new Set();
  const bySpan = new Map();
  for (const entry of entries) {
    const name = nameOf(entry);
    let key = name;
    for (let copy = 2; keys.has(key); copy += 1) key = `${name}:${copy}`;
    keys.add(key);
    const node = { key, entry, lane: laneOf(entry), children: [] };
    nodes.push(node);
    if (isSpan(entry) && !bySpan.has(entry.span)) bySpan.set(entry.span, node);
  }
  const roots = [];
  const parents = new Map();
  for (const node of nodes) {
    const parent = node.entry.parent ? bySpan.get(node.entry.parent) : undefined;
    if (parent && parent !== node && !isBelow(parent, node, parents)) {
      parents.set(node, parent);
      parent.children.push(node);
    } else {
      roots.push(node);
    }
  }
  for (const node of nodes) node.children = grouped(node.children.map(joined));
  return grouped(roots.map(joined));
}

/** A request or a call of a model that was seen here and told by the bot too is one row, not two. */
function joined(node) {
  const [inner, ...more] = node.children;
  const same = inner?.entry && more.length === 0 && isSpan(node.entry) && !isSpan(inner.entry) && inner.lane === node.lane;
  return same ? { ...inner, outer: node.entry } : node;
}

/** Whether `node` is below `other`: what bots tell may go in circles. */
function isBelow(node, other, parents) {
  for (let above = node; above; above = parents.get(above)) {
    if (above === other) return true;
  }
  return false;
}

/**
 * What a row is called. A request's path keeps what it says, and has an ellipsis in place of ids and tokens:
 * "PATCH /webhooks/…/…/messages/@original".
 */
export function titleOf(entry) {
  if (isSpan(entry) || entry.lane !== "rest" || typeof entry.path !== "string") return entry.title;
  const [method, template = ""] = entry.title.split(" ");
  if (!template.includes("{")) return entry.title;
  const path = entry.path.split("?")[0].replace(/^\/api\/v\d+/, "").split("/");
  const segments = template.split("/").map((segment, n) => {
    const isId = segment.startsWith("{") && !path[n]?.startsWith("@");
    return isId ? "…" : (path[n] ?? segment);
  });
  return `${method} ${segments.join("/")}`;
}

/** Siblings, with runs of the same in one node each. */
function grouped(nodes) {
  const title = (node) => `${node.lane} ${titleOf(node.entry)}`;
  const out = [];
  for (let at = 0; at < nodes.length; ) {
    let end = at + 1;
    const plain = (node) => node.children.length === 0;
    while (end < nodes.length && plain(nodes[at]) && plain(nodes[end]) && title(nodes[end]) === title(nodes[at])) end += 1;
    const run = nodes.slice(at, end);
    if (run.length < GROUP) {
      out.push(...run);
    } else {
      out.push({ key: `group:${run[0].key}`, group: run.length, lane: run[0].lane, title: titleOf(run[0].entry), children: run });
    }
    at = end;
  }
  return out;
}

/**
 * The rows that show, in order: `{ node, depth, foldable, folded }`. Groups are folded and everything else is not,
 * unless `turned` has their key.
 */
export function rows(roots, turned) {
  const out = [];
  // By hand, not by recursion: a bot may tell of a chain of two thousand.
  const open = roots.map((node) => ({ node, depth: 0 })).reverse();
  while (open.length > 0) {
    const { node, depth } = open.pop();
    const foldable = node.children.length > 0;
    const folded = foldable && (node.group !== undefined) !== turned.has(node.key);
    out.push({ node, depth, foldable, folded });
    if (folded) continue;
    for (let n = node.children.length - 1; n >= 0; n -= 1) open.push({ node: node.children[n], depth: depth + 1 });
  }
  return out;
}

/** The entries of a node: its own, or all of a group's; not the span around it. */
export const entriesOf = (node) => (node.group === undefined ? [node.entry] : node.children.map((child) => child.entry));

/**
 * Which of `count` rows to render: those between `top` and `top + room` pixels and some more on either side.
 * Gives `{ first, end, before, after }`, the latter two being the heights of what is left out.
 */
export function shown(count, heightOf, top, room, spare = 400) {
  let [first, end, before, after, y] = [count, count, 0, 0, 0];
  for (let n = 0; n < count; n += 1) {
    const height = heightOf(n);
    if (y + height < top - spare) {
      before += height;
    } else if (y > top + room + spare) {
      end = Math.min(end, n);
      after += height;
    } else {
      first = Math.min(first, n);
    }
    y += height;
  }
  return { first: Math.min(first, end), end, before, after };
}
