// The Time tab: the sandbox's clock, and what pushes it forward.

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { live } from "../vendor/lit-html/directives/live.js";
import { now, state, update } from "../store.js";
import { duration } from "./format.js";
import { advance } from "./steer.js";
import { STEPS, ahead, parseLength, untilMidnight, utc } from "./time.js";

/** The tab's body. */
export function clock() {
  const { inspector } = state;
  const at = now();
  const { date, time } = utc(at);
  const busy = inspector.busy.has("clock");
  const wrong = inspector.length.trim() !== "" && parseLength(inspector.length) === null;
  const send = (event) => {
    event.preventDefault();
    // As it stands there now: what was just written may not be rendered yet.
    const length = parseLength(event.currentTarget.elements.by.value);
    if (length === null) return;
    advance(length);
    update(() => (inspector.length = ""));
  };
  return html`<div class="ins-scroll">
    <div class="ins-clock"><time datetime=${new Date(at).toISOString()}>${time}</time><span>${date}, UTC</span><span class="ins-quiet-text">${ahead(state.clockOffset)}</span></div>
    <div class="ins-steps">
      <button type="button" class="ins-button" ?disabled=${busy} @click=${() => advance("midnight")}>Next midnight, UTC<span class="ins-quiet-text">in ${duration(untilMidnight(at) * 1_000)}</span></button>
      ${STEPS.map(([title, ms]) => html`<button type="button" class="ins-button" ?disabled=${busy} @click=${() => advance(ms)}>${title}</button>`)}
    </div>
    <form class="ins-custom" @submit=${send}>
      <label for="ins-length">Push it forward by</label>
      <input id="ins-length" name="by" class="ins-field" placeholder="90 min, 2 h 30 min, 3 days" autocomplete="off" aria-invalid=${String(wrong)} aria-describedby="ins-length-wrong" .value=${live(inspector.length)} @input=${(event) => update(() => (inspector.length = event.target.value))} />
      <button class="ins-button" ?disabled=${busy}>Push</button>
    </form>
    <p class="ins-error" id="ins-length-wrong" ?hidden=${!wrong}>${wrong ? "Write a length such as 90 min, 2 h 30 min or 3 days." : nothing}</p>
    <p class="ins-note">This is the time of the local Discord: by it interaction tokens run out, rate limits refill, sessions expire, and messages and ids are dated. It moves at once, and whoever waits for a time that has come goes on.</p>
    <p class="ins-note">A bot that asks for this time (GET /_sandbox/clock) goes along. Another one's own clock does not move, and what it counts by it, such as a day's budget, stays where it is. The model server answers in real time.</p>
    <p class="ins-note">It goes forward only. To go back, start the sandbox anew.</p>
  </div>`;
}
