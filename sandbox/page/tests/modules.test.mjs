// What a bundler would check: each name that a module imports is exported where it says, and used.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

const modules = (folder) =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return modules(path);
    return path.endsWith(".js") ? [path] : [];
  });

/** The names that a module exports. */
function exported(text) {
  const declared = [...text.matchAll(/^export (?:async )?(?:const|let|function\*?|class) ([\w$]+)/gm)].map((match) => match[1]);
  const listed = [...text.matchAll(/export\s*\{([^}]*)\}/g)].flatMap((match) => match[1].split(",").map((name) => name.trim().split(" as ").at(-1)));
  return new Set([...declared, ...listed]);
}

test("what is imported is there, and used", () => {
  let checked = 0;
  for (const path of modules(root).filter((path) => !path.includes("/vendor/"))) {
    const text = readFileSync(path, "utf8");
    for (const match of text.matchAll(/^import \{([^}]*)\} from "([^"]+)";$/gm)) {
      const names = exported(readFileSync(normalize(join(dirname(path), match[2])), "utf8"));
      const rest = text.replace(match[0], "");
      for (const [name, local = name] of match[1].split(",").map((part) => part.trim()).filter(Boolean).map((part) => part.split(" as "))) {
        assert.ok(names.has(name), `${path} imports ${name} from ${match[2]}`);
        assert.ok(new RegExp(`(?<![\\w$])${local.replaceAll("$", "\\$")}(?![\\w$])`).test(rest), `${path} uses ${local}`);
        checked += 1;
      }
    }
  }
  assert.ok(checked > 200, `only ${checked} imports were looked at`);
});
