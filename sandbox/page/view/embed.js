// Embeds: Discord's cards with a coloured edge.

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { classMap } from "../vendor/lit-html/directives/class-map.js";
import { hex } from "../model/people.js";
import { messageTime } from "../model/time.js";
import { safeUrl } from "../model/urls.js";
import { now } from "../store.js";
import { enlarge, shownUrl } from "./media.js";
import { markdown, markdownLine } from "./markdown.js";
import { styles } from "./style.js";
import { unfold, unfoldedOf } from "./unfolded.js";

const SUPPRESSED = 1 << 2;

/** All embeds of a message. */
export function embeds(message, scene) {
  if (!message.embeds?.length || message.flags & SUPPRESSED) return nothing;
  return message.embeds.map((embed, i) => one(embed, { ...scene, masked: true }, `embed ${i}`));
}

function one(embed, scene, place) {
  const image = embed.image ?? null;
  const colour = hex(embed.color);
  // A bare picture's or video's link has no card: the picture is all there is.
  return html`<article class=${classMap({ embed: true, "has-thumb": Boolean(embed.thumbnail) })} .style=${styles({ "--edge": colour })} aria-label="Embed">
    <div class="embed-words">
      ${embed.provider?.name ? html`<div class="embed-provider">${linked(embed.provider.name, embed.provider.url)}</div>` : nothing}
      ${embed.author?.name ? html`<div class="embed-author">${icon(embed.author.icon_url, scene, `${place} author`)}<span>${linked(embed.author.name, embed.author.url)}</span></div>` : nothing}
      ${embed.title ? html`<div class="embed-title">${linked(markdownLine(embed.title, scene, `${place} title`), embed.url)}</div>` : nothing}
      ${embed.description ? html`<div class="embed-description">${markdown(embed.description, scene, `${place} description`)}</div>` : nothing}
      ${fields(embed.fields, scene, place)}
    </div>
    ${picture(embed.thumbnail, scene, `${place} thumbnail`, "embed-thumb", "Thumbnail")}
    ${picture(image, scene, `${place} image`, "embed-image", "Image of the embed")}
    ${video(embed.video)}
    ${footer(embed, scene, place)}
  </article>`;
}

function linked(words, url) {
  const safe = safeUrl(url);
  return safe === null ? words : html`<a href=${safe} target="_blank" rel="noopener noreferrer nofollow">${words}</a>`;
}

function icon(url, { message }, key) {
  const safe = shownUrl(url);
  if (safe === null || unfoldedOf(message.id).has(`broken ${key}`)) return nothing;
  return html`<img class="embed-icon" src=${safe} alt="" loading="lazy" @error=${() => unfold(message.id, `broken ${key}`)}>`;
}

function picture(media, { message }, key, name, alt) {
  const url = shownUrl(media?.url);
  if (url === null || unfoldedOf(message.id).has(`broken ${key}`)) return nothing;
  const words = media.description ?? alt;
  return html`<button type="button" class=${name} aria-label=${`Enlarge: ${words}`} @click=${() => enlarge(url, words)}><img src=${url} alt=${words} loading="lazy" decoding="async" @error=${() => unfold(message.id, `broken ${key}`)}></button>`;
}

function video(media) {
  const url = shownUrl(media?.url);
  return url === null ? nothing : html`<div class="embed-video"><a href=${url} target="_blank" rel="noopener noreferrer nofollow">▶ Watch the video</a></div>`;
}

function fields(list, scene, place) {
  if (!list?.length) return nothing;
  return html`<div class="embed-fields">${columns(list).map(
    ([field, columns], i) => html`<div class=${`embed-field wide-${columns}`}>
      <div class="embed-field-name">${markdown(field.name, scene, `${place} name ${i}`)}</div>
      <div class="embed-field-value">${markdown(field.value, scene, `${place} value ${i}`)}</div>
    </div>`,
  )}</div>`;
}

/** Fields with how many of twelve columns each takes: up to three inline ones share a line. */
function columns(list) {
  const placed = [];
  for (let i = 0; i < list.length; ) {
    let count = 1;
    while (list[i].inline && count < 3 && list[i + count]?.inline) count += 1;
    for (let n = 0; n < count; n += 1) placed.push([list[i + n], list[i].inline ? 12 / count : 12]);
    i += count;
  }
  return placed;
}

function footer(embed, scene, place) {
  const at = embed.timestamp ? Date.parse(embed.timestamp) : Number.NaN;
  const when = Number.isNaN(at) ? "" : messageTime(at, now(), scene.people.locale);
  const text = embed.footer?.text ?? "";
  if (text === "" && when === "") return nothing;
  const words = html`<span class="own">${text}</span>${text && when ? html`<span class="dot" aria-hidden="true"> • </span>` : nothing}${when}`;
  return html`<footer class="embed-footer">${icon(embed.footer?.icon_url, scene, `${place} footer`)}<span>${words}</span></footer>`;
}
