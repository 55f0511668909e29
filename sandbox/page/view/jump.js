// Going to a message of the open channel, which may have to be loaded first.

import { historyOf, loadOlder } from "../model/history.js";
import { afterDraw, notify, state, update } from "../store.js";

/** So many times older messages are loaded before a search ends. */
const LOADS = 20;
/** How long the message that was gone to stands out, in milliseconds. */
const FLASH_MS = 2000;
let flashed = null;

/** The message that stands out just now, or null. */
export const flashing = () => flashed;

/** Brings a message of a channel into sight. */
export async function jumpTo(channel, id) {
  const history = historyOf(channel);
  for (let loads = 0; !history.byId.has(id) && !history.complete && loads < LOADS; loads += 1) {
    const oldest = history.messages[0]?.id;
    await loadOlder(channel);
    if (history.messages[0]?.id === oldest || state.channel !== channel) break;
  }
  if (state.channel !== channel) return;
  if (!history.byId.has(id)) {
    notify("That message isn't here any more.");
    return;
  }
  flashed = id;
  update(() => (history.pinned = false));
  afterDraw(() => {
    const row = document.querySelector(`.messages [data-id="${CSS.escape(id)}"]`);
    row?.scrollIntoView({ block: "center" });
    row?.focus({ preventScroll: true });
  });
  setTimeout(() => {
    if (flashed === id) update(() => (flashed = null));
  }, FLASH_MS);
}
