import assert from "node:assert/strict";
import { test } from "node:test";
import { parse, parseLine, plain } from "../model/markdown.js";
import { isJumbo, onlyEmoji } from "../model/emoji.js";
import { safeUrl } from "../model/urls.js";

/** A tree in short: `strong(a em(b))`. */
const short = (nodes) => nodes.map(shortOf).join("");
function shortOf(node) {
  if (node.kind === "text") return node.text;
  if (node.kind === "paragraph") return `p(${short(node.children)})`;
  if (node.kind === "list") return `${node.ordered ? `ol${node.start}` : "ul"}(${node.items.map((item) => `[${short(item)}]`).join("")})`;
  const label = node.kind === "heading" ? `h${node.level}` : node.kind;
  if (node.kind === "link") return `${node.masked ? "masked" : "link"}<${node.url}>(${short(node.children)})`;
  if (node.children) return `${label}(${short(node.children)})`;
  return `${label}<${node.text ?? node.name ?? node.id ?? `${node.seconds}:${node.style}`}${node.language ? ` ${node.language}` : ""}>`;
}
const line = (text, options) => short(parseLine(text, options));

test("emphasis is as Discord has it", () => {
  const cases = {
    "**bold** and *it* _it_ __u__ ~~s~~ ||sp||": "strong(bold) and em(it) em(it) underline(u) strike(s) spoiler(sp)",
    "***both***": "em(strong(both))",
    "**bold *both***": "strong(bold em(both))",
    "*it **both***": "em(it strong(both))",
    "___both___": "em(underline(both))",
    "__**~~||all||~~**__": "underline(strong(strike(spoiler(all))))",
    "snake_case_name": "snake_case_name",
    "2 * 3 * 4": "2 * 3 * 4",
    "a*b*c": "aem(b)c",
    "** bold **": "strong( bold )",
    "* not*": "* not*",
    "**a*** b": "strong(a*) b",
    "**open": "**open",
    "*a **b*": "em(a **b)",
    "**a ||b** c||": "strong(a ||b) c||",
    "****": "****", "||||": "||||", "~~~~": "~~~~", "__": "__",
    "\\*no\\* \\_ \\\\ \\a": "*no* _ \\ \\a",
    "¯\\_(ツ)_/¯": "¯_(ツ)_/¯",
    "**two\nlines**": "strong(two\nlines)",
  };
  for (const [text, tree] of Object.entries(cases)) assert.equal(line(text), tree, text);
});

test("code is never read", () => {
  const cases = {
    "`*a*` b": "code<*a*> b",
    "``a ` b``": "code<a ` b>",
    "`open": "`open",
    "`a``b`": "code<a``b>",
    "x ```js\nlet a;\n``` y": "x block<let a; js> y",
    "```one line```": "block<one line>",
    "```js```": "block<js>",
    "a\n```\n\n  in\n\n```\nb": "ablock<  in>b",
    "``````": "``````",
    "``` ```": "code< >",
  };
  for (const [text, tree] of Object.entries(cases)) assert.equal(line(text), tree, text);
  assert.equal(short(parse("```\n# a\n> b\n- c\n```\n# d")), "p(block<# a\n> b\n- c>)h1(d)");
});

test("blocks", () => {
  const cases = {
    "# One\n## Two\n### Three\n#### four\n#five": "h1(One)h2(Two)h3(Three)p(#### four\n#five)",
    "-# small *print*": "subtext(small em(print))",
    "> a\n> b\nc": "quote(p(a\nb))p(c)",
    ">not": "p(>not)",
    "a\n>>> b\n> c\n\nd": "p(a)quote(p(b\n> c\n\nd))",
    "> # head\n> - item": "quote(h1(head)ul([item]))",
    "- a\n- b\n  - c\n    - d\n- e": "ul([a][bul([cul([d])])][e])",
    "* a\n  more\n* b": "ul([a\nmore][b])",
    "3. a\n4. b\n   - c": "ol3([a][bul([c])])",
    "- a\n- b\n1. c": "ul([a][b])ol1([c])",
    "text\n- a\ntext": "p(text)ul([a])p(text)",
    "-no\n1.no\n- ": "p(-no\n1.no\n- )",
    "a\n\nb": "p(a\n\nb)",
    "": "",
  };
  for (const [text, tree] of Object.entries(cases)) assert.equal(short(parse(text)), tree, text);
});

test("mentions, commands, times and emoji", () => {
  assert.equal(
    line("<@1> <@!2> <@&3> <#4> @everyone @here @heres </talk:5> </character info:6> <t:7> <t:-8:R> <:n:9> <a:n:9>"),
    "user<1> user<2> role<3> channel<4> everyone<@everyone> everyone<@here> @heres command<talk> command<character info> time<7:f> time<-8:R> emoji<n> emoji<n>",
  );
  for (const text of ["<@x>", "<#>", "</talk>", "<t:x>", "<t:1:Q>", "<:n>", "<@123456789012345678901>", "<"]) assert.equal(line(text), text);
  assert.equal(plain(parse("hi <@1>, **you** [x](https://a.b)"), () => "@Max"), "hi @Max, you [x](https://a.b)");
});

test("links", () => {
  const masked = { masked: true };
  assert.equal(line("see https://a.b/c_d_e."), "see link<https://a.b/c_d_e>(https://a.b/c_d_e).");
  assert.equal(line("(https://a.b/x_(y))"), "(link<https://a.b/x_(y)>(https://a.b/x_(y)))");
  assert.equal(line("**https://a.b**"), "strong(link<https://a.b/>(https://a.b))");
  assert.equal(line("<https://a.b>"), "link<https://a.b/>(https://a.b)");
  assert.equal(line("http:// https://"), "http:// https://");
  assert.equal(line("[a](https://a.b)"), "[a](link<https://a.b/>(https://a.b))");
  assert.equal(line("[a *b*](https://a.b/c)", masked), "masked<https://a.b/c>(a em(b))");
  assert.equal(line('[a](<https://a.b> "title") x', masked), "masked<https://a.b/>(a) x");
  assert.equal(line("[a [b] c](https://a.b/(d))", masked), "masked<https://a.b/(d)>(a [b] c)");
  assert.equal(
    line("[https://good.example](https://evil.example)", masked),
    "[link<https://good.example/>(https://good.example)](link<https://evil.example/>(https://evil.example))",
  );
  assert.equal(line("[good.com](https://evil.example)", masked).startsWith("[good.com]("), true);
  assert.equal(line("[Node.js 1.2](https://a.b)", masked), "masked<https://a.b/>(Node.js 1.2)");
  for (const url of ["javascript:alert(1)", "data:text/html,x", "//a.b", "discord://x"]) {
    assert.equal(line(`[a](${url})`, masked), `[a](${url})`);
  }
});

test("a few emoji are large", () => {
  assert.deepEqual(["😀", "😀 👩‍👩‍👧 🇩🇪", "👍🏽❤️", "1️⃣", "a😀", "12", "©", " "].map(onlyEmoji), [1, 3, 2, 1, -1, -1, -1, 0]);
  assert.equal(isJumbo(parse("😀 <:a:1>")), true);
  assert.equal(isJumbo(parse("😀".repeat(30))), true);
  for (const text of ["😀".repeat(31), "hi 😀", "# 😀", "", "   "]) assert.equal(isJumbo(parse(text)), false, text);
});

const KINDS = new Set(
  "paragraph heading subtext quote list text code block strong em underline strike spoiler link user role channel everyone command time emoji".split(" "),
);

/** Checks every node, and gives all the text in them. */
function walk(nodes, depth = 0) {
  assert.ok(depth < 40, "too deep");
  let text = "";
  for (const node of nodes) {
    assert.ok(KINDS.has(node.kind), node.kind);
    if (node.kind === "link") assert.equal(safeUrl(node.url), node.url);
    text += node.text ?? "";
    for (const key of ["language", "name", "id"]) text += node[key] ?? "";
    if (node.kind === "time") text += `${node.seconds}${node.style}`;
    if (node.kind === "list" && node.ordered) text += node.start;
    if (node.masked) text += node.url;
    if (node.children) text += walk(node.children, depth + 1);
    for (const item of node.items ?? []) text += walk(item, depth + 1);
  }
  return text;
}

/** A source of numbers that gives the same ones each time. */
function random(seed) {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const PIECES = "* ** *** _ __ ___ ~~ || | ` `` ``` ~ \\ > >>> # ## - -# 1. 22. [ ] ( ) ]( < > <@1> <@& <#3> </a:4> <t:5:R> <:e:6> @everyone http:// https://x.y/ https://x.y/( javascript:a a b ä 😀 \u202e \n \n\n \t".split(" ").concat([" ", "  "]);

test("no text is lost, whatever it is, and none takes long", () => {
  const next = random(7);
  // Letters aside, every character of these may be a marker; a marker with letters keeps them.
  const letters = (text) => [...text].filter((char) => /[\p{L}\p{M}\p{Extended_Pictographic}\u202e]/u.test(char) && !/[0-9]/.test(char)).sort().join("");
  for (let round = 0; round < 4000; round += 1) {
    let text = "";
    for (let n = next(60); n >= 0; n -= 1) text += PIECES[next(PIECES.length)];
    const spent = { steps: 0 };
    const tree = parse(text, { masked: round % 2 === 0, spent });
    const kept = letters(walk(tree).replaceAll("%20", ""));
    for (const char of new Set(letters(text))) {
      // Marks of timestamps, and what an address writes in another way, are no words.
      if ("tRehpsavcriyx".includes(char)) continue;
      assert.equal([...kept].filter((c) => c === char).length >= [...letters(text)].filter((c) => c === char).length, true, `${char} in ${JSON.stringify(text)}`);
    }
    assert.ok(spent.steps <= 60 * text.length + 60, `${spent.steps} steps for ${text.length}`);
  }
});

test("a hundred thousand markers take a bounded number of steps", () => {
  const many = (piece) => piece.repeat(Math.ceil(100_000 / piece.length));
  const hostile = [
    "*", "**", "* ", "*a", "**a", "_a ", "__a*b", "*a**b", "||a", "~~a||b", "***a", "`", "`a", "``a`", "`a``b```c", "```", "```\n", "```a",
    "[", "](", "[](", "[a](", "[a](http://b", "[[](http://a)", "[a](http://b)", "(", "<", "<@", "<@1", "<t:1", "<:a:", "<http://", "http://", "http://a*b",
    "**http://a", "\\", "\\*", "> ", "> > ", "\n> ", ">>> ", "\n>>> ", "# ", "\n# ", "- ", "\n- ", "\n  - ", "  - a\n    - b\n", "1. a\n", "\n", " ", "@everyone",
    "|| ** __ ~~ ", "*_a", "\n-# ", "</a b c:",
  ];
  for (const piece of hostile) {
    for (const masked of [false, true]) {
      const text = many(piece);
      const spent = { steps: 0 };
      walk(parse(text, { masked, spent }));
      assert.ok(spent.steps <= 40 * text.length, `${JSON.stringify(piece)}: ${spent.steps} steps`);
    }
  }
});
