// Blocks of code: their language, their colours, and a button that copies them.

import { html } from "../vendor/lit-html/lit-html.js";
import { highlight, isKnown } from "../model/highlight.js";
import { notify } from "../store.js";
import * as marks from "./marks.js";

/** A block's node, `{ language, text }`, as it is seen. */
export function codeBlock({ language, text }) {
  const name = language.toLowerCase();
  return html`<div class="code-block">
    <div class="code-head"><span class="code-language">${language}</span><button type="button" class="code-copy" title="Copy" aria-label="Copy the code" @click=${() => copyText(text)}>${marks.copy()}</button></div>
    <pre tabindex="0" aria-label=${isKnown(name) ? `Code in ${name}` : "Code"}><code>${coloured(text, name)}</code></pre>
  </div>`;
}

/** Code with its colours. */
export const coloured = (text, language) =>
  highlight(text, language).map((part) => (part.kind === "text" ? part.text : html`<span class=${`code-${part.kind}`}>${part.text}</span>`));

/** Puts a text into the clipboard, and says so. */
async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    notify("Copied.");
  } catch {
    notify("This browser did not let the page copy that.", "error");
  }
}
