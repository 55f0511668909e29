// Which list is open above the composer: commands, an option's choices, or what may finish the word at the caret.

import { OPTION, find, rank } from "../../model/commands.js";
import { channels, roles, search, users } from "../../model/candidates.js";
import { finish, wordAt } from "../../model/draft.js";
import { searchEmoji } from "../../model/emoji-names.js";
import { BITS, may } from "../../model/permissions.js";
import { state } from "../../store.js";
import { TAIL, addOption, addable, begin, candidatesOf, optionOf, pickOption } from "./command-state.js";
import { offered } from "./offered.js";
import { focusComposer, setText } from "./state.js";

/** The most emoji and names that a list offers. */
const MOST = 10;
/** The most choices and commands. */
const MOST_COMMANDS = 100;

/**
 * The open list, or null: `{ key, label, items, active, note, isOption }`. Items are `{ key, label, hint, description,
 * app, user, icon, color, pick }`; `note` stands in place of items.
 */
export function listOf(channel, composer) {
  const found = composer.command ? ofOption(channel.id, composer) : ofText(channel, composer);
  if (!found || composer.list.waved === found.key) return null;
  const last = found.items.length - 1;
  return { note: null, ...found, active: Math.min(composer.list.active, last) };
}

function ofText(channel, composer) {
  const { text, caret } = composer;
  if (text.startsWith("/") && !composer.editing) return ofCommands(channel.id, text.slice(1));
  const word = wordAt(text, caret);
  if (!word) return null;
  const items = ofWord(channel, word).map((item) => ({ ...item, pick: () => finishWord(composer, word, item) }));
  return items.length === 0 ? null : { key: `${word.sign}${word.start}`, label: LABELS[word.sign], items };
}

const LABELS = { "@": "Members and roles", "#": "Text channels", ":": "Emoji" };

function ofCommands(channel, typed) {
  const { leaves } = offered(channel);
  if (leaves === null) return { key: "/", label: "Commands", items: [], note: "Loading commands…" };
  const items = find(leaves, typed)
    .slice(0, MOST_COMMANDS)
    .map((leaf) => ({
      key: leaf.key,
      label: `/${leaf.name}`,
      options: leaf.options,
      description: leaf.description,
      app: leaf.app,
      pick: () => begin(channel, leaf),
    }));
  // A path or a slash of its own is just text.
  if (items.length === 0) return typed === "" ? { key: "/", label: "Commands", items, note: "There are no commands here." } : null;
  return { key: "/", label: "Commands", items };
}

function ofWord(channel, { sign, query }) {
  if (sign === ":") {
    return searchEmoji(query, MOST).map(({ name, text }) => ({ key: name, label: `:${name}:`, icon: text, insert: text }));
  }
  if (sign === "#") {
    return search(channels(state.view, channel.id), query)
      .slice(0, MOST)
      .map((place) => ({ key: place.id, label: place.name, icon: "#", insert: `#${place.name}`, markup: `<#${place.id}>` }));
  }
  const people = users(state.view, channel.id).map((one) => ({ ...one, markup: `<@${one.id}>` }));
  const all = may(channel, BITS.MENTION_EVERYONE);
  const named = roles(state.view, channel.id).filter((role) => !role.everyone && (role.mentionable || all));
  const groups = named.map((role) => ({ ...role, hint: "Notify users with this role", markup: `<@&${role.id}>` }));
  if (all && channel.guild_id) {
    groups.push({ id: "everyone", name: "everyone", hint: "Notify everyone who can see this channel" });
    groups.push({ id: "here", name: "here", hint: "Notify everyone online who can see this channel" });
  }
  return [...search(people, query), ...rank(groups, query, (group) => [group.name])].slice(0, MOST).map((one) => ({
    key: one.id,
    label: one.user ? one.name : `@${one.name}`,
    hint: one.hint,
    user: one.user,
    icon: one.user ? null : "@",
    color: one.color,
    insert: `@${one.name}`,
    markup: one.markup,
  }));
}

function finishWord(composer, word, item) {
  const { text, caret } = finish(composer.text, composer.caret, word, item.insert);
  if (item.markup) composer.picks.set(item.insert, item.markup);
  setText(composer, text, caret);
  focusComposer();
}

function ofOption(channel, composer) {
  const { command } = composer;
  const name = command.focus;
  if (name === TAIL) return ofFurther(channel, command);
  const option = optionOf(command, name);
  const value = option && command.values.get(name);
  if (!option || value.pick) return null;
  const base = { key: `option:${name}`, label: option.label, isOption: true };
  if (option.autocomplete) return { ...base, ...ofSuggestions(channel, command, option, value.text) };
  const all = option.type === OPTION.BOOLEAN ? TRUTH : option.choices;
  if (all.length > 0) {
    const fitting = rank(all, value.text, (choice) => [choice.name]).slice(0, MOST_COMMANDS);
    return { ...base, ...ofChoices(channel, option, fitting) };
  }
  const candidates = candidatesOf(channel, option);
  if (candidates.length === 0) return null;
  const items = search(candidates, value.text).map((one) => ({
    key: one.id,
    label: one.kind === "channel" ? `#${one.name}` : one.kind === "role" ? `@${one.name}` : one.name,
    hint: one.hint,
    user: one.user,
    icon: { channel: "#", role: "@" }[one.kind],
    color: one.color,
    pick: () => pickOption(channel, name, { name: `${one.kind === "channel" ? "#" : "@"}${one.name}`, value: one.id }),
  }));
  return { ...base, items, note: items.length === 0 ? NOTHING : null };
}

const TRUTH = [
  { name: "True", value: true },
  { name: "False", value: false },
];

const NOTHING = "No options match your search.";

function ofChoices(channel, option, choices) {
  const items = choices.map((choice, index) => ({
    key: `${index}:${choice.name}`,
    label: choice.name,
    pick: () => pickOption(channel, option.name, choice),
  }));
  return { items, note: items.length === 0 ? NOTHING : null };
}

function ofSuggestions(channel, command, option, text) {
  const { auto } = command;
  if (auto?.name !== option.name || (auto.status !== "failed" && auto.text !== text)) return { items: [], note: "Loading options…" };
  if (auto.status === "failed") return { items: [], note: "Loading options failed." };
  return ofChoices(channel, option, auto.choices);
}

function ofFurther(channel, command) {
  const further = addable(command);
  if (further.length === 0 && command.tail.trim() === "") return null;
  return {
    key: "option:",
    label: "Optional options",
    items: further.map((option) => ({
      key: option.name,
      label: option.label,
      description: option.description,
      pick: () => addOption(channel, option.name),
    })),
    note: further.length === 0 ? NOTHING : null,
  };
}
