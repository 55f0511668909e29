// Discord's permission bits, as far as the page looks at them, and what they allow where.

/** Bits as Discord numbers them: https://docs.discord.com/developers/topics/permissions */
export const BITS = {
  ADMINISTRATOR: 1n << 3n,
  MANAGE_CHANNELS: 1n << 4n,
  MANAGE_GUILD: 1n << 5n,
  ADD_REACTIONS: 1n << 6n,
  VIEW_CHANNEL: 1n << 10n,
  SEND_MESSAGES: 1n << 11n,
  MANAGE_MESSAGES: 1n << 13n,
  ATTACH_FILES: 1n << 15n,
  MENTION_EVERYONE: 1n << 17n,
  MANAGE_ROLES: 1n << 28n,
  USE_APPLICATION_COMMANDS: 1n << 31n,
  MANAGE_THREADS: 1n << 34n,
  CREATE_PUBLIC_THREADS: 1n << 35n,
  SEND_MESSAGES_IN_THREADS: 1n << 38n,
};

const THREADS = new Set([10, 11, 12]);
const DIRECT = new Set([1, 3]);

/** Whether a channel object is a thread. */
export const isThread = (channel) => THREADS.has(channel?.type);

/** Whether a channel object is a direct message, of two or of a group. */
export const isDirect = (channel) => DIRECT.has(channel?.type);

/** Whether the `permissions` of a channel, member or server (a decimal text) hold a bit. */
export function may(place, bit) {
  let bits;
  try {
    bits = BigInt(place?.permissions ?? 0);
  } catch {
    return false;
  }
  return (bits & BITS.ADMINISTRATOR) !== 0n || (bits & bit) === bit;
}

/** Whether this member may write in a channel. */
export const maySend = (channel) =>
  may(channel, isThread(channel) ? BITS.SEND_MESSAGES_IN_THREADS : BITS.SEND_MESSAGES);

/** Whether this member may start a thread there: in a server's text channel that is none itself. */
export const mayThread = (channel) =>
  !isThread(channel) && !isDirect(channel) && may(channel, BITS.CREATE_PUBLIC_THREADS) && maySend(channel);
