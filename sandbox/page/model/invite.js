// What a bot may be invited with: the permissions that an invitation offers, as Discord words them.

/** Permissions by bit, in the order of an invitation. */
export const PERMISSIONS = [
  { bit: 1n << 10n, name: "View Channels" },
  { bit: 1n << 11n, name: "Send Messages" },
  { bit: 1n << 38n, name: "Send Messages in Threads" },
  { bit: 1n << 14n, name: "Embed Links" },
  { bit: 1n << 15n, name: "Attach Files" },
  { bit: 1n << 16n, name: "Read Message History" },
  { bit: 1n << 29n, name: "Manage Webhooks", note: "characters speak under their own names" },
  { bit: 1n << 13n, name: "Manage Messages" },
  { bit: 1n << 6n, name: "Add Reactions" },
  { bit: 1n << 3n, name: "Administrator" },
];

/** What an invitation asks for by itself (the same as sandbox/src/seed.rs's `INVITED`). */
export const INVITED = PERMISSIONS.slice(0, 7).reduce((all, { bit }) => all | bit, 0n);
