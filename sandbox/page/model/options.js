// The values of a command's options: what was typed or picked, whether it will do, and what is sent.

import { OPTION } from "./commands.js";

/** The longest text option that Discord takes, where the command sets no limit. */
const MAX_TEXT = 6000;
/** The largest whole number that Discord takes. */
const MAX_INTEGER = 2 ** 53;

/** An option that nobody has touched: what is typed, what was picked (`{ name, value }`), which file. */
export const blank = () => ({ text: "", pick: null, file: null });

/** Options that name somebody or something that is here. */
const NAMES = new Set([OPTION.USER, OPTION.ROLE, OPTION.CHANNEL, OPTION.MENTIONABLE]);

const isName = (option) => NAMES.has(option.type);

const WRONG = {
  [OPTION.STRING]: "Input a valid value.",
  [OPTION.INTEGER]: "Input a valid integer.",
  [OPTION.BOOLEAN]: "Input a valid boolean.",
  [OPTION.USER]: "Input a valid user.",
  [OPTION.CHANNEL]: "Input a valid channel.",
  [OPTION.ROLE]: "Input a valid role.",
  [OPTION.MENTIONABLE]: "Input a valid mentionable.",
  [OPTION.NUMBER]: "Input a valid number.",
  [OPTION.ATTACHMENT]: "Input a valid attachment.",
};

export const REQUIRED = "This option is required. Specify a value.";
const ATTACHMENT_REQUIRED = "This option is required. Attach a file.";

/**
 * What an option's value means: `{ value }`, `{ problem }` in words, or `{}` when it is empty. `candidates` are the
 * `{ id, name }` that a name may mean.
 */
export function read(option, given, candidates = []) {
  const { text, pick, file } = given ?? blank();
  if (option.type === OPTION.ATTACHMENT) {
    if (file) return file.problem ? { problem: file.problem } : { value: file };
    return option.required ? { problem: ATTACHMENT_REQUIRED } : {};
  }
  if (pick) return { value: pick.value };
  if (text.trim() === "") return option.required ? { problem: REQUIRED } : {};
  const wrong = { problem: WRONG[option.type] ?? "Input a valid value." };
  if (option.choices.length > 0) {
    const typed = text.trim().toLowerCase();
    const choice = option.choices.find(({ name }) => name.toLowerCase() === typed);
    return choice ? { value: choice.value } : wrong;
  }
  switch (option.type) {
    case OPTION.STRING:
      return lengthProblem(option, text.trim()) ?? { value: text.trim() };
    case OPTION.INTEGER:
      if (!/^[+-]?\d+$/.test(text.trim()) || Math.abs(Number(text)) > MAX_INTEGER) return wrong;
      return rangeProblem(option, Number(text)) ?? { value: Number(text) };
    case OPTION.NUMBER: {
      const number = Number(text);
      if (!Number.isFinite(number)) return wrong;
      return rangeProblem(option, number) ?? { value: number };
    }
    case OPTION.BOOLEAN: {
      const typed = text.trim().toLowerCase();
      if (typed !== "true" && typed !== "false") return wrong;
      return { value: typed === "true" };
    }
    default: {
      const one = nameIn(candidates, text);
      return one ? { value: one.id } : wrong;
    }
  }
}

/** The one that a typed name, id or mention means. */
export function nameIn(candidates, text) {
  const typed = text.trim();
  const id = typed.match(/^(?:<(?:@[!&]?|#))?(\d{5,20})>?$/)?.[1];
  if (id) return candidates.find((one) => one.id === id) ?? null;
  const name = typed.replace(/^[@#]/, "").toLowerCase();
  const called = candidates.filter((one) => [one.name, one.hint].some((known) => known?.toLowerCase() === name));
  return called.length === 1 ? called[0] : null;
}

function lengthProblem(option, text) {
  const length = [...text].length;
  const [min, max] = [option.minLength ?? 0, option.maxLength ?? MAX_TEXT];
  if (length >= min && length <= max) return null;
  if (length < min) return { problem: `Must be at least ${min} ${min === 1 ? "character" : "characters"} long.` };
  return { problem: `Must be at most ${max} characters long. This is ${length}.` };
}

function rangeProblem(option, number) {
  const { min, max } = option;
  const low = min !== null && number < min;
  const high = max !== null && number > max;
  if (!low && !high) return null;
  if (min !== null && max !== null) return { problem: `Number must be between ${min} and ${max}.` };
  return { problem: low ? `Number must be at least ${min}.` : `Number must be at most ${max}.` };
}

/**
 * All of a command: `{ options, problems }`, the values to send by the options' own names, and what is wrong by name.
 * `candidatesOf(option)` gives what a name may mean.
 */
export function complete(leaf, values, candidatesOf) {
  const options = {};
  const problems = new Map();
  for (const option of leaf.options) {
    const { value, problem } = read(option, values.get(option.name), isName(option) ? candidatesOf(option) : []);
    if (problem) problems.set(option.name, problem);
    else if (value !== undefined) options[option.name] = sent(option, value);
  }
  return { options, problems };
}

/** What goes along while the option `focused` is typed: the others that will do, and its text as it is. */
export function unfinished(leaf, values, focused, candidatesOf) {
  const { options } = complete(leaf, values, candidatesOf);
  for (const option of leaf.options) if (option.type === OPTION.ATTACHMENT) delete options[option.name];
  options[focused] = values.get(focused)?.text ?? "";
  return options;
}

/** A file goes as its bytes; all else as it is. */
function sent(option, value) {
  if (option.type !== OPTION.ATTACHMENT) return value;
  return { filename: value.filename, base64: value.base64, content_type: value.content_type };
}
