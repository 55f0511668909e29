// The live feed: one WebSocket a tab, which comes back by itself. sandbox/src/page/live.rs says what it tells.

import { apply, forget } from "./model/arrive.js";
import { parse } from "./model/clean.js";
import { state, update } from "./store.js";

/** The shortest and the longest wait before a lost connection is tried again, in milliseconds. */
const WAIT = [250, 4000];

let socket = null;
let wait = WAIT[0];
let timer = 0;

/** Listens as the member `me`, in place of whoever it was before. */
export function listen(me) {
  clearTimeout(timer);
  const old = socket;
  socket = null;
  old?.close();
  const address = `${location.protocol === "https:" ? "wss:" : "ws:"}//${location.host}/_sandbox/live?as=${encodeURIComponent(me)}`;
  const own = new WebSocket(address);
  socket = own;
  own.onmessage = (event) => {
    if (socket !== own) return;
    wait = WAIT[0];
    apply(parse(event.data));
  };
  own.onopen = () => {
    if (socket !== own) return;
    if (state.connection === "lost") forget();
    update((state) => (state.connection = "open"));
  };
  own.onclose = () => {
    if (socket !== own) return;
    update((state) => (state.connection = "lost"));
    timer = setTimeout(() => listen(me), wait);
    wait = Math.min(wait * 2, WAIT[1]);
  };
}
