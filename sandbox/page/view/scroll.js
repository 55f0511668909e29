// Where the messages are scrolled to: at the end while somebody reads there, and else where they were, whatever comes
// above or below. Nothing here reads the layout while a render is on its way.

import { historyOf, loadOlder } from "../model/history.js";
import { afterDraw, update } from "../store.js";
import { left, opened, seen } from "./read.js";

/** Older messages are loaded this far before they are needed, in pixels. */
const AHEAD = 800;
/** What counts as the end, in pixels: a fraction is lost to rounding. */
const END = 8;
/** How long a load that brought nothing isn't tried again, in milliseconds. */
const AGAIN_MS = 3000;

/** What is on screen: `{ scroller, channel, watch, top, loading, again }`, or null. */
let area = null;

/** Takes over the element that scrolls a channel's messages, or (none) lets go of the one it had. */
export function attach(scroller) {
  area?.watch.disconnect();
  area?.scroller.removeEventListener("scroll", scrolled);
  document.removeEventListener("visibilitychange", looked);
  area = null;
  if (!scroller) return;
  const watch = new ResizeObserver(settle);
  area = { scroller, channel: scroller.dataset.channel, watch, top: 0, loading: false, again: 0 };
  historyOf(area.channel).pinned = true;
  opened(area.channel);
  watch.observe(scroller);
  // Its inside has no children yet, but it is there.
  watch.observe(scroller.firstElementChild);
  scroller.addEventListener("scroll", scrolled, { passive: true });
  document.addEventListener("visibilitychange", looked);
}

/** After the layout changed, before it is painted. */
function settle() {
  if (!area) return;
  const { scroller, channel } = area;
  if (historyOf(channel).pinned) {
    scroller.scrollTop = scroller.scrollHeight;
    area.top = scroller.scrollTop;
    if (seen(channel)) update();
  }
  if (scroller.scrollTop < AHEAD) more();
}

function scrolled() {
  if (!area) return;
  const { scroller, channel } = area;
  const history = historyOf(channel);
  const gap = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight;
  const up = scroller.scrollTop < area.top - 1;
  area.top = scroller.scrollTop;
  const pinned = gap <= END || (history.pinned && !up);
  if (pinned !== history.pinned) {
    if (!pinned) left(channel);
    update(() => (history.pinned = pinned));
  }
  if (pinned && seen(channel)) update();
  if (scroller.scrollTop < AHEAD) more();
}

function looked() {
  if (!area) return;
  if (document.visibilityState === "hidden") left(area.channel);
  else settle();
}

/** Loads older messages, and keeps those in place that are on screen. */
async function more() {
  const own = area;
  const history = historyOf(own.channel);
  const { loaded, loading, complete, messages } = history;
  if (own.loading || !loaded || loading || complete || messages.length === 0 || Date.now() < own.again) return;
  own.loading = true;
  const oldest = messages[0].id;
  await loadOlder(own.channel);
  own.loading = false;
  if (history.messages[0]?.id === oldest && !history.complete) own.again = Date.now() + AGAIN_MS;
  if (area !== own || history.pinned) return;
  const row = () => own.scroller.querySelector(`[data-id="${CSS.escape(oldest)}"]`);
  const before = row()?.getBoundingClientRect().top;
  afterDraw(() => {
    const after = row()?.getBoundingClientRect().top;
    if (before !== undefined && after !== undefined) own.scroller.scrollTop += after - before;
    own.top = own.scroller.scrollTop;
  });
}

/** Goes to the newest message, and stays there. */
export function toPresent() {
  const own = area;
  // After a frame: a scroll that was on its way is over then.
  afterDraw(() => {
    if (!own || area !== own) return;
    update(() => (historyOf(own.channel).pinned = true));
    settle();
  });
}
