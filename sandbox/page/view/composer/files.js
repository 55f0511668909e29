// Files that wait to be sent with a message: adding them by choice, paste and drop, and their previews.

import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { repeat } from "../../vendor/lit-html/directives/repeat.js";
import { admit, read, sizeText } from "../../model/files.js";
import { BITS, may } from "../../model/permissions.js";
import { notify, update } from "../../store.js";
import { icon } from "../icons.js";
import { composerOf, focusComposer } from "./state.js";

/** Pictures that can be shown before they are sent. SVG is none: it is a document. */
const SHOWN = new Set(["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"]);

let serial = 0;

/** Adds files to a channel's draft. */
export async function addFiles(channel, files) {
  const composer = composerOf(channel);
  if (composer.editing || files.length === 0) return;
  if (!may(channel, BITS.ATTACH_FILES)) {
    notify("You do not have permission to attach files in this channel.", "error");
    return;
  }
  const { taken, problem } = admit(composer.files, [...files]);
  if (problem) notify(problem, "error");
  const added = await Promise.all(
    taken.map(async (file) => {
      const id = (serial += 1);
      const preview = SHOWN.has(file.type) ? URL.createObjectURL(file) : null;
      return { ...(await read(file)), id, preview };
    }),
  );
  update(() => (composer.files = [...composer.files, ...added]));
  focusComposer();
}

function removeFile(channel, file) {
  const composer = composerOf(channel);
  if (file.preview) URL.revokeObjectURL(file.preview);
  update(() => (composer.files = composer.files.filter((one) => one !== file)));
  focusComposer();
}

/** The files of a draft. */
export function filesView(channel, composer) {
  if (composer.files.length === 0) return nothing;
  return html`<ul class="draft-files" aria-label="Files to send">
    ${repeat(composer.files, (file) => file.id, (file) => html`<li class="draft-file">
      <div class="draft-file-face">${file.preview ? html`<img src=${file.preview} alt="">` : html`${icon("file", 64)}`}</div>
      <span class="draft-file-name" title=${file.filename}>${file.filename}</span>
      <small>${sizeText(file.size)}</small>
      <button type="button" class="draft-file-remove" aria-label=${`Remove ${file.filename}`} @click=${() => removeFile(channel, file)}>${icon("cross", 18)}</button>
    </li>`)}
  </ul>`;
}
