// Where the page is, as its address says it: `#/as/USER/GUILD/CHANNEL`. Every tab has its own, so every tab may be
// another member.

import { pressed } from "./acts.js";
import { load } from "./history.js";
import { listen } from "../live.js";
import { get } from "../api.js";
import { state, update } from "../store.js";

/** Discord's channel types that hold messages: text, direct, group, announcement, threads. */
const READABLE = new Set([0, 1, 3, 5, 10, 11, 12]);

const parse = () => {
  const [, as, user, guild, channel] = location.hash.split("/").map((part) => safely(part));
  return as === "as" && user ? { user, guild, channel } : {};
};

function safely(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return "";
  }
}

/** The channels of a server that can be read, in the order of its list. */
export const readable = (guild) => guild.channels.filter((channel) => READABLE.has(channel.type));

/** Begins: as whom the address says, else as the first person who is neither owner nor operator. */
export async function begin() {
  const place = parse();
  const world = await get("/state");
  const people = world.users.filter((user) => !user.bot);
  if (people.length === 0) throw new Error("This world is empty: nobody is here to act as. Add people by the control API, then reload.");
  const taken = new Set([...world.apps.map((app) => app.owner_id), ...world.guilds.map((guild) => guild.owner_id)]);
  const given = people.find((user) => user.id === place.user || user.name.toLowerCase() === place.user?.toLowerCase());
  const plain = people.filter((user) => !taken.has(user.id));
  // Somebody without any rights and an English client is what most members are.
  const roles = (user) => world.guilds.some((guild) => guild.members.some((member) => member.id === user.id && member.roles.length > 0));
  const member = plain.find((user) => !roles(user) && user.locale.startsWith("en")) ?? plain[0] ?? people[0];
  state.guild = place.guild ?? null;
  state.channel = place.channel ?? null;
  actAs((given ?? member).id);
  window.addEventListener("hashchange", moved);
}

function moved() {
  const place = parse();
  if (place.user && place.user !== state.me) actAs(place.user);
  if (place.guild) go(place.guild, place.channel);
}

/** Acts as somebody else in this tab. */
export function actAs(user) {
  state.me = user;
  state.histories.clear();
  state.interactions.clear();
  state.typing.clear();
  state.unread.clear();
  state.composers.clear();
  pressed.clear();
  state.overlay = null;
  state.view = null;
  update();
  listen(user);
}

/** Opens a server, "direct", or one of their channels. */
export function go(guild, channel) {
  update((state) => {
    state.guild = guild;
    state.channel = channel ?? null;
    state.drawer = "none";
  });
  settle();
}

/** Makes sure that what is open exists for whoever looks, and loads it. */
export function settle() {
  const { view } = state;
  if (!view) return;
  const guild = view.guilds.find((guild) => guild.id === state.guild || guild.name === state.guild);
  if (state.guild !== "direct" && !guild && view.guilds.length > 0) {
    state.guild = view.guilds[0].id;
    state.channel = null;
    return settle();
  }
  state.guild = guild?.id ?? "direct";
  const channels = guild ? readable(guild) : view.direct;
  const channel =
    channels.find((channel) => channel.id === state.channel || channel.name === state.channel) ??
    channels.find((channel) => channel.id === remembered(state.guild)) ??
    channels[0];
  state.channel = channel?.id ?? null;
  if (state.channel) {
    remember(state.guild, state.channel);
    if (document.visibilityState === "visible") state.unread.delete(state.channel);
    load(state.channel);
  }
  const hash = `#/as/${[state.me, state.guild, state.channel ?? ""].map(encodeURIComponent).join("/")}`;
  if (location.hash !== hash) history.replaceState(null, "", hash);
  update();
}

const last = new Map();
const remember = (guild, channel) => last.set(guild, channel);
const remembered = (guild) => last.get(guild);
