// A menu's panels and keys, as WAI-ARIA's menu pattern says: arrows, Home, End, first letters, submenus.

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { classMap } from "../vendor/lit-html/directives/class-map.js";
import { afterDraw, update } from "../store.js";

/** How long letters count as one search, in milliseconds. */
const TYPING_MS = 700;

/** The items that are there, without separators that separate nothing. */
function listOf(items) {
  const all = (typeof items === "function" ? items() : items).filter(Boolean);
  return all.filter((item, at) => !item.separator || (at > 0 && at < all.length - 1 && !all[at + 1].separator));
}

/** The panels of a menu layer: its own, and the submenu that is open. */
export function menuPanels(layer, host) {
  const items = listOf(layer.items);
  const open = layer.sub === null ? null : items[layer.sub];
  layer.leave = () => leave(layer);
  return html`${panel(layer, host, "menu", layer.label, items, "below", () => layer.anchor)}
    ${open?.items ? panel(layer, host, `sub${layer.sub}`, open.label, listOf(open.items), "beside", () => layer.subAnchor) : nothing}`;
}

function panel(layer, host, name, label, items, prefer, anchorOf) {
  const isSub = name !== "menu";
  return html`<div class="float-menu" role="menu" aria-label=${label} tabindex="-1" data-layer=${layer.id} data-panel=${name} style=${host.styleOf(layer, name)} ${host.seat(layer, name, anchorOf, prefer)} @keydown=${(event) => onKey(event, layer, isSub)} @contextmenu=${(event) => event.preventDefault()}>
    ${items.map((item, index) => (item.separator ? html`<div role="separator"></div>` : entry(layer, host, item, index, isSub)))}
  </div>`;
}

function entry(layer, host, item, index, isSub) {
  const hasMenu = item.items !== undefined;
  const isOpen = hasMenu && !isSub && layer.sub === index;
  const act = (event) => {
    if (item.disabled) return;
    if (hasMenu) return enter(layer, index, event.currentTarget, true);
    host.close(layer);
    item.act?.();
  };
  const over = (event) => {
    event.currentTarget.focus({ preventScroll: true });
    if (isSub || item.disabled) return;
    if (hasMenu) enter(layer, index, event.currentTarget, false);
    else if (layer.sub !== null) update(() => (layer.sub = null));
  };
  const checks = item.checked !== undefined;
  return html`<button type="button" class=${classMap({ "menu-item": true, danger: item.danger === true, open: isOpen })} role=${checks ? "menuitemcheckbox" : "menuitem"} tabindex="-1" data-index=${index} aria-disabled=${item.disabled ? "true" : nothing} aria-checked=${checks ? String(item.checked) : nothing} aria-haspopup=${hasMenu ? "menu" : nothing} aria-expanded=${hasMenu ? String(isOpen) : nothing} @click=${act} @pointermove=${(event) => event.pointerType === "mouse" && document.activeElement !== event.currentTarget && over(event)}>
    <span class="menu-label">${item.label}${item.hint ? html`<small>${item.hint}</small>` : nothing}</span>
    ${checks ? html`<span class="menu-mark" aria-hidden="true">${item.checked ? "☑" : "☐"}</span>` : nothing}
    ${hasMenu ? html`<span class="menu-mark" aria-hidden="true">›</span>` : item.icon ? html`<span class="menu-mark" aria-hidden="true">${item.icon}</span>` : nothing}
  </button>`;
}

/** Opens an item's own menu, and goes into it when `goIn`. */
function enter(layer, index, element, goIn) {
  if (layer.sub !== index) layer.places.delete(`sub${index}`);
  layer.subAnchor = element.getBoundingClientRect();
  update(() => (layer.sub = index));
  if (goIn) afterDraw(() => itemsIn(layer, `sub${index}`)[0]?.focus({ preventScroll: true }));
}

/** Back from the submenu to the item that opened it. */
function leave(layer) {
  const index = layer.sub;
  update(() => (layer.sub = null));
  itemsIn(layer, "menu").find((element) => element.dataset.index === String(index))?.focus({ preventScroll: true });
}

const itemsIn = (layer, name) => [...document.querySelectorAll(`[data-layer="${layer.id}"][data-panel="${name}"] > .menu-item`)];

let typed = "";
let typedAt = 0;

function onKey(event, layer, isSub) {
  const own = [...event.currentTarget.querySelectorAll(":scope > .menu-item")];
  const at = own.indexOf(document.activeElement);
  const go = (index) => own.at(((index % own.length) + own.length) % own.length)?.focus({ preventScroll: true });
  const focused = own[at];
  switch (event.key) {
    case "ArrowDown":
      go(at + 1);
      break;
    case "ArrowUp":
      go(at < 0 ? -1 : at - 1);
      break;
    case "Home":
      go(0);
      break;
    case "End":
      go(-1);
      break;
    case "ArrowRight":
      if (!isSub && focused?.getAttribute("aria-haspopup")) focused.click();
      break;
    case "ArrowLeft":
      if (isSub) leave(layer);
      break;
    default:
      if (event.key.length !== 1 || event.key === " " || event.ctrlKey || event.metaKey || event.altKey) return;
      typed = event.timeStamp - typedAt > TYPING_MS ? event.key : typed + event.key;
      typedAt = event.timeStamp;
      seek(own, at, typed.toLowerCase());
  }
  event.preventDefault();
  event.stopPropagation();
}

/** Goes to the next item that begins with these letters. */
function seek(own, at, letters) {
  const from = letters.length === 1 ? at + 1 : Math.max(at, 0);
  const order = [...own.slice(from), ...own.slice(0, from)];
  order.find((item) => item.textContent.trim().toLowerCase().startsWith(letters))?.focus({ preventScroll: true });
}
