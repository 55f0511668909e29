// The menus of messages and people, as Discord's client has them, with the entries of applications.

import { menu, react } from "../model/acts.js";
import { channelOf, nameOf } from "../model/candidates.js";
import { BITS, may, maySend, mayThread } from "../model/permissions.js";
import { actAs } from "../model/route.js";
import { notify, state } from "../store.js";
import { offered } from "./composer/offered.js";
import { deleteMessage, editInComposer, follow, insertText, isOwn, replyTo } from "./composer/state.js";
import { openMenu } from "./overlay.js";
import { openEmojiPicker } from "./picker.js";
import { isPerson, memberOf, openDirect, openProfile } from "./profile.js";
import { openDeleteDialog, openThreadDialog } from "./ask.js";

export { openEmojiPicker, openProfile };

const EPHEMERAL = 64;
const QUICK = [
  ["👍", "thumbsup"],
  ["❤️", "heart"],
  ["😂", "joy"],
  ["🎉", "tada"],
];

/** Puts a text on the clipboard. */
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    notify("Copied.");
  } catch {
    notify("The browser does not let this page copy.", "error");
  }
}

/** The entries of applications for a message or user, when they have come. */
function apps(channel, kind, target) {
  return () => {
    const list = offered(channel)[kind];
    if (list === null) return [{ label: "Loading…", disabled: true }];
    if (list.length === 0) return [{ label: "No app has an entry here", disabled: true }];
    return list.map((entry) => ({
      label: entry.label,
      hint: state.view?.apps.find((app) => app.id === entry.app)?.name,
      act: async () => {
        const interaction = await menu(channel, entry.name, target);
        if (interaction) follow(channel, interaction, entry.name);
      },
    }));
  };
}

/** Opens a message's menu. */
export function openMessageMenu(message, point) {
  const channel = channelOf(state.view, message.channel_id);
  offered(message.channel_id);
  openMenu({ label: "Message actions", point, items: message.flags & EPHEMERAL ? ephemeral(message) : items(message, channel, point) });
}

function ephemeral(message) {
  return [
    { label: "Dismiss Message", act: () => deleteMessage(message) },
    message.content && { label: "Copy Text", act: () => copy(message.content) },
    { separator: true },
    { label: "Copy Message ID", act: () => copy(message.id) },
  ];
}

function items(message, channel, point) {
  const own = isOwn(message);
  const mayDelete = message.author?.id === state.me || may(channel, BITS.MANAGE_MESSAGES);
  const add = (emoji) => react(message, emoji);
  return [
    may(channel, BITS.ADD_REACTIONS) && {
      label: "Add Reaction",
      items: [
        ...QUICK.map(([emoji, name]) => ({ label: name, icon: emoji, act: () => add(emoji) })),
        { separator: true },
        { label: "View More", act: () => openEmojiPicker(point, add) },
      ],
    },
    { separator: true },
    own && { label: "Edit Message", icon: "✎", act: () => editInComposer(message) },
    maySend(channel) && { label: "Reply", icon: "↰", act: () => replyTo(message) },
    mayThread(channel) && !message.thread && { label: "Create Thread", icon: "🧵", act: () => openThreadDialog(channel.id, message) },
    { separator: true },
    message.content && { label: "Copy Text", act: () => copy(message.content) },
    { label: "Apps", items: apps(message.channel_id, "messages", message.id) },
    mayDelete && { separator: true },
    mayDelete && { label: "Delete Message", icon: "🗑", danger: true, act: () => openDeleteDialog(message) },
    { separator: true },
    { label: "Copy Message ID", act: () => copy(message.id) },
  ];
}

/** Opens the menu of a person, a bot or a message's author. */
export function openMemberMenu(user, point) {
  const member = memberOf(user);
  const channel = channelOf(state.view, state.channel);
  const self = user.id === state.me;
  // A webhook's name is nobody who could be written to.
  const real = isPerson(member) || member.roles !== undefined;
  if (channel) offered(channel.id);
  openMenu({
    label: `Actions for ${nameOf(member)}`,
    point,
    items: [
      { label: "Profile", act: () => openProfile(user, point) },
      real && channel && maySend(channel) && { label: "Mention", act: () => insertText(channel.id, `@${nameOf(member)} `, `<@${user.id}>`) },
      real && !self && { label: "Message", act: () => openDirect(user) },
      { separator: true },
      real && channel && { label: "Apps", items: apps(channel.id, "users", user.id) },
      isPerson(member) && !self && { label: `Act as ${nameOf(member)}`, act: () => actAs(user.id) },
      { separator: true },
      { label: "Copy User ID", act: () => copy(user.id) },
    ],
  });
}
