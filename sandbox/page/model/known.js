// Whom and what ids mean for one member in one server: names, colours, channels, as their client's lists have them.

import { colourOf as memberColour } from "./people.js";

let last = { view: null, guild: null, text: "", known: null };

/**
 * What ids mean in the server `guildId` (or "direct") of a view (sandbox/src/page/view.rs). The same object is given
 * until a name, colour or channel changes: whoever keeps what was drawn with it can compare.
 */
export function peopleOf(view, guildId) {
  if (view === last.view && guildId === last.guild) return last.known;
  const guild = view?.guilds.find((guild) => guild.id === guildId) ?? null;
  const text = JSON.stringify([view?.viewer, view?.people, view?.apps?.map((app) => [app.id, app.name]), guild, places(view)]);
  const known = last.known !== null && text === last.text && guildId === last.guild ? last.known : made(view, guild);
  last = { view, guild: guildId, text, known };
  return known;
}

const places = (view) =>
  [...(view?.guilds ?? []).map((guild) => [guild.id, guild.channels]), ["direct", view?.direct ?? []]].map(([guild, channels]) =>
    channels.map((channel) => [guild, channel.id, channel.name, channel.type]),
  );

function made(view, guild) {
  const users = new Map();
  for (const channel of view?.direct ?? []) for (const user of channel.recipients ?? []) users.set(user.id, user);
  for (const app of view?.apps ?? []) users.set(app.id, { id: app.id, username: app.name, bot: true });
  for (const user of view?.people ?? []) users.set(user.id, user);
  const members = new Map((guild?.members ?? []).map((member) => [member.id, member]));
  for (const member of members.values()) users.set(member.id, member);
  const channels = new Map();
  for (const [id, list] of [...(view?.guilds ?? []).map((guild) => [guild.id, guild.channels]), ["direct", view?.direct ?? []]]) {
    for (const channel of list) channels.set(channel.id, { ...channel, guild: id });
  }
  const roles = new Map((guild?.roles ?? []).map((role) => [role.id, role]));
  return {
    me: view?.viewer?.id ?? null,
    locale: view?.viewer?.locale ?? "en-US",
    guild,
    users,
    members,
    roles,
    channels,
  };
}

/** The name that a user goes by here. A webhook's is its own. */
export function nameOf(people, user) {
  const known = people.members.get(user.id);
  return known?.nick ?? user.global_name ?? user.username ?? known?.username ?? "Unknown";
}

/** A message's author as a user to draw: a webhook is as many people as it has names, and has no face of its own. */
export function faceOf(author) {
  if (author.discriminator !== "0000" || !author.bot) return author;
  let hash = 2166136261;
  for (const char of author.username.slice(0, 100)) hash = Math.imul(hash ^ char.codePointAt(0), 16777619) >>> 0;
  return { ...author, bot: false, id: String((hash ^ (hash >>> 15)) >>> 0) };
}

/** The name behind a mention, or null for somebody unknown; `mentions` are the message's own users. */
export function mentioned(people, id, mentions = []) {
  const user = people.users.get(id) ?? mentions.find((user) => user.id === id);
  return user ? nameOf(people, user) : null;
}

/** The colour of somebody's name here as `#rrggbb`, or null. */
export const colourOf = (people, id) => memberColour(people.guild, people.members.get(id));

/** Whether a message is meant for the member who looks. */
export function pings(people, message) {
  if (message.author?.id === people.me) return false;
  if (message.mention_everyone || message.mentions?.some((user) => user.id === people.me)) return true;
  const own = people.members.get(people.me)?.roles ?? [];
  return message.mention_roles?.some((role) => own.includes(role)) ?? false;
}
