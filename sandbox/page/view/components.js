// Components of messages, old and V2: rows, sections, texts, media, files, containers.

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { classMap } from "../vendor/lit-html/directives/class-map.js";
import { hex } from "../model/people.js";
import { fileCard } from "./attachments.js";
import { button } from "./button.js";
import { markdown } from "./markdown.js";
import { kindOf, mosaic } from "./media.js";
import { select } from "./select.js";
import { styles } from "./style.js";
import { unfold, unfoldedOf } from "./unfolded.js";

/** How deep components may be in each other; Discord has three levels. */
const DEPTH = 5;
const V2 = 1 << 15;

/** Whether a message's body is components alone. */
export const isV2 = (message) => (message.flags & V2) !== 0;

/** A message's components. */
export function components(message, scene) {
  if (!message.components?.length) return nothing;
  const inside = message.components.map((component, i) => one(component, { ...scene, masked: true }, `c${i}`, 0));
  return html`<div class=${classMap({ components: true, v2: isV2(message) })}>${inside}</div>`;
}

function one(component, scene, place, depth) {
  if (depth > DEPTH) return nothing;
  const children = () => (component.components ?? []).map((child, i) => one(child, scene, `${place}.${i}`, depth + 1));
  switch (component.type) {
    case 1:
      return html`<div class="action-row">${children()}</div>`;
    case 2:
      return button(component, scene);
    case 3:
    case 5:
    case 6:
    case 7:
    case 8:
      return select(component, scene);
    case 9:
      return html`<div class="section"><div class="section-words">${children()}</div><div class="accessory">${component.accessory ? one(component.accessory, scene, `${place}.a`, depth + 1) : nothing}</div></div>`;
    case 10:
      return html`<div class="text-display">${markdown(component.content ?? "", scene, place)}</div>`;
    case 11:
      return html`<div class="thumbnail">${mosaic([item(component)], scene, place)}</div>`;
    case 12:
      return mosaic((component.items ?? []).map(item), scene, place);
    case 13:
      return fileCard(fileOf(component, scene.message), scene);
    case 14:
      return component.divider === false
        ? html`<div class=${`gap gap-${component.spacing === 2 ? 2 : 1}`}></div>`
        : html`<hr class=${`separator gap-${component.spacing === 2 ? 2 : 1}`}>`;
    case 17:
      return container(component, scene, place, children);
    default:
      return html`<div class="unknown-component">A component of type ${String(component.type)} can't be shown here.</div>`;
  }
}

function container(component, { message }, place, children) {
  const accent = hex(component.accent_color);
  const key = `container ${place}`;
  const covered = component.spoiler === true && !unfoldedOf(message.id).has(key);
  return html`<div class=${classMap({ container: true, accented: accent !== null, covered })} .style=${styles({ "--edge": accent })}>
    <div class="container-inside" ?inert=${covered}>${children()}</div>
    ${covered ? html`<button type="button" class="cover" aria-label="Spoiler: show what is in it" @click=${() => unfold(message.id, key)}><span>Spoiler</span></button>` : nothing}
  </div>`;
}

const item = ({ media, description, spoiler }) => {
  const url = media?.url ?? "";
  return { url, description, spoiler, kind: kindOf(media?.content_type, url) === "video" ? "video" : "image" };
};

function fileOf(component, message) {
  const url = component.file?.url ?? "";
  const known = message.attachments?.find((file) => file.url === url);
  const name = component.name ?? known?.filename ?? url.split("/").pop() ?? "file";
  return { ...known, url, filename: name, size: component.size ?? known?.size, spoiler: component.spoiler };
}
