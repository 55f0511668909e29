// Files of a message: pictures and videos as a mosaic, sounds with controls, small texts with their beginning, and all
// else as cards to download.

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { classMap } from "../vendor/lit-html/directives/class-map.js";
import { ref } from "../vendor/lit-html/directives/ref.js";
import { fileSize } from "../model/urls.js";
import { coloured } from "./code.js";
import * as marks from "./marks.js";
import { kindOf, mosaic, shownUrl } from "./media.js";
import { textOf, want } from "./previews.js";
import { unfold, unfoldedOf } from "./unfolded.js";

/** Texts up to this size, in bytes, are shown. */
const TEXT_BYTES = 64 * 1024;
/** So many lines are shown until the rest is asked for. */
const LINES = 6;
const TEXT = /\.(?:txt|md|log|json|jsonc|ya?ml|toml|ini|cfg|conf|csv|tsv|xml|html?|css|s[ac]ss|js|mjs|ts|tsx|jsx|py|rs|rb|go|java|kt|c|h|cpp|hpp|cs|php|swift|lua|sh|sql|diff|patch|ftl)$/i;

/** The files of a message, but for those that its embeds show. */
export function attachments(message, scene) {
  if (!message.attachments?.length) return nothing;
  const used = new Set();
  for (const embed of message.embeds ?? []) {
    for (const part of [embed.image, embed.thumbnail]) if (part?.url) used.add(part.url);
  }
  const files = message.attachments.filter((file) => !used.has(file.url));
  const kind = (file) => kindOf(file.content_type, file.filename);
  const seen = files.filter((file) => kind(file) === "image" || kind(file) === "video");
  const tiles = seen.map((file) => ({
    url: file.url, kind: kind(file), description: file.description, name: file.filename, spoiler: isSpoiler(file),
  }));
  const rest = files.filter((file) => !seen.includes(file));
  if (files.length === 0) return nothing;
  return html`<div class="attachments">${mosaic(tiles, scene, "file")}${rest.map((file) => fileCard(file, scene))}</div>`;
}

const isSpoiler = (file) => file.filename.startsWith("SPOILER_") || file.spoiler === true;

/** A file as a card: `{ filename, url, size, content_type, spoiler }`. */
export function fileCard(file, scene) {
  const { message } = scene;
  const key = `card ${file.url}`;
  const covered = isSpoiler(file) && !unfoldedOf(message.id).has(key);
  const inside = card(file, scene, covered);
  if (!covered) return inside;
  return html`<div class="tile covered file-tile"><div inert>${inside}</div><button type="button" class="cover" aria-label=${`Spoiler: show the file ${file.filename}`} @click=${() => unfold(message.id, key)}><span>Spoiler</span></button></div>`;
}

function card(file, scene, covered) {
  const url = shownUrl(file.url);
  const kind = kindOf(file.content_type, file.filename);
  const name = url === null ? html`<span class="file-name">${file.filename}</span>` : html`<a class="file-name" href=${url} target="_blank" rel="noopener noreferrer nofollow">${file.filename}</a>`;
  const size = file.size === undefined ? nothing : html`<span class="file-size">${fileSize(file.size)}</span>`;
  const get = url === null ? nothing : html`<a class="file-get" href=${url} download=${file.filename} target="_blank" rel="noopener noreferrer nofollow" title="Download" aria-label=${`Download ${file.filename}`}>${marks.download()}</a>`;
  const isText = url !== null && !covered && file.size <= TEXT_BYTES && (/^text\//.test(file.content_type ?? "") || TEXT.test(file.filename));
  return html`<div class=${classMap({ file: true, sounds: kind === "audio", reads: isText })}>
    ${isText ? text(file, url, scene) : nothing}
    <div class="file-row">${marks.file()}<div class="file-words">${name}${size}</div>${get}</div>
    ${kind === "audio" && url !== null ? html`<audio controls preload="metadata" src=${url} aria-label=${file.filename}></audio>` : nothing}
  </div>`;
}

function text(file, url, { message }) {
  const known = textOf(url);
  if (known === undefined) return html`<div class="file-text loading" ${ref((element) => element && want(url))}>Loading…</div>`;
  if (known === null) return nothing;
  const key = `text ${file.url}`;
  const open = unfoldedOf(message.id).has(key);
  const lines = known.split("\n");
  const shown = open ? known : lines.slice(0, LINES).join("\n");
  const language = file.filename.split(".").pop() ?? "";
  return html`<pre class=${classMap({ "file-text": true, open })} tabindex="0" aria-label=${`The text of ${file.filename}`}><code>${coloured(shown, language)}</code></pre>
    ${lines.length > LINES ? html`<button type="button" class="file-more" aria-expanded=${open ? "true" : "false"} @click=${() => unfold(message.id, key, !open)}>${open ? "Collapse" : `Expand (${lines.length} lines)`}</button>` : nothing}`;
}
