// The one host for what lies over the page: dialogs, popovers, menus, and the notice at the bottom. Layers are a
// stack: a popover may open over a dialog, never another way round than it was opened.

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { classMap } from "../vendor/lit-html/directives/class-map.js";
import { ref } from "../vendor/lit-html/directives/ref.js";
import { repeat } from "../vendor/lit-html/directives/repeat.js";
import { styleMap } from "../vendor/lit-html/directives/style-map.js";
import { place } from "../model/placing.js";
import { afterDraw, state, update } from "../store.js";
import { menuPanels } from "./menu.js";

const FOCUSABLE =
  'button:not([disabled]):not([tabindex="-1"]), a[href], input:not([disabled]):not([type="hidden"]):not([tabindex="-1"]), textarea:not([disabled]), select:not([disabled]), [tabindex="0"]';

let serial = 0;
/** What opened the popover that the present press closed: its own click shall not open it again. */
let pressed = null;

/**
 * Opens a dialog in the middle. `body` gives its template at each render. `mayClose` is asked before Escape, the
 * backdrop or ✕ close it. Gives a handle for `close`.
 */
export function openDialog({ label, body, onClose, wide = false, mayClose }) {
  return open({ kind: "dialog", label, body, onClose, wide, mayClose });
}

/**
 * Opens a popover beside `anchor`, a rectangle or a point. `role` is "dialog" unless said; `prefer` is "below",
 * "above" or "beside". Gives a handle, or null when this press has just closed it.
 */
export function openPopover({ label, anchor, body, role = "dialog", onClose, prefer = "below" }) {
  if (pressed && pressed === document.activeElement) {
    pressed = null;
    return null;
  }
  return open({ kind: "popover", label, anchor, body, role, onClose, prefer });
}

/**
 * Opens a menu at a point or rectangle. Items are `{ label, act, danger, disabled, checked, icon, hint }`,
 * `{ separator: true }`, or `{ label, items }` with a menu of their own; `items` may be a function.
 */
export function openMenu({ label, point, items, onClose }) {
  return open({ kind: "menu", label, anchor: point, items, onClose, sub: null, subAnchor: null });
}

function open(layer) {
  listenOnce();
  const back = document.activeElement;
  // A float takes the place of the one before it; what it gives the focus back to stays.
  const before = state.overlay;
  const floats = before && before.kind !== "dialog" && layer.kind !== "dialog";
  layer.id = serial += 1;
  layer.places = new Map();
  layer.seats = new Map();
  layer.back = floats ? before.back : back;
  if (floats) forget(before);
  layer.below = state.overlay;
  update((state) => (state.overlay = layer));
  afterDraw(() => focusInto(layer));
  return layer;
}

/** Closes a layer and what lies over it; without one the top layer. */
export function close(layer = state.overlay) {
  if (!layer || !stack().includes(layer)) return;
  while (stack().includes(layer)) forget(state.overlay);
  const { back } = layer;
  afterDraw(() => {
    if (state.overlay && state.overlay !== layer.below) return;
    const target = back?.isConnected && back !== document.body ? back : document.getElementById("composer-text");
    target?.focus({ preventScroll: true });
  });
}

function forget(layer) {
  state.overlay = layer.below ?? null;
  for (const seat of layer.seats.values()) seat.observer?.disconnect();
  layer.onClose?.();
}

/** Closes as somebody who waves it away would: it may refuse. */
function dismiss(layer) {
  if (layer.mayClose && !layer.mayClose()) return;
  close(layer);
}

/** The layers, the lowest first. */
function stack() {
  const layers = [];
  for (let layer = state.overlay; layer; layer = layer.below) layers.unshift(layer);
  return layers;
}

const panels = (layer) => [...document.querySelectorAll(`[data-layer="${layer.id}"]`)];
const inside = (layer, target) => panels(layer).some((panel) => panel.contains(target));

function focusInto(layer) {
  if (state.overlay !== layer) return;
  const panel = panels(layer)[0];
  if (!panel || panel.contains(document.activeElement)) return;
  // A menu that was opened by keys begins at its first item.
  const byKeys = layer.kind === "menu" && layer.back?.matches?.(":focus-visible") && panel.querySelector(".menu-item");
  const wanted = byKeys || panel.querySelector("[data-focus]") || panel.querySelector(`:is(${FOCUSABLE}):not(.dialog-close)`);
  (wanted || panel).focus({ preventScroll: true });
}

let listening = false;

/** Keys and presses are heard on the document, before what lies below hears them. */
function listenOnce() {
  if (listening) return;
  listening = true;
  document.addEventListener("keydown", onKey, true);
  document.addEventListener("pointerdown", onPress, true);
  document.addEventListener("focusin", onFocus);
  // A person's scrolling, not a list's own: messages that stream in would close every menu.
  for (const kind of ["wheel", "touchmove"]) document.addEventListener(kind, onScroll, { capture: true, passive: true });
  window.addEventListener("resize", () => stack().forEach(settleAll));
}

function onKey(event) {
  pressed = null;
  const layer = state.overlay;
  if (!layer || event.isComposing) return;
  if (event.key === "Escape") {
    event.preventDefault();
    event.stopPropagation();
    if (layer.kind === "menu" && layer.sub !== null) layer.leave();
    else dismiss(layer);
  } else if (event.key === "Tab") {
    if (layer.kind === "menu") {
      event.preventDefault();
      close(layer);
    } else turn(event, layer);
  }
}

/** Keeps Tab inside. */
function turn(event, layer) {
  const panel = panels(layer)[0];
  const all = [...(panel?.querySelectorAll(FOCUSABLE) ?? [])].filter((element) => element.checkVisibility());
  const at = all.indexOf(document.activeElement);
  if (at > 0 && event.shiftKey) return;
  if (at >= 0 && at < all.length - 1 && !event.shiftKey) return;
  event.preventDefault();
  (event.shiftKey ? all.at(-1) : all[0])?.focus();
}

function onPress(event) {
  pressed = null;
  for (let layer = state.overlay; layer && layer.kind !== "dialog"; layer = layer.below) {
    if (inside(layer, event.target)) return;
    if (layer.back?.contains?.(event.target)) pressed = layer.back;
    dismiss(layer);
  }
}

function onScroll(event) {
  const layer = state.overlay;
  if (layer && layer.kind !== "dialog" && !inside(layer, event.target)) dismiss(layer);
}

function onFocus(event) {
  const layer = state.overlay;
  if (layer?.kind === "dialog" && !inside(layer, event.target)) focusInto(layer);
}

/** Watches a floating panel's size, and keeps it in its place and on screen. */
function seat(layer, name, anchorOf, prefer) {
  let known = layer.seats.get(name);
  if (!known) {
    known = { element: null, observer: null, anchorOf, prefer };
    known.take = (element) => {
      known.observer?.disconnect();
      known.element = element ?? null;
      if (!element) return;
      known.observer = new ResizeObserver(() => settle(layer, name));
      known.observer.observe(element);
    };
    layer.seats.set(name, known);
  }
  return ref(known.take);
}

function settleAll(layer) {
  for (const name of layer.seats.keys()) settle(layer, name);
}

function settle(layer, name) {
  const { element, anchorOf, prefer } = layer.seats.get(name);
  if (!element?.isConnected) return;
  const size = { width: element.offsetWidth, height: element.offsetHeight };
  const next = place(anchorOf(), size, { width: window.innerWidth, height: window.innerHeight }, prefer);
  const known = layer.places.get(name);
  if (known?.left === next.left && known.top === next.top) return;
  layer.places.set(name, next);
  update();
}

/** A panel's place as a style: unseen until it is known. */
function styleOf(layer, name) {
  const at = layer.places.get(name);
  return styleMap(at ? { left: `${at.left}px`, top: `${at.top}px` } : { left: "0", top: "0", opacity: "0" });
}

function layerView(layer) {
  if (layer.kind === "dialog") {
    const wave = (event) => {
      if (event.target !== event.currentTarget) return;
      event.preventDefault();
      dismiss(layer);
    };
    return html`<div class="backdrop" @mousedown=${wave}>
      <div class=${classMap({ dialog: true, wide: layer.wide })} data-layer=${layer.id} role="dialog" aria-modal="true" aria-label=${layer.label} tabindex="-1">
        ${layer.body()}
        <button class="dialog-close" type="button" aria-label="Close" @click=${() => dismiss(layer)}>✕</button>
      </div>
    </div>`;
  }
  if (layer.kind === "menu") return menuPanels(layer, { close, seat, styleOf });
  return html`<div class="popover" data-layer=${layer.id} role=${layer.role} aria-label=${layer.label} tabindex="-1" style=${styleOf(layer, "panel")} ${seat(layer, "panel", () => layer.anchor, layer.prefer)}>
    ${layer.body()}
  </div>`;
}

/** Everything that lies over the page. */
export function overlay() {
  const { toast } = state;
  return html`${repeat(stack(), (layer) => layer.id, layerView)}
    <div class="toasts" role="status">${toast ? html`<p class="toast ${toast.tone === "error" ? "bad" : ""}">${toast.text}</p>` : nothing}</div>`;
}
