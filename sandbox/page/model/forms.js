// Modals as forms: their fields, what is wrong with what was filled in, and what is sent.

/** The component types of Discord that a modal may hold. */
export const PART = {
  ROW: 1,
  STRING_SELECT: 3,
  TEXT: 4,
  USER_SELECT: 5,
  ROLE_SELECT: 6,
  MENTIONABLE_SELECT: 7,
  CHANNEL_SELECT: 8,
  TEXT_DISPLAY: 10,
  LABEL: 18,
  FILES: 19,
  RADIO: 21,
  CHECKBOXES: 22,
  CHECKBOX: 23,
};

const SELECTS = new Set([3, 5, 6, 7, 8]);

export const isSelect = (part) => SELECTS.has(part.type);

/**
 * A modal's parts in order: `{ kind: "text", content }`, or `{ kind: "field", id, label, description, part }` with
 * Discord's component as `part`. `more` counts what this page doesn't know.
 */
export function partsOf(modal) {
  const parts = [];
  const walk = (component, label, description) => {
    switch (component?.type) {
      case PART.ROW:
        for (const below of component.components ?? []) walk(below);
        break;
      case PART.LABEL:
        walk(component.component, component.label, component.description);
        break;
      case PART.TEXT_DISPLAY:
        parts.push({ kind: "text", content: component.content ?? "" });
        break;
      default:
        if (typeof component?.custom_id === "string") {
          const { custom_id: id } = component;
          parts.push({ kind: "field", id, label: label ?? component.label ?? "", description: description ?? "", part: component });
        }
    }
  };
  for (const component of modal.components ?? []) walk(component);
  return parts;
}

export const isRequired = (part) => part.required !== false && part.type !== PART.CHECKBOX;

/** What a field holds when the modal opens. */
export function initial(part) {
  switch (part.type) {
    case PART.TEXT:
      return part.value ?? "";
    case PART.CHECKBOX:
      return part.default === true;
    case PART.FILES:
      return [];
    default: {
      const chosen = (part.options ?? []).filter((option) => option.default).map((option) => option.value);
      const named = (part.default_values ?? []).map((value) => String(value.id));
      return [...chosen, ...named];
    }
  }
}

/** How many values a field takes: `{ min, max }`. A text's are characters. */
export function bounds(part) {
  const required = isRequired(part);
  switch (part.type) {
    case PART.TEXT:
      return { min: part.min_length ?? (required ? 1 : 0), max: part.max_length ?? 4000 };
    case PART.CHECKBOXES:
      return { min: part.min_values ?? (required ? 1 : 0), max: part.max_values ?? part.options?.length ?? 1 };
    case PART.RADIO:
      return { min: required ? 1 : 0, max: 1 };
    default:
      return { min: part.min_values ?? (required ? 1 : 0), max: part.max_values ?? 1 };
  }
}

/** What is wrong with a field's value, in words, or null. */
export function problemOf(part, value) {
  if (part.type === PART.CHECKBOX) return null;
  const { min, max } = bounds(part);
  const required = isRequired(part);
  const count = part.type === PART.TEXT ? [...value].length : value.length;
  if (count === 0) return required && min > 0 ? "This field is required." : null;
  if (part.type === PART.TEXT) {
    if (count < min) return `Must be at least ${min} ${min === 1 ? "character" : "characters"} in length.`;
    if (count > max) return `Must be ${max} or fewer in length.`;
    return null;
  }
  const what = part.type === PART.FILES ? "file" : "option";
  if (count < min) return `Choose at least ${min} ${what}${min === 1 ? "" : "s"}.`;
  if (count > max) return `Choose at most ${max} ${what}${max === 1 ? "" : "s"}.`;
  return null;
}

/** The act's `fields` from values by custom id. */
export function fieldsOf(parts, values) {
  const fields = {};
  for (const { kind, id, part } of parts) {
    if (kind !== "field") continue;
    const value = values.get(id);
    fields[id] =
      part.type === PART.FILES
        ? value.map(({ filename, base64, content_type }) => ({ filename, base64, content_type }))
        : value;
  }
  return fields;
}

/** Whether anything differs from what the modal opened with. */
export function isChanged(parts, values) {
  return parts.some(({ kind, id, part }) => kind === "field" && String(values.get(id)) !== String(initial(part)));
}
