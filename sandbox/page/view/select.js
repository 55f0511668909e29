// Select menus of messages: a field that opens a list with a search, by pointer and by keyboard.

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { classMap } from "../vendor/lit-html/directives/class-map.js";
import { live } from "../vendor/lit-html/directives/live.js";
import { press } from "../model/acts.js";
import { initialOf, optionsOf, searched } from "../model/choices.js";
import { afterDraw, update } from "../store.js";
import { avatar } from "./avatar.js";
import { dots, emoji, pendingOn } from "./button.js";
import * as marks from "./marks.js";
import { close, openPopover } from "./overlay.js";

/** So many messages' choices are remembered. */
const KEPT = 200;
/** By message: what was last chosen in its menus, by custom id, with the menu as it was then. */
const chosen = new Map();
const NOTHING = new Map();

/** What is chosen on a message: another object whenever it changes. */
export const chosenOn = (message) => chosen.get(message) ?? NOTHING;

/** What stands in a menu: what was chosen here, until the bot changes the menu. */
function standing(component, message) {
  const own = chosenOn(message.id).get(component.custom_id);
  return own && own.menu === JSON.stringify(component) ? own.values : initialOf(component);
}

function choose(component, message, values) {
  const all = new Map(chosenOn(message.id));
  all.set(component.custom_id, { values, menu: JSON.stringify(component) });
  chosen.delete(message.id);
  chosen.set(message.id, all);
  if (chosen.size > KEPT) chosen.delete(chosen.keys().next().value);
  press(message, component.custom_id, values);
}

/** A select menu of any kind. */
export function select(component, scene) {
  const { message, people } = scene;
  const values = standing(component, message);
  const options = optionsOf(component, people, values);
  const picked = values.map((value) => options.find((option) => option.value === value)).filter(Boolean);
  const pending = pendingOn(message);
  const busy = pending === component.custom_id;
  const label = component.placeholder || "Make a selection";
  const open = (event) => pendingOn(message) === null && list(component, scene, event.currentTarget, values);
  const keys = (event) => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    event.stopPropagation();
    open(event);
  };
  const shown = picked.length === 0 ? html`<span class="placeholder">${label}</span>` : picked.map((option) => html`<span class="picked">${face(option, 16)}<span>${option.label}</span></span>`);
  const said = `${label}${picked.length ? `: ${picked.map((option) => option.label).join(", ")}` : ""}`;
  return html`<button type="button" class=${classMap({ select: true, busy })} aria-haspopup="listbox" aria-label=${said} aria-busy=${busy ? "true" : nothing}
    ?disabled=${component.disabled} aria-disabled=${pending !== null ? "true" : nothing} @click=${open} @keydown=${keys}><span class="select-shown">${shown}</span>${busy ? dots() : marks.chevron()}</button>`;
}

/** Opens the list of a menu. One value is sent at once; of several, what is ticked when the list closes. */
function list(component, { message, people }, element, values) {
  const least = component.min_values ?? 1;
  const most = component.max_values ?? 1;
  const view = { search: "", active: 0, picked: new Set(values), done: false };
  const options = optionsOf(component, people, values);
  const found = () => searched(options, view.search);
  const finish = () => {
    if (view.done) return;
    view.done = true;
    const now = [...view.picked];
    const same = now.length === values.length && now.every((value) => values.includes(value));
    if (!same && now.length >= least && now.length <= most) choose(component, message, now);
  };
  const pick = (option) => {
    if (most === 1) {
      // The same one again takes it back, where nothing is a choice too.
      if (view.picked.has(option.value) && least === 0) view.picked.clear();
      else view.picked = new Set([option.value]);
      close(layer);
      return;
    }
    if (view.picked.has(option.value)) view.picked.delete(option.value);
    else if (view.picked.size < most) view.picked.add(option.value);
    update();
  };
  const keys = (event) => {
    const all = found();
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8, Home: -all.length, End: all.length };
    if (event.key in steps && !(["Home", "End"].includes(event.key) && view.search)) {
      view.active = Math.max(0, Math.min(all.length - 1, view.active + steps[event.key]));
      afterDraw(() => document.getElementById(`${id}-${view.active}`)?.scrollIntoView({ block: "nearest" }));
    } else if (event.key === "Enter") {
      if (all[view.active]) pick(all[view.active]);
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };
  const id = `select-${message.id}`;
  const body = () => popup({ id, view, all: found(), least, most, pick, keys });
  const layer = openPopover({ label: component.placeholder || "Make a selection", anchor: element.getBoundingClientRect(), body, onClose: finish });
}

function popup({ id, view, all, least, most, pick, keys }) {
  const search = (event) => {
    view.search = event.currentTarget.value;
    view.active = 0;
    update();
  };
  const hint = most > 1 ? `${view.picked.size} selected, choose ${least === most ? most : `${least} to ${most}`}` : "";
  return html`<div class="select-list" @keydown=${keys}>
    <input id=${`${id}-search`} class="select-search" data-focus type="text" placeholder="Search" autocomplete="off" spellcheck="false" role="combobox" aria-expanded="true" aria-autocomplete="list"
      aria-label="Search" aria-controls=${`${id}-list`} aria-activedescendant=${all.length ? `${id}-${view.active}` : nothing} .value=${live(view.search)} @input=${search}>
    <div id=${`${id}-list`} class="select-options" role="listbox" aria-label="Options" aria-multiselectable=${most > 1 ? "true" : "false"}>
      ${all.map((option, i) => row(option, i, { id, view, most, pick }))}
      ${all.length === 0 ? html`<p class="select-none">No results found</p>` : nothing}
    </div>
    ${hint ? html`<div class="select-hint" role="status">${hint}</div>` : nothing}
  </div>`;
}

function row(option, i, { id, view, most, pick }) {
  const on = view.picked.has(option.value);
  const full = !on && most > 1 && view.picked.size >= most;
  const box = most > 1 ? html`<span class=${classMap({ tick: true, on })}>${on ? marks.check() : nothing}</span>` : on ? html`<span class="tick-one">${marks.check()}</span>` : nothing;
  return html`<div id=${`${id}-${i}`} class=${classMap({ option: true, active: i === view.active, full })} role="option" aria-selected=${on ? "true" : "false"} aria-disabled=${full ? "true" : nothing} @click=${() => pick(option)}>
    ${face(option, 24)}<span class="option-words"><span class="option-label">${option.label}</span>${option.description ? html`<span class="option-description">${option.description}</span>` : nothing}</span>${box}
  </div>`;
}

function face(option, size) {
  if (option.user) return avatar(option.user, size);
  return option.mark ? html`<span class="option-mark" aria-hidden="true">${option.mark}</span>` : emoji(option.emoji);
}
