// The page's whole state, and the one way to change it: `update`. Each change leads to one render in the
// next animation frame, however many changes come before it.

/** What the page knows. Plain data; ids are strings. */
export const state = {
  /** Who this tab acts as: a user's id, or none before the first view. */
  me: null,
  /** The lists as that member's client has them: the newest `view` item (see sandbox/src/page/view.rs). */
  view: null,
  /** The open server's id, or "direct". */
  guild: null,
  /** The open channel's id. */
  channel: null,
  /** By channel: what is loaded of it; see model/history.js. */
  histories: new Map(),
  /** By channel: who types there, by user id, with the name and until when (milliseconds of this machine). */
  typing: new Map(),
  /** This member's interactions by id, as `live` tells them. */
  interactions: new Map(),
  /** By channel: what stands in the composer; see view/composer/state.js. */
  composers: new Map(),
  /** Channels with something unread: id to whether it mentions this member. */
  unread: new Map(),
  /** What lies over the page, or none: `{ kind, … }`; see view/overlay.js. */
  overlay: null,
  /** A short notice at the bottom: `{ text, tone: "info" | "error" }`. */
  toast: null,
  /** "connecting", "open" or "lost". */
  connection: "connecting",
  /** What is drawn beside the messages on a narrow screen: "none", "lists" or "members". */
  drawer: "none",
  /** Whether the member list shows, where there is room. */
  members: true,
  /** The inspector; see inspector/state.js. */
  inspector: { open: false },
  /** "dark", "light" or "system". */
  theme: "dark",
  /** How far the sandbox's clock is ahead of this machine's, in milliseconds. */
  clockOffset: 0,
};

let draw = () => {};
let drawing = false;
const after = [];

/** Sets what renders the page. */
export function onDraw(render) {
  draw = render;
}

/** Changes the state, and has the page rendered. */
export function update(change) {
  change?.(state);
  if (drawing) return;
  drawing = true;
  requestAnimationFrame(() => {
    drawing = false;
    try {
      draw();
    } finally {
      for (const act of after.splice(0)) act();
    }
  });
}

/** Runs once after the next render: for focus and scrolling. */
export function afterDraw(act) {
  after.push(act);
  update();
}

/** Shows a short notice for a few seconds. */
export function notify(text, tone = "info") {
  const toast = { text, tone };
  update((state) => (state.toast = toast));
  setTimeout(() => {
    if (state.toast === toast) update((state) => (state.toast = null));
  }, tone === "error" ? 8000 : 4000);
}

/** The sandbox's time now, in milliseconds since 1970. */
export function now() {
  return Date.now() + state.clockOffset;
}
