// The command line in the composer: the command's chip, a chip for each option with its input, and their keys.

import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { classMap } from "../../vendor/lit-html/directives/class-map.js";
import { live } from "../../vendor/lit-html/directives/live.js";
import { repeat } from "../../vendor/lit-html/directives/repeat.js";
import { OPTION } from "../../model/commands.js";
import { admit, read, sizeText } from "../../model/files.js";
import { notify, state, update } from "../../store.js";
import { avatar } from "../avatar.js";
import { icon } from "../icons.js";
import {
  TAIL,
  addOption,
  addable,
  arrive,
  fileOption,
  focusOption,
  goBack,
  inputId,
  isEmpty,
  leaveCommand,
  optionOf,
  removeOption,
  sendCommand,
  stray,
  typeOption,
} from "./command-state.js";
import { listAttributes, onListKey } from "./list.js";
import { listOf } from "./lists.js";

const HINT_ID = "composer-hint";

/** The line above the command: what the option at the caret is for, or what is wrong with it. */
export function hintView(command) {
  const option = optionOf(command, command.focus);
  const problem = option && command.problems.get(option.name);
  const text = problem ?? (option ? option.description : command.leaf.description);
  const app = state.view?.apps.find((app) => app.id === command.leaf.app);
  return html`<div class=${classMap({ "command-hint": true, bad: problem !== undefined && problem !== null })} id=${HINT_ID}>
    ${app ? avatar({ id: app.id, username: app.name, bot: true }, 16) : nothing}
    <b>${option ? option.label : `/${command.leaf.name}`}</b>
    <span role=${problem ? "alert" : nothing}>${text}${option && limits(option)}</span>
  </div>`;
}

/** What an option takes, where that can be said shortly. */
function limits({ type, min, max, maxLength }) {
  if (type === OPTION.STRING && maxLength !== null) return html` <small>up to ${maxLength} characters</small>`;
  if (min !== null && max !== null) return html` <small>${min} to ${max}</small>`;
  if (min !== null || max !== null) return html` <small>${min !== null ? `from ${min}` : `up to ${max}`}</small>`;
  return nothing;
}

/** The command in progress, in place of the text. `list` is the open list. */
export function commandView(channel, composer, list) {
  const { command } = composer;
  return html`<div class="command" role="group" aria-label=${`Command /${command.leaf.name}`} @mousedown=${(event) => toTail(event, channel.id)}>
    <span class="command-name">/${command.leaf.name}</span>
    ${repeat(command.shown, (name) => name, (name) => chip(channel, composer, list, optionOf(command, name)))}
    ${tail(channel, composer, list)}
  </div>`;
}

/** A press beside the chips goes behind the last. */
function toTail(event, channel) {
  if (event.target !== event.currentTarget) return;
  event.preventDefault();
  focusOption(channel, TAIL);
}

function chip(channel, composer, list, option) {
  const { command } = composer;
  const problem = command.problems.get(option.name);
  const hasFocus = command.focus === option.name;
  const empty = isEmpty(command, option.name);
  const remove = () => removeOption(channel.id, option.name);
  return html`<span class=${classMap({ chip: true, focused: hasFocus, bad: problem !== undefined, empty })}>
    <label class="chip-name" for=${inputId(option.name)}>${option.label}</label>
    ${option.type === OPTION.ATTACHMENT ? fileInput(channel, composer, option) : textInput(channel, composer, list, option)}
    ${option.required ? nothing : html`<button type="button" class="chip-remove" tabindex="-1" aria-label=${`Remove ${option.label}`} @click=${remove}>${icon("cross", 12)}</button>`}
  </span>`;
}

function textInput(channel, composer, list, option) {
  const { command } = composer;
  const { name } = option;
  const { text } = command.values.get(name);
  const problem = command.problems.get(name);
  const isOpen = command.focus === name ? list : null;
  const { expanded, controls, active } = listAttributes(isOpen);
  const onInput = (event) => {
    if (!isAt(composer, name)) return stray(channel.id, event);
    typeOption(channel.id, name, event.target.value);
    // What was taken for an option's name is gone before the next letter comes.
    const kept = command.values.get(name).text;
    if (event.target.value !== kept) event.target.value = kept;
  };
  const numeric = option.type === OPTION.INTEGER || option.type === OPTION.NUMBER;
  // The copy of the text beside the input makes the chip as wide as what is in it.
  return html`<span class="grow">
    <span class="mirror" aria-hidden="true">${text}</span>
    <input id=${inputId(name)} type="text" inputmode=${numeric ? "decimal" : nothing} autocomplete="off" spellcheck="false" role="combobox" aria-expanded=${expanded} aria-controls=${controls} aria-activedescendant=${active} aria-autocomplete="list" aria-required=${option.required ? "true" : nothing} aria-invalid=${problem ? "true" : nothing} aria-describedby=${command.focus === name ? HINT_ID : nothing}
      .value=${live(text)} @input=${onInput} @focus=${() => arrive(channel.id, composer, name)} @keydown=${(event) => onCommandKey(event, channel, composer)}>
  </span>`;
}

/** Takes a file for an attachment option. */
async function takeFile(channel, name, files) {
  const { taken, problem } = admit([], [...files].slice(0, 1));
  if (problem) notify(problem, "error");
  if (taken.length > 0) fileOption(channel, name, await read(taken[0]));
}

function fileInput(channel, composer, option) {
  const { name } = option;
  const { file } = composer.command.values.get(name);
  const pickerId = `${inputId(name)}-file`;
  const choose = () => document.getElementById(pickerId)?.click();
  const onPick = (event) => {
    takeFile(channel.id, name, event.target.files);
    event.target.value = "";
  };
  const key = (event) => {
    if (event.key === "Enter" && !file) event.preventDefault(), choose();
    else if ((event.key === "Backspace" || event.key === "Delete") && file) event.preventDefault(), fileOption(channel.id, name, null);
    else onCommandKey(event, channel, composer);
  };
  return html`<button type="button" class="chip-file" id=${inputId(name)} aria-describedby=${HINT_ID} @focus=${() => arrive(channel.id, composer, name)} @click=${choose} @keydown=${key}>
      ${file ? html`<span class="chip-file-name">${file.filename}</span> <small>${sizeText(file.size)}</small>` : html`<small>Drop a file here, or choose one</small>`}
    </button>
    <input type="file" class="unseen" tabindex="-1" aria-hidden="true" id=${pickerId} @change=${onPick}>`;
}

function tail(channel, composer, list) {
  const { command } = composer;
  const isOpen = command.focus === TAIL ? list : null;
  const { expanded, controls, active } = listAttributes(isOpen);
  const more = command.leaf.options.length - command.shown.length;
  const onInput = (event) => {
    if (!isAt(composer, TAIL)) return stray(channel.id, event);
    const text = event.target.value;
    // "character:" names an option whole, as typing does in Discord's client.
    const named = text.trim().endsWith(":") ? addable({ ...command, tail: text }).filter((option) => `${option.label}:` === text.trim().toLowerCase()) : [];
    if (named.length === 1) return addOption(channel.id, named[0].name);
    update(() => {
      command.tail = more > 0 ? text : "";
      composer.list = { active: command.tail.trim() === "" ? -1 : 0, moved: false, waved: null };
    });
  };
  return html`<span class="grow tail">
    <span class="mirror" aria-hidden="true">${command.tail || (more > 0 ? `+${more} more` : "")}</span>
    <input id=${inputId(TAIL)} type="text" autocomplete="off" spellcheck="false" role="combobox" aria-autocomplete="list" aria-label=${more > 0 ? `${more} more options; Enter sends the command` : "Enter sends the command"} aria-describedby=${command.focus === TAIL ? HINT_ID : nothing} placeholder=${more > 0 ? `+${more} more` : ""} aria-expanded=${expanded} aria-controls=${controls} aria-activedescendant=${active}
      .value=${live(command.tail)} @input=${onInput} @focus=${() => arrive(channel.id, composer, TAIL)} @keydown=${(event) => onCommandKey(event, channel, composer)}>
  </span>`;
}

/** Whether the caret is in an option, or is on its way there: a field is drawn a moment after the state has changed. */
const isAt = (composer, name) => composer.command?.focus === name;

/** A key in the command line, which is the business of where the caret is by now. */
export function onCommandKey(event, channel, composer) {
  if (event.isComposing) return;
  const { command } = composer;
  if (!command) return event.key === "Enter" && event.preventDefault();
  const name = command.focus ?? TAIL;
  const list = listOf(channel, composer);
  const input = event.target;
  const untouched = name !== TAIL && isEmpty(command, name) && !composer.list.moved;
  // Tab passes through an option that nobody has begun to fill in.
  if (!(event.key === "Tab" && untouched) && onListKey(event, composer, list)) return;
  const isText = input.tagName === "INPUT";
  const atStart = !isText || (input.selectionStart === 0 && input.selectionEnd === 0);
  const atEnd = !isText || input.selectionStart === input.value.length;
  const at = name === TAIL ? command.shown.length : command.shown.indexOf(name);
  switch (event.key) {
    case "Enter":
      if (event.shiftKey) return;
      if (name === TAIL && command.tail.trim() !== "") return event.preventDefault();
      sendCommand(channel.id);
      break;
    case "Escape":
      leaveCommand(channel.id);
      break;
    case "Backspace":
      if (isText && input.value !== "") return;
      goBack(channel.id, name);
      break;
    case "ArrowLeft":
      if (!atStart || at <= 0) return;
      focusOption(channel.id, command.shown[at - 1], "end");
      break;
    case "ArrowRight":
      if (!atEnd || name === TAIL) return;
      focusOption(channel.id, command.shown[at + 1] ?? TAIL, "start");
      break;
    default:
      return;
  }
  event.preventDefault();
}

/** Which option takes a file that is dropped or pasted: the one at the caret, else the first that is empty. */
function fileTarget(command) {
  const isFile = (name) => optionOf(command, name)?.type === OPTION.ATTACHMENT;
  if (isFile(command.focus)) return command.focus;
  const shown = command.shown.find((name) => isFile(name) && isEmpty(command, name));
  if (shown) return shown;
  const further = command.leaf.options.find((option) => option.type === OPTION.ATTACHMENT && !command.shown.includes(option.name));
  return further?.name ?? null;
}

/** Gives a dropped or pasted file to the command. */
export function giveFile(channel, command, files) {
  const name = fileTarget(command);
  if (name === null) return notify("This command takes no file.");
  if (!command.shown.includes(name)) command.shown.push(name);
  focusOption(channel, name);
  takeFile(channel, name, files);
}

