// Pictures, videos and sounds in messages: alone or as a mosaic, covered when they are spoilers, large on a click.

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { classMap } from "../vendor/lit-html/directives/class-map.js";
import { fileUrl, safeImage } from "../model/urls.js";
import { openDialog } from "./overlay.js";
import { unfold, unfoldedOf } from "./unfolded.js";

const KINDS = {
  image: /\.(?:png|jpe?g|gif|webp|avif|bmp)$/i,
  video: /\.(?:mp4|webm|mov|m4v)$/i,
  audio: /\.(?:mp3|ogg|wav|flac|m4a|opus)$/i,
};

/** "image", "video", "audio" or "file", by a media type or else by a name. Drawings with a script of their own are files. */
export function kindOf(type, name = "") {
  const given = /^(image|video|audio)\//.exec(type ?? "")?.[1];
  if (type && /svg/i.test(type)) return "file";
  return given ?? Object.keys(KINDS).find((kind) => KINDS[kind].test(name.split("?")[0])) ?? "file";
}

/** The address of a picture or another file that is shown, or null. */
export const shownUrl = (url) => (url ? (fileUrl(url, location.origin) ?? safeImage(url)) : null);

/** Pictures and videos together: `{ url, kind, description, spoiler, name }` each. `place` tells them from others of the message. */
export function mosaic(items, scene, place) {
  if (items.length === 0) return nothing;
  const count = Math.min(items.length, 5);
  return html`<div class=${classMap({ mosaic: true, [`mosaic-${count}`]: true })}>${items.map((item, i) => tile(item, scene, `${place} ${i}`, items.length === 1))}</div>`;
}

function tile(item, { message }, key, alone) {
  const url = shownUrl(item.url);
  const covered = item.spoiler && !unfoldedOf(message.id).has(key);
  const alt = item.description || item.name || (item.kind === "video" ? "Video" : "Image");
  const shown = url === null || unfoldedOf(message.id).has(`broken ${key}`) ? broken(alt, item.url) : media(item, url, alt, message, key);
  return html`<div class=${classMap({ tile: true, alone, covered })}>
    <div class="tile-inside" ?inert=${covered}>${shown}</div>
    ${covered ? html`<button type="button" class="cover" aria-label=${`Spoiler: show ${alt}`} @click=${() => unfold(message.id, key)}><span>Spoiler</span></button>` : nothing}
    ${item.description && !covered ? html`<span class="alt" aria-hidden="true" title=${item.description}>ALT</span>` : nothing}
  </div>`;
}

function media(item, url, alt, message, key) {
  const fails = () => unfold(message.id, `broken ${key}`);
  if (item.kind === "video") return html`<video controls preload="metadata" src=${url} aria-label=${alt} @error=${fails}></video>`;
  return html`<button type="button" class="picture" aria-label=${`Enlarge: ${alt}`} @click=${() => enlarge(url, alt)}><img src=${url} alt=${alt} loading="lazy" decoding="async" @error=${fails}></button>`;
}

const broken = (alt, url) => html`<div class="media-broken" role="img" aria-label=${alt} title=${String(url ?? "")}>${alt}<small>This could not be loaded</small></div>`;

/** Shows a picture as large as the window lets it. */
export function enlarge(url, alt) {
  openDialog({
    label: alt,
    wide: true,
    body: () => html`<figure class="lightbox"><img src=${url} alt=${alt}><figcaption><a href=${url} target="_blank" rel="noopener noreferrer nofollow">Open in Browser</a></figcaption></figure>`,
  });
}
