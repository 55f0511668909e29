// Who and what can be named in a channel: members, roles and channels from the member's view.

import { rank } from "./commands.js";

/** The most that a list offers. */
const MOST = 25;

/** The server of a channel in a view, or null for a direct message. */
export const guildOf = (view, channel) =>
  view?.guilds.find((guild) => guild.channels.some((place) => place.id === channel)) ?? null;

/** A channel object of a view, or null. */
export function channelOf(view, channel) {
  for (const guild of view?.guilds ?? []) {
    const found = guild.channels.find((place) => place.id === channel);
    if (found) return found;
  }
  return view?.direct.find((place) => place.id === channel) ?? null;
}

/** How a member or user is called. */
export const nameOf = (user) => user.nick ?? user.global_name ?? user.username ?? "";

/** The people in a channel, as `{ kind: "user", id, name, hint, user }`. */
export function users(view, channel) {
  const guild = guildOf(view, channel);
  const here = guild ? guild.members : [...(channelOf(view, channel)?.recipients ?? []), ...(view ? [view.viewer] : [])];
  return here.map((user) => ({ kind: "user", id: user.id, name: nameOf(user), hint: user.username, user }));
}

/** The roles of a channel's server, the highest first, as `{ kind: "role", id, name, color }`. */
export function roles(view, channel) {
  const guild = guildOf(view, channel);
  const all = [...(guild?.roles ?? [])].sort((a, b) => b.position - a.position);
  return all.map((role) => ({
    kind: "role",
    id: role.id,
    name: role.id === guild.id ? "everyone" : role.name,
    everyone: role.id === guild.id,
    color: role.color,
    mentionable: role.mentionable === true,
  }));
}

/** The channels of a channel's server, as `{ kind: "channel", id, name, type }`; only of `types`, if any are given. */
export function channels(view, channel, types = []) {
  const all = guildOf(view, channel)?.channels ?? [];
  return all
    .filter((place) => types.length === 0 || types.includes(place.type))
    .map((place) => ({ kind: "channel", id: place.id, name: place.name, type: place.type }));
}

/** What `typed` may mean among candidates, the best first, at most 25. */
export const search = (candidates, typed) =>
  rank(candidates, typed.replace(/^[@#]/, ""), (one) => [one.name, one.hint]).slice(0, MOST);
