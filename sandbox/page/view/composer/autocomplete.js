// Suggestions of the application for the option that is typed: asked after a pause, one at a time, the newest wins.

import { onInteraction } from "../../model/arrive.js";
import { suggest } from "../../model/acts.js";
import { choiceOf } from "../../model/commands.js";
import { unfinished } from "../../model/options.js";
import { state, update } from "../../store.js";
import { candidatesOf } from "./command-state.js";

/** How long the typing has to rest, in milliseconds. */
const PAUSE_MS = 150;
/** How long news are waited for, in milliseconds: the sandbox itself says after three seconds that none came. */
const WAIT_MS = 6000;

/**
 * Asks for what fits an option's text as it is now. `command.auto` is then `{ name, text, status, choices }`: for which
 * option and text, "loading", "ready" or "failed".
 */
export function ask(channel, command, name) {
  if (command.auto?.name !== name) {
    drop(command);
    command.auto = { name, text: null, status: "loading", choices: [], timer: 0, again: false };
  }
  const { auto } = command;
  const { text } = command.values.get(name);
  if (auto.status === "ready" && auto.text === text) return;
  auto.status = "loading";
  clearTimeout(auto.timer);
  auto.timer = setTimeout(() => run(channel, command, auto), PAUSE_MS);
  update();
}

/** Forgets a command's suggestions; what is under way is heard by nobody. */
export function drop(command) {
  if (!command?.auto) return;
  clearTimeout(command.auto.timer);
  command.auto = null;
}

async function run(channel, command, auto) {
  if (command.auto !== auto) return;
  auto.again = command.suggesting;
  if (command.suggesting) return;
  command.suggesting = true;
  const { text } = command.values.get(auto.name);
  let item = null;
  try {
    const options = unfinished(command.leaf, command.values, auto.name, (option) => candidatesOf(channel, option));
    item = await news(await suggest(channel, command.leaf.path, options, auto.name, command.leaf.app));
  } catch {
    // Told below as any failure is.
  }
  command.suggesting = false;
  // What was typed meanwhile, perhaps into another option, has waited for this.
  if (command.auto?.again) return run(channel, command, command.auto);
  // Typed on just now: the pause's timer asks again.
  if (command.auto !== auto || command.values.get(auto.name)?.text !== text) return;
  const locale = state.view?.viewer.locale ?? "en-US";
  update(() => {
    auto.text = text;
    auto.status = item ? "ready" : "failed";
    auto.choices = (item?.choices ?? []).map((choice) => choiceOf(choice, locale));
  });
}

/** What became of a suggestion's interaction: its item when it was answered, else null. */
function news(interaction) {
  return new Promise((resolve) => {
    const settle = (item) => {
      if (item.id !== interaction || item.status === "waiting") return;
      clearTimeout(timer);
      unhear();
      resolve(item.status === "answered" ? item : null);
    };
    const timer = setTimeout(() => settle({ id: interaction, status: "failed" }), WAIT_MS);
    const unhear = onInteraction(settle);
    const known = state.interactions.get(interaction);
    if (known) settle(known);
  });
}
