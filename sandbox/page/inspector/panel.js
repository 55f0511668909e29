// The inspector's panel: its frame, its width, and its tabs.

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { guard } from "../vendor/lit-html/directives/guard.js";
import { now, state } from "../store.js";
import { bot } from "./bot.js";
import { clock } from "./clock.js";
import { faults } from "./faults.js";
import { WIDTH, close, covers, setWidth, show } from "./state.js";
import { amiss } from "./switches.js";
import { timeline } from "./timeline.js";

const TABS = { timeline: "Timeline", faults: "Faults", time: "Time", bot: "Bot" };
/** How far an arrow key moves the edge, in pixels. */
const STEP = 20;

/** The side panel, or nothing while it is closed. */
export function panel() {
  const { inspector } = state;
  if (!inspector.open) return nothing;
  // A property, not an attribute: the page's policy forbids the latter.
  return html`<aside class="inspector" aria-label="Inspector" .style=${`--inspector-width: ${inspector.width}px`} @keydown=${leave}>
    ${edge(inspector)}
    <header class="ins-head">
      <h2>Inspector</h2>
      <button type="button" class="ins-close" aria-label="Close the inspector" @click=${close}>✕</button>
      ${tabs(inspector)}
    </header>
    <div class="ins-tab" role="tabpanel" id="inspector-panel" aria-labelledby=${`inspector-tab-${inspector.tab}`}>
      ${inspector.error ? html`<p class="ins-error" role="alert">${inspector.error}</p>` : nothing}
      ${BODIES[inspector.tab]()}
    </div>
  </aside>`;
}

const BODIES = {
  timeline: () => timeline(),
  faults: () => faults(),
  // The clock ticks by the second.
  time: () => guard([Math.floor(now() / 1_000), state.clockOffset, state.inspector.length, state.inspector.busy.size], clock),
  bot: () => bot(),
};

function tabs({ tab, steering }) {
  const wrong = steering ? amiss(steering) : 0;
  const move = (event) => {
    const names = Object.keys(TABS);
    const at = names.indexOf(tab);
    const next = { ArrowRight: at + 1, ArrowLeft: at - 1 + names.length, Home: 0, End: names.length - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    const name = names[next % names.length];
    show(name);
    event.currentTarget.querySelector(`#inspector-tab-${name}`)?.focus();
  };
  const one = ([name, title]) => html`<button
    type="button"
    role="tab"
    id=${`inspector-tab-${name}`}
    aria-selected=${String(name === tab)}
    aria-controls="inspector-panel"
    tabindex=${name === tab ? 0 : -1}
    @click=${() => show(name)}
  >${title}${name === "faults" && wrong > 0 ? html`<span class="ins-badge"><span class="unseen">, not as usual: </span>${wrong}</span>` : nothing}</button>`;
  return html`<div class="ins-tabs" role="tablist" aria-label="Inspector" @keydown=${move}>${Object.entries(TABS).map(one)}</div>`;
}

/** Escape closes it where it covers the page. */
function leave(event) {
  if (event.key === "Escape" && !event.defaultPrevented && covers()) close();
}

/** The edge that is dragged, or moved with the arrow keys. */
function edge({ width }) {
  const key = (event) => {
    const to = { ArrowLeft: width + STEP, ArrowRight: width - STEP, Home: WIDTH.least, End: WIDTH.most }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    setWidth(to);
  };
  const drag = (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    const handle = event.currentTarget;
    const right = event.clientX + width;
    const moved = (event) => setWidth(right - event.clientX);
    const done = () => {
      handle.removeEventListener("pointermove", moved);
      handle.removeEventListener("lostpointercapture", done);
    };
    handle.setPointerCapture(event.pointerId);
    handle.addEventListener("pointermove", moved);
    handle.addEventListener("lostpointercapture", done);
  };
  return html`<div
    class="ins-edge"
    role="separator"
    tabindex="0"
    aria-orientation="vertical"
    aria-label="Width of the inspector"
    aria-valuenow=${width}
    aria-valuemin=${WIDTH.least}
    aria-valuemax=${WIDTH.most}
    @keydown=${key}
    @pointerdown=${drag}
  ></div>`;
}
