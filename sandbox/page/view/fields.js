// The fields of a modal's form: texts, selects, groups, ticks and files.

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { classMap } from "../vendor/lit-html/directives/class-map.js";
import { live } from "../vendor/lit-html/directives/live.js";
import { admit, read, sizeText } from "../model/files.js";
import { PART, bounds, isRequired, isSelect } from "../model/forms.js";
import { notify, update } from "../store.js";
import { select } from "./form-select.js";

const PARAGRAPH = 2;

/** One labelled field of `form`, with its description, its counter and what is wrong with it. */
export function field(item, form) {
  const { id, part } = item;
  const problem = form.problems.get(id);
  const ids = { input: `field-${id}`, label: `label-${id}`, hint: `hint-${id}`, problem: `problem-${id}` };
  const change = (value) => {
    form.values.set(id, value);
    form.problems.delete(id);
    form.asking = false;
    update();
  };
  const context = { item, part, form, ids, problem, change, value: form.values.get(id) };
  const described = [item.description && ids.hint, problem && ids.problem].filter(Boolean).join(" ");
  const label = html`${item.label}${isRequired(part) ? html`<span class="required" aria-hidden="true"> *</span>` : nothing}`;
  return html`<div class=${classMap({ "form-field": true, bad: problem !== undefined })} data-field=${id}>
    ${part.type === PART.TEXT ? html`<label id=${ids.label} for=${ids.input}>${label}</label>` : html`<span class="form-label" id=${ids.label}>${label}</span>`}
    ${item.description ? html`<p class="form-hint" id=${ids.hint}>${item.description}</p>` : nothing}
    ${input(context, described)}
    ${problem ? html`<p class="form-problem" id=${ids.problem}>${problem}</p>` : nothing}
  </div>`;
}

function input(context, described) {
  const { part } = context;
  if (part.type === PART.TEXT) return text(context, described);
  if (isSelect(part)) return select(context, described);
  if (part.type === PART.FILES) return files(context, described);
  if (part.type === PART.RADIO || part.type === PART.CHECKBOXES) return group(context, described);
  if (part.type === PART.CHECKBOX) return tick(context, described);
  return html`<p class="form-hint">This page doesn't know a component of type ${part.type}.</p>`;
}

function text({ part, ids, value, change, problem }, described) {
  const { max } = bounds(part);
  const length = [...value].length;
  const attributes = {
    required: isRequired(part) ? "true" : nothing,
    described: described || nothing,
    invalid: problem ? "true" : nothing,
  };
  const onInput = (event) => change(event.target.value);
  const shown =
    part.style === PARAGRAPH
      ? html`<textarea id=${ids.input} rows="4" placeholder=${part.placeholder ?? ""} aria-required=${attributes.required} aria-invalid=${attributes.invalid} aria-describedby=${attributes.described} .value=${live(value)} @input=${onInput}></textarea>`
      : html`<input id=${ids.input} type="text" autocomplete="off" placeholder=${part.placeholder ?? ""} aria-required=${attributes.required} aria-invalid=${attributes.invalid} aria-describedby=${attributes.described} .value=${live(value)} @input=${onInput}>`;
  const counts = part.max_length != null || part.style === PARAGRAPH;
  return html`${shown}${counts ? html`<span class=${classMap({ "form-counter": true, over: length > max })}>${length}/${max}</span>` : nothing}`;
}

/** A checkbox group, or a radio group whose choice can be taken back when it is optional. */
function group({ part, ids, value, change }, described) {
  const isRadio = part.type === PART.RADIO;
  const pick = (option) => {
    if (isRadio) return change(value.includes(option.value) && !isRequired(part) ? [] : [option.value]);
    change(value.includes(option.value) ? value.filter((it) => it !== option.value) : [...value, option.value]);
  };
  return html`<div class="form-group" role=${isRadio ? "radiogroup" : "group"} aria-labelledby=${ids.label} aria-describedby=${described || nothing}>
    ${(part.options ?? []).map((option) => html`<label>
      <input type=${isRadio ? "radio" : "checkbox"} name=${ids.input} .checked=${live(value.includes(option.value))} @click=${() => pick(option)}>
      <span>${option.label}${option.description ? html`<small>${option.description}</small>` : nothing}</span>
    </label>`)}
  </div>`;
}

function tick({ ids, value, change, item }, described) {
  return html`<label class="form-tick"><input type="checkbox" aria-describedby=${described || nothing} aria-labelledby=${ids.label} .checked=${live(value)} @change=${(event) => change(event.target.checked)}> <span aria-hidden="true">${item.label}</span></label>`;
}

function files({ part, ids, value, change, form, item }, described) {
  const { max } = bounds(part);
  const add = async (list) => {
    const { taken, problem } = admit(value, [...list].slice(0, Math.max(0, max - value.length)));
    if (problem) notify(problem, "error");
    const added = await Promise.all(taken.map(read));
    change([...form.values.get(item.id), ...added]);
  };
  const onDrop = (event) => {
    event.preventDefault();
    event.stopPropagation();
    add(event.dataTransfer.files);
  };
  const onPick = (event) => {
    add(event.target.files);
    event.target.value = "";
  };
  return html`<div class="form-upload" role="group" aria-labelledby=${ids.label} @dragover=${(event) => event.preventDefault()} @drop=${onDrop}>
    ${value.map((file, index) => html`<div class="form-upload-file">
      <span class="form-upload-name">${file.filename}</span> <small>${sizeText(file.size)}</small>
      <button type="button" aria-label=${`Remove ${file.filename}`} @click=${() => change(value.filter((_, at) => at !== index))}>✕</button>
    </div>`)}
    ${value.length < max ? html`<label class="form-upload-more">
      <input type="file" class="unseen" ?multiple=${max > 1} aria-describedby=${described || nothing} @change=${onPick}>
      Drop ${max > 1 ? "files" : "a file"} here or <span class="as-link">browse</span>
    </label>` : nothing}
  </div>`;
}
