// The slash command that is being put together: its options' values, where the caret is, and sending it.

import { OPTION, named, namedAtEnd, opened, tokenise } from "../../model/commands.js";
import { channels, roles, users } from "../../model/candidates.js";
import { blank, complete } from "../../model/options.js";
import { afterDraw, notify, state, update } from "../../store.js";
import { ask, drop } from "./autocomplete.js";
import { offer, offered } from "./offered.js";
import { composerOf, focusComposer, idOf, sendSlash, setText } from "./state.js";

/** The name of the place behind the last option, where further ones are added. */
export const TAIL = "";

/** What a name in an option may mean in a channel. */
export function candidatesOf(channel, option) {
  switch (option.type) {
    case OPTION.USER:
      return users(state.view, channel);
    case OPTION.ROLE:
      return roles(state.view, channel);
    case OPTION.CHANNEL:
      return channels(state.view, channel, option.channelTypes);
    case OPTION.MENTIONABLE:
      return [...users(state.view, channel), ...roles(state.view, channel)];
    default:
      return [];
  }
}

/** Begins a command by its name, as a press on its mention does. */
export async function startCommand(channel, name) {
  const id = idOf(channel);
  const list = await offer(id);
  const leaf = list && named(list.leaves, name);
  if (leaf) begin(id, leaf);
  else notify(list ? `/${name} isn't offered to you here.` : "The commands can't be loaded.", "error");
}

/** Puts a leaf into the composer; `texts` are option texts by name, as from a pasted line. */
export function begin(channel, leaf, texts = new Map()) {
  const composer = composerOf(channel);
  drop(composer.command);
  const command = {
    leaf,
    values: new Map(),
    shown: leaf.options.filter((option) => option.required || texts.has(option.name)).map((option) => option.name),
    focus: TAIL,
    tail: "",
    problems: new Map(),
    /** The application's suggestions, and whether one is under way; see autocomplete.js. */
    auto: null,
    suggesting: false,
  };
  for (const option of leaf.options) command.values.set(option.name, { ...blank(), text: texts.get(option.name) ?? "" });
  update(() => Object.assign(composer, { command, text: "", caret: 0, list: { active: 0, waved: null } }));
  const first = command.shown.find((name) => texts.get(name) === undefined) ?? TAIL;
  focusOption(channel, first);
}

/** Begins the command that the draft names whole, with a space behind it. True when it did. */
export function beginTyped(channel, composer) {
  const all = offered(channel).leaves;
  const found = all && opened(all, composer.text);
  if (!found) return false;
  begin(channel, found.leaf, tokenise(found.leaf.options, found.rest));
  return true;
}

/** Leaves the command; its name stays as a draft when `keep`. */
export function leaveCommand(channel, keep = false) {
  const composer = composerOf(channel);
  const { command } = composer;
  drop(command);
  composer.command = null;
  setText(composer, keep && command ? `/${command.leaf.name}` : "");
  focusComposer();
}

export const optionOf = (command, name) => command.leaf.options.find((option) => option.name === name) ?? null;

/** The optional options that are not there yet, and fit what is typed behind the last. */
export function addable(command) {
  const typed = command.tail.trim().toLowerCase().replace(/:$/, "");
  return command.leaf.options.filter((option) => {
    if (command.shown.includes(option.name)) return false;
    return typed === "" || option.label.toLowerCase().includes(typed) || option.name.includes(typed);
  });
}

/** The element's id of an option's input, or of the place behind the last. */
export const inputId = (name) => (name === TAIL ? "composer-tail" : `composer-value-${name}`);

/** Puts the caret into an option; `end` says at which end. */
export function focusOption(channel, name, end = "end") {
  const composer = composerOf(channel);
  arrive(channel, composer, name);
  // At once where it is there already, lest what is typed now goes elsewhere.
  document.getElementById(inputId(name))?.focus({ preventScroll: true });
  afterDraw(() => {
    if (composer.command?.focus !== name) return;
    const input = document.getElementById(inputId(name));
    input?.focus({ preventScroll: true });
    input?.scrollIntoView?.({ block: "nearest" });
    if (input?.setSelectionRange && input.type !== "file") {
      const at = end === "end" ? input.value.length : 0;
      input.setSelectionRange(at, at);
    }
  });
}

/** The caret is in an option now: its list begins anew. */
export function arrive(channel, composer, name) {
  const { command } = composer;
  if (!command || command.focus === name) return;
  update(() => {
    command.focus = name;
    composer.list = { active: name === TAIL ? -1 : 0, waved: null };
  });
  if (optionOf(command, name)?.autocomplete && !command.values.get(name).pick) ask(channel, command, name);
}

/** Letters that went into a field that is about to go: they belong to where the caret is by now. */
export function stray(channel, event) {
  const composer = composerOf(channel);
  const { command } = composer;
  const letters = event.data ?? "";
  if (letters === "") return;
  if (!command) setText(composer, composer.text + letters);
  else if (!command.focus) update(() => (command.tail += letters));
  else typeOption(channel, command.focus, command.values.get(command.focus).text + letters);
}

/** An option's text was changed by typing. */
export function typeOption(channel, name, text) {
  const composer = composerOf(channel);
  const { command } = composer;
  // Whoever knows the options by heart types their names, as Discord's client lets them.
  const typed = namedAtEnd(command.leaf.options, text);
  const next = typed?.option.name;
  if (next === name && typed.rest === "") text = "";
  else if (next && next !== name && isEmpty(command, next)) {
    command.values.set(name, { ...blank(), text: typed.rest });
    return command.shown.includes(next) ? focusOption(channel, next) : addOption(channel, next);
  }
  update(() => {
    command.values.set(name, { ...blank(), text });
    command.problems.delete(name);
    composer.list = { active: 0, waved: null };
  });
  if (optionOf(command, name)?.autocomplete) ask(channel, command, name);
}

/** Takes an entry of an option's list, and goes on to what is still to be filled in. */
export function pickOption(channel, name, pick) {
  const { command } = composerOf(channel);
  command.values.set(name, { ...blank(), text: pick.name, pick });
  command.problems.delete(name);
  focusNext(channel, name);
}

/** A file for an attachment option, or none. */
export function fileOption(channel, name, file) {
  const { command } = composerOf(channel);
  if (!command) return;
  update(() => {
    command.values.set(name, { ...blank(), text: file?.filename ?? "", file });
    command.problems.delete(name);
  });
  if (file) focusNext(channel, name);
}

/** Goes to the next option behind `name` that is empty, else behind the last. */
function focusNext(channel, name) {
  const { command } = composerOf(channel);
  const at = command.shown.indexOf(name);
  const order = [...command.shown.slice(at + 1), ...command.shown.slice(0, at)];
  focusOption(channel, order.find((next) => isEmpty(command, next)) ?? TAIL);
}

export function isEmpty(command, name) {
  const { text, pick, file } = command.values.get(name);
  return text === "" && !pick && !file;
}

/** Adds an optional option, and goes there. */
export function addOption(channel, name) {
  const { command } = composerOf(channel);
  update(() => {
    command.shown.push(name);
    command.tail = "";
  });
  focusOption(channel, name);
}

/** Goes back from an empty option or the end: an optional one goes away, before the first the command does. */
export function goBack(channel, name) {
  const { command } = composerOf(channel);
  const at = name === TAIL ? command.shown.length : command.shown.indexOf(name);
  if (at <= 0 && command.shown.every((shown) => isEmpty(command, shown))) return leaveCommand(channel, true);
  const to = command.shown[at - 1] ?? command.shown[at + 1] ?? TAIL;
  if (name !== TAIL && !optionOf(command, name).required) removeOption(channel, name, to);
  else if (to !== name) focusOption(channel, to);
}

/** Takes an optional option away, and goes to another. */
export function removeOption(channel, name, to = TAIL) {
  const { command } = composerOf(channel);
  update(() => {
    command.shown = command.shown.filter((shown) => shown !== name);
    command.values.set(name, blank());
    command.problems.delete(name);
  });
  focusOption(channel, to);
}

/** Sends the command, or goes to the first option that will not do. */
export async function sendCommand(channel) {
  const composer = composerOf(channel);
  const { command } = composer;
  if (!command) return;
  const { options, problems } = complete(command.leaf, command.values, (option) => candidatesOf(channel, option));
  update(() => (command.problems = problems));
  if (problems.size > 0) {
    const first = command.leaf.options.find((option) => problems.has(option.name)).name;
    if (!command.shown.includes(first)) command.shown.push(first);
    command.focus = null;
    return focusOption(channel, first);
  }
  // At once, so that one can go on writing; what isn't taken comes back.
  leaveCommand(channel);
  if (await sendSlash(channel, command.leaf, options)) return;
  drop(composer.command);
  command.focus = null;
  update(() => (composer.command = command));
  focusOption(channel, TAIL);
}
