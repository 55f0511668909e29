// A select in a modal: a button that opens its list below, with a search, as a combobox with a listbox.

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { classMap } from "../vendor/lit-html/directives/class-map.js";
import { live } from "../vendor/lit-html/directives/live.js";
import { channels, roles, search, users } from "../model/candidates.js";
import { rank } from "../model/commands.js";
import { PART, bounds } from "../model/forms.js";
import { afterDraw, state, update } from "../store.js";
import { avatar } from "./avatar.js";

/** How many options make a search worth its line. */
const SEARCHED = 8;

/** The options of a select as `{ value, label, description, icon, user }`. */
function optionsOf(part, channel) {
  const here = { user: users, role: roles };
  const of = (candidates) =>
    candidates
      .filter((one) => !one.everyone)
      .map((one) => ({ value: one.id, label: one.name, description: one.kind === "user" ? one.hint : "", icon: SIGNS[one.kind], user: one.user }));
  switch (part.type) {
    case PART.USER_SELECT:
      return of(here.user(state.view, channel));
    case PART.ROLE_SELECT:
      return of(here.role(state.view, channel));
    case PART.MENTIONABLE_SELECT:
      return of([...here.user(state.view, channel), ...here.role(state.view, channel)]);
    case PART.CHANNEL_SELECT:
      return of(channels(state.view, channel, part.channel_types ?? []));
    default:
      return (part.options ?? []).map((option) => ({ ...option, icon: option.emoji?.id ? "" : (option.emoji?.name ?? "") }));
  }
}

const SIGNS = { user: "", role: "@", channel: "#" };

/** A select of a form. */
export function select({ part, ids, value, change, form, item, problem }, described) {
  const isOpen = form.open === item.id;
  const all = optionsOf(part, form.item.channel);
  const chosen = value.map((one) => all.find((option) => option.value === one) ?? { value: one, label: one });
  const toggle = () => {
    update(() => {
      form.open = isOpen ? null : item.id;
      form.search = "";
      form.active = Math.max(0, all.findIndex((option) => value.includes(option.value)));
    });
    if (!isOpen) afterDraw(() => document.getElementById(`${ids.input}-search`)?.focus());
  };
  const label = chosen.length > 0 ? chosen.map((option) => `${option.icon ?? ""}${option.icon ? " " : ""}${option.label}`).join(", ") : (part.placeholder ?? "Make a selection");
  return html`<div class="form-select">
    <button type="button" id=${ids.input} class=${classMap({ "form-select-face": true, empty: chosen.length === 0 })} aria-haspopup="listbox" aria-expanded=${String(isOpen)} aria-labelledby=${`${ids.label} ${ids.input}`} aria-describedby=${described || nothing} aria-invalid=${problem ? "true" : nothing} @click=${toggle}>
      <span>${label}</span><span aria-hidden="true">▾</span>
    </button>
    ${isOpen ? list({ part, ids, value, change, form }, all) : nothing}
  </div>`;
}

function list({ part, ids, value, change, form }, all) {
  const { max } = bounds(part);
  const isNames = part.type !== PART.STRING_SELECT;
  const shown = isNames ? search(all.map((option) => ({ ...option, name: option.label, hint: option.description })), form.search) : rank(all, form.search, (option) => [option.label, option.description]);
  const active = Math.min(form.active, shown.length - 1);
  const shut = () => {
    update(() => (form.open = null));
    afterDraw(() => document.getElementById(ids.input)?.focus());
  };
  const pick = (option) => {
    if (max === 1) {
      // An optional choice is taken back by choosing it again.
      const again = value.includes(option.value) && bounds(part).min === 0;
      change(again ? [] : [option.value]);
      return shut();
    }
    if (value.includes(option.value)) change(value.filter((one) => one !== option.value));
    else if (value.length < max) change([...value, option.value]);
  };
  const move = (to) => {
    update(() => (form.active = (to + shown.length) % Math.max(1, shown.length)));
    afterDraw(() => document.getElementById(`${ids.input}-${form.active}`)?.scrollIntoView({ block: "nearest" }));
  };
  const onKey = (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown") move(active + 1);
    else if (event.key === "ArrowUp") move(active - 1);
    else if (event.key === "Enter") shown[active] && pick(shown[active]);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const onInput = (event) =>
    update(() => {
      form.search = event.target.value;
      form.active = 0;
    });
  const hidden = !isNames && all.length < SEARCHED;
  return html`<div class="form-select-list">
    <input id=${`${ids.input}-search`} class=${hidden ? "unseen" : ""} type="text" role="combobox" autocomplete="off" placeholder="Search" aria-label="Search" aria-expanded="true" aria-controls=${`${ids.input}-list`} aria-activedescendant=${shown.length > 0 ? `${ids.input}-${active}` : nothing} .value=${live(form.search)} @input=${onInput} @keydown=${onKey}>
    <div role="listbox" id=${`${ids.input}-list`} aria-labelledby=${ids.label} aria-multiselectable=${max > 1 ? "true" : nothing}>
      ${shown.map((option, index) => html`<div role="option" id=${`${ids.input}-${index}`} class=${classMap({ "form-option": true, active: index === active })} aria-selected=${String(value.includes(option.value))} @mousedown=${(event) => event.preventDefault()} @click=${() => pick(option)} @pointermove=${() => index !== form.active && update(() => (form.active = index))}>
        ${option.user ? avatar(option.user, 24) : option.icon ? html`<span class="form-option-icon" aria-hidden="true">${option.icon}</span>` : nothing}
        <span class="form-option-text">${option.label}${option.description ? html`<small>${option.description}</small>` : nothing}</span>
        ${value.includes(option.value) ? html`<span aria-hidden="true">✓</span>` : nothing}
      </div>`)}
      ${shown.length === 0 ? html`<p class="form-hint">No options match your search.</p>` : nothing}
    </div>
  </div>`;
}
