// What a select menu of a message offers: its own options, or the members, roles and channels that a member sees.

import { colourOf, nameOf } from "./known.js";

/** So many options are listed; a search finds the others. */
const LISTED = 50;
const THREADS = new Set([10, 11, 12]);

/** The values that a menu begins with. */
export function initialOf(component) {
  const own = (component.options ?? []).filter((option) => option.default).map((option) => option.value);
  return [...own, ...(component.default_values ?? []).map((value) => String(value.id))];
}

/**
 * The options of a menu: `{ value, label, description, emoji | user | mark, colour }`. Values that were chosen and
 * aren't known here are listed too.
 */
export function optionsOf(component, people, values = []) {
  const known = listed(component, people);
  const have = new Set(known.map((option) => option.value));
  return [...known, ...values.filter((value) => !have.has(value)).map((value) => ({ value, label: value }))];
}

function listed(component, people) {
  switch (component.type) {
    case 5:
      return users(people);
    case 6:
      return roles(people);
    case 7:
      return [...users(people), ...roles(people)];
    case 8:
      return channels(people, component.channel_types);
    default:
      return (component.options ?? []).map(({ value, label, description, emoji }) => ({ value, label, description, emoji }));
  }
}

const users = (people) =>
  [...(people.guild ? people.members : people.users).values()].map((user) => ({
    value: user.id,
    label: nameOf(people, user),
    description: user.username === nameOf(people, user) ? undefined : user.username,
    user,
    colour: colourOf(people, user.id),
  }));

const roles = (people) =>
  [...people.roles.values()]
    .sort((a, b) => b.position - a.position)
    .map((role) => ({ value: role.id, label: role.name, mark: "@" }));

const channels = (people, types) =>
  (people.guild?.channels ?? [])
    .filter((channel) => (types?.length ? types.includes(channel.type) : !THREADS.has(channel.type)))
    .map((channel) => ({ value: channel.id, label: channel.name, mark: channel.type === 4 ? "▾" : "#" }));

/** The options that a search finds, those first that begin with it. */
export function searched(options, text) {
  const wanted = text.trim().toLocaleLowerCase();
  if (wanted === "") return options.slice(0, LISTED);
  const rank = (option) => {
    const label = option.label.toLocaleLowerCase();
    if (label.startsWith(wanted)) return 0;
    if (label.includes(wanted)) return 1;
    return option.description?.toLocaleLowerCase().includes(wanted) ? 2 : 3;
  };
  const ranked = options.map((option) => [rank(option), option]).filter(([rank]) => rank < 3);
  return ranked.sort((a, b) => a[0] - b[0]).slice(0, LISTED).map(([, option]) => option);
}
