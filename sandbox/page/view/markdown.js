// Markdown as it is seen: the tree of model/markdown.js as templates. Hostile words stay words.

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { isJumbo } from "../model/emoji.js";
import { parse, parseLine, plain } from "../model/markdown.js";
import { mentioned } from "../model/known.js";
import { fullTime, isTime, timestamp } from "../model/time.js";
import { colouredMention } from "./mentions.js";
import { codeBlock } from "./code.js";
import { now } from "../store.js";
import { startCommand } from "./composer/state.js";
import { onKeys, unfold, unfoldedOf } from "./unfolded.js";

/**
 * A text as Markdown. `scene` is what it stands in: `{ message, people, channel, masked }`; `place` tells it from the
 * message's other texts.
 */
export function markdown(text, scene, place) {
  const tree = parse(text, { masked: scene.masked });
  const inside = nodes(tree, { ...scene, place, spoilers: 0 });
  return isJumbo(tree) ? html`<div class="md jumbo">${inside}</div>` : html`<div class="md">${inside}</div>`;
}

/** A text of one line that may itself be a link: a title. */
export function markdownLine(text, scene, place) {
  return nodes(parseLine(text, { links: false }), { ...scene, place, spoilers: 0 });
}

/** A text's words without any form, on one line. */
export function preview(text, { people, message }) {
  const words = plain(parseLine(text.slice(0, 400)), (node) => mentionText(node, people, message));
  return words.replace(/\s+/g, " ").trim();
}

function mentionText(node, people, message) {
  switch (node.kind) {
    case "user":
      return `@${mentioned(people, node.id, message?.mentions) ?? "unknown-user"}`;
    case "role":
      return `@${people.roles.get(node.id)?.name ?? "unknown-role"}`;
    case "channel":
      return `#${people.channels.get(node.id)?.name ?? "unknown"}`;
    case "command":
      return `/${node.name}`;
    case "emoji":
      return `:${node.name}:`;
    case "time":
      return timestamp(node.seconds, node.style, now(), people.locale);
    default:
      return "";
  }
}

const nodes = (list, scene) => list.map((node) => one(node, scene));

function one(node, scene) {
  const inside = () => nodes(node.children, scene);
  switch (node.kind) {
    case "text":
      return node.text;
    case "paragraph":
      return html`<div class="md-p">${inside()}</div>`;
    case "heading":
      return heading(node.level, inside());
    case "subtext":
      return html`<small class="md-subtext">${inside()}</small>`;
    case "quote":
      return html`<div class="md-quote"><blockquote>${inside()}</blockquote></div>`;
    case "list":
      return list(node, scene);
    case "block":
      return codeBlock(node, scene);
    case "code":
      return html`<code class="md-code">${node.text}</code>`;
    case "strong":
      return html`<strong>${inside()}</strong>`;
    case "em":
      return html`<em>${inside()}</em>`;
    case "underline":
      return html`<u>${inside()}</u>`;
    case "strike":
      return html`<s>${inside()}</s>`;
    case "spoiler":
      return spoiler(node, scene);
    case "link":
      return html`<a href=${node.url} title=${node.masked ? node.url : nothing} target="_blank" rel="noopener noreferrer nofollow">${inside()}</a>`;
    case "time":
      return time(node, scene);
    case "emoji":
      return html`<span class="md-emoji" title=${`:${node.name}:`}>:${node.name}:</span>`;
    case "command":
      return html`<button type="button" class="mention" @click=${() => startCommand(scene.channel.id, node.name)}>/${node.name}</button>`;
    default:
      return colouredMention(node, scene, node.text ?? mentionText(node, scene.people, scene.message));
  }
}

// Headings of messages are no headings of the page.
function heading(level, inside) {
  if (level === 1) return html`<div class="md-h1" role="heading" aria-level="4">${inside}</div>`;
  if (level === 2) return html`<div class="md-h2" role="heading" aria-level="5">${inside}</div>`;
  return html`<div class="md-h3" role="heading" aria-level="6">${inside}</div>`;
}

function list(node, scene) {
  const items = node.items.map((item) => html`<li>${nodes(item, scene)}</li>`);
  return node.ordered ? html`<ol start=${node.start}>${items}</ol>` : html`<ul>${items}</ul>`;
}

function spoiler(node, scene) {
  const key = `spoiler ${scene.place} ${scene.spoilers}`;
  scene.spoilers += 1;
  const { id } = scene.message;
  const inside = nodes(node.children, scene);
  if (unfoldedOf(id).has(key)) return html`<span class="spoiler shown">${inside}</span>`;
  const show = (event) => {
    event.preventDefault();
    event.stopPropagation();
    unfold(id, key);
  };
  return html`<span class="spoiler" role="button" tabindex="0" aria-label="Spoiler" aria-expanded="false" @click=${show} @keydown=${onKeys(show)}><span aria-hidden="true" inert>${inside}</span></span>`;
}

/** How often times that tell a distance are looked at, in milliseconds. */
const TICK_MS = 1000;
let ticking = 0;

// The text is a property: the clock below changes it without a render, and a render without the clock.
function time(node, { people }) {
  const words = timestamp(node.seconds, node.style, now(), people.locale);
  const full = fullTime(node.seconds * 1000, people.locale);
  if (node.style !== "R" || !isTime(node.seconds * 1000)) return html`<time class="md-time" title=${full}>${words}</time>`;
  if (!ticking) ticking = setInterval(tick, TICK_MS);
  return html`<time class="md-time ticks" title=${full} data-at=${node.seconds} data-locale=${people.locale} .textContent=${words}></time>`;
}

function tick() {
  if (document.hidden) return;
  const at = now();
  for (const element of document.getElementsByClassName("ticks")) {
    const words = timestamp(Number(element.dataset.at), "R", at, element.dataset.locale);
    if (element.textContent !== words) element.textContent = words;
  }
}
