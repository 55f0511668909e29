// Slash commands as a client lists them: the leaves of the registered trees in the member's language, found by what
// is typed, and taken apart when a whole command line was pasted.

/** Discord's command types. */
export const KIND = { SLASH: 1, USER: 2, MESSAGE: 3 };

/** Discord's option types. */
export const OPTION = {
  SUB_COMMAND: 1,
  SUB_COMMAND_GROUP: 2,
  STRING: 3,
  INTEGER: 4,
  BOOLEAN: 5,
  USER: 6,
  CHANNEL: 7,
  ROLE: 8,
  MENTIONABLE: 9,
  NUMBER: 10,
  ATTACHMENT: 11,
};

/** Where a text is looked for when a language has none of its own, as Discord does. */
const FALLBACK = { "en-US": "en-GB", "en-GB": "en-US", "es-419": "es-ES" };

/** A `name` or `description` in a language. */
export function localised(thing, field, locale) {
  const texts = thing[`${field}_localizations`];
  return texts?.[locale] ?? texts?.[FALLBACK[locale]] ?? thing[field] ?? "";
}

/**
 * The leaves of slash commands, sorted by name: `{ key, id, app, path, name, description, options }`. `path` is what
 * the application knows it by ("character info"), `name` what the member reads ("figur info").
 */
export function leaves(commands, locale) {
  const found = [];
  for (const command of commands) {
    if ((command.type ?? KIND.SLASH) !== KIND.SLASH) continue;
    const walk = (node, path, name) => {
      const below = (node.options ?? []).filter(isBranch);
      for (const next of below) walk(next, `${path} ${next.name}`, `${name} ${localised(next, "name", locale)}`);
      if (below.length > 0) return;
      found.push({
        key: `${command.application_id}:${command.guild_id ?? ""}:${path}`,
        id: command.id,
        app: command.application_id,
        path,
        name,
        description: localised(node, "description", locale),
        options: (node.options ?? []).map((option) => optionOf(option, locale)),
      });
    };
    walk(command, command.name, localised(command, "name", locale));
  }
  return found.sort((a, b) => a.name.localeCompare(b.name, locale) || (a.app < b.app ? -1 : 1));
}

const isBranch = (option) => option.type === OPTION.SUB_COMMAND || option.type === OPTION.SUB_COMMAND_GROUP;

function optionOf(option, locale) {
  return {
    name: option.name,
    label: localised(option, "name", locale),
    description: localised(option, "description", locale),
    type: option.type,
    required: option.required === true,
    autocomplete: option.autocomplete === true,
    choices: (option.choices ?? []).map((choice) => choiceOf(choice, locale)),
    min: option.min_value ?? null,
    max: option.max_value ?? null,
    minLength: option.min_length ?? null,
    maxLength: option.max_length ?? null,
    channelTypes: option.channel_types ?? [],
  };
}

/** A choice as it is read; its value is what is sent. */
export const choiceOf = (choice, locale) => ({ name: localised(choice, "name", locale), value: choice.value });

/** The entries of a message's or member's menu: `{ key, app, name, label }`. */
export function entries(commands, kind, locale) {
  return commands
    .filter((command) => command.type === kind)
    .map((command) => ({
      key: command.id,
      app: command.application_id,
      name: command.name,
      label: localised(command, "name", locale),
    }))
    .sort((a, b) => a.label.localeCompare(b.label, locale));
}

/**
 * How well a text fits what is typed: 0 begins with it, 1 a later word does, 2 has it inside, -1 not at all. Both
 * are compared as given: lower them first.
 */
export function fit(text, typed) {
  if (text.startsWith(typed)) return 0;
  const at = text.indexOf(typed);
  if (at < 0) return -1;
  return text.includes(` ${typed}`) ? 1 : 2;
}

/** The items whose texts fit what is typed, the best first, else in their order. */
export function rank(items, typed, textsOf) {
  const query = typed.trim().toLowerCase();
  if (query === "") return [...items];
  const fitting = [];
  for (const item of items) {
    let best = -1;
    for (const text of textsOf(item)) {
      const how = fit(String(text ?? "").toLowerCase(), query);
      if (how >= 0 && (best < 0 || how < best)) best = how;
    }
    if (best >= 0) fitting.push({ item, best });
  }
  return fitting.sort((a, b) => a.best - b.best).map(({ item }) => item);
}

/** The leaves that fit what is typed behind the slash. */
export const find = (all, typed) => rank(all, typed, (leaf) => [leaf.name, leaf.path]);

/** The leaf that a reference such as "talk" or "character info" means: the path, or the first below it. */
export function named(all, path) {
  return all.find((leaf) => leaf.path === path) ?? all.find((leaf) => leaf.path.startsWith(`${path} `)) ?? null;
}

/**
 * A leaf that a line names whole, with a space behind it, and the rest of the line: "/talk message: hi". Null while
 * it may still become another.
 */
export function opened(all, line) {
  if (!line.startsWith("/")) return null;
  const typed = line.slice(1);
  let best = null;
  for (const leaf of all) {
    for (const name of [leaf.name, leaf.path]) {
      const whole = typed.length > name.length && typed.slice(0, name.length).toLowerCase() === name.toLowerCase();
      if (whole && /\s/.test(typed[name.length]) && (!best || name.length > best.length)) {
        best = { leaf, length: name.length };
      }
    }
  }
  return best && { leaf: best.leaf, rest: typed.slice(best.length + 1) };
}

/**
 * Option texts by name from the rest of a line: "message: hi there character: Nora". What comes before the first name
 * goes to the first option.
 */
export function tokenise(options, rest) {
  const names = new Map();
  for (const option of options) for (const name of [option.label, option.name]) names.set(name.toLowerCase(), option);
  const texts = new Map();
  let current = null;
  let from = 0;
  const keep = (to) => {
    const text = rest.slice(from, to).trim();
    const target = current ?? options[0];
    if (target && (current || text !== "")) texts.set(target.name, text);
  };
  for (const match of rest.matchAll(/(?<![^\s])([\p{L}\p{N}_-]{1,32}):/gu)) {
    const option = names.get(match[1].toLowerCase());
    if (!option || option === current || texts.has(option.name)) continue;
    keep(match.index);
    current = option;
    from = match.index + match[0].length;
  }
  keep(rest.length);
  return texts;
}
