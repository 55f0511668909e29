// What somebody revealed or unfolded in messages: spoilers, long previews. A message is drawn again when its set is
// another object.

import { update } from "../store.js";

/** Of so many messages it is remembered. */
const MESSAGES = 500;
const NOTHING = new Set();
const unfolded = new Map();

/** The keys of what is unfolded in a message. */
export const unfoldedOf = (message) => unfolded.get(message) ?? NOTHING;

/** Unfolds a part of a message, or folds it again. */
export function unfold(message, key, open = true) {
  const keys = new Set(unfoldedOf(message));
  if (open) keys.add(key);
  else keys.delete(key);
  unfolded.delete(message);
  unfolded.set(message, keys);
  if (unfolded.size > MESSAGES) unfolded.delete(unfolded.keys().next().value);
  update();
}

/** What makes a key press of a press: for what acts as a button and can't be one. */
export const onKeys = (act) => (event) => {
  if (event.key !== "Enter" && event.key !== " ") return;
  event.preventDefault();
  act(event);
};
