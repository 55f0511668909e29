// A call of the model: what it was asked, part by part, and its answer as it comes.

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { count, cut, duration, plural } from "./format.js";
import { chip, copyButton, copyJson, facts, section } from "./parts.js";
import { endOf } from "./scale.js";
import { pace, promptParts } from "./summary.js";
import { json, text } from "./tree.js";

/** How many characters of a message of the prompt are shown at once: they scroll. */
const MESSAGE = 6_000;

/** How a request ended, in words and in a tone. */
const OUTCOMES = {
  under_way: ["under way", "warn"],
  finished: ["finished", "good"],
  client_left: ["the bot hung up", "warn"],
  cut: ["cut off by a fault", "bad"],
};

/** The body of an open row of the model's lane. */
export function model(detail, key, entry, now) {
  const [outcome, tone] = OUTCOMES[entry.outcome] ?? [entry.outcome, "quiet"];
  const parts = promptParts(detail.timeline, entry);
  const speed = pace(entry, now);
  const prompt = entry.prompt ?? [];
  const tokens = prompt.reduce((sum, message) => sum + message.tokens, 0);
  const said = entry.said ?? "";
  return html`${facts([
      ["Model", typeof entry.model === "string" ? entry.model : null],
      ["Status", entry.status === null ? "none yet" : String(entry.status)],
      ["Outcome", chip(outcome, tone)],
      ["First token", typeof entry.first_token_ms === "number" ? `after ${duration(entry.first_token_ms * 1_000)}` : null],
      ["Took", duration(endOf(entry, now) - entry.at_us)],
    ])}
    ${parts.length > 0 ? promptBar(parts) : nothing}
    ${section(`${key}/prompt`, `Prompt: ${plural(prompt.length, "message")}, ${plural(tokens, "token")}`, () => prompt.map((message, n) => asked(`${key}/prompt/${n}`, message)), {
      first: true,
      aside: copyJson("Prompt", prompt),
    })}
    ${section(`${key}/settings`, "Settings", () => json(`${key}/settings`, entry.settings), { aside: copyJson("Settings", entry.settings) })}
    <div class="ins-section-head">
      <h4>Reply: ${plural(entry.tokens_sent ?? 0, "token")}${speed === null ? "" : `, ${speed.toFixed(1)} a second`}</h4>
      ${said === "" ? nothing : copyButton("Reply", () => said)}
    </div>
    <div class="ins-said" tabindex="0" role="region" aria-label="The model's reply">${said === "" ? html`<span class="ins-quiet-text">${entry.took_us === null ? "Nothing yet" : "It said nothing"}</span>` : said}${entry.took_us === null ? html`<span class="ins-cursor" aria-hidden="true"></span>` : nothing}</div>`;
}

function asked(key, message) {
  const role = typeof message.role === "string" ? message.role : "no role";
  const title = html`<span class="ins-role">${role}</span> ${plural(message.tokens, "token")} <span class="ins-peek">${cut(message.text.replace(/\s+/g, " "), 60)}</span>`;
  return section(key, title, () => html`<div class="ins-said" tabindex="0" role="region" aria-label=${`Message of ${role}`}>${text(`${key}/text`, message.text, MESSAGE)}</div>`, {
    aside: copyButton(`Message of ${role}`, () => message.text),
  });
}

/** The parts of a prompt on one bar, with a legend that says their tokens. */
export function promptBar(parts) {
  const sum = parts.reduce((sum, part) => sum + part.tokens, 0);
  const share = (part) => (sum === 0 ? 0 : (part.tokens / sum) * 100);
  return html`<div class="ins-section-head"><h4>Prompt by parts: ${plural(sum, "token")}</h4></div>
    <div class="ins-parts" aria-hidden="true">
      ${parts.map((part, n) => (part.tokens === 0 ? nothing : html`<span class="ins-part ins-part-${n % 8}" title=${`${part.part}: ${count(part.tokens)}`} .style=${`flex-grow: ${part.tokens}`}></span>`))}
    </div>
    <ul class="ins-legend">
      ${parts.map((part, n) => html`<li><span class="ins-dot ins-part-${n % 8}" aria-hidden="true"></span>${part.part}<span class="ins-number">${count(part.tokens)} · ${share(part).toFixed(0)}%</span></li>`)}
    </ul>`;
}
