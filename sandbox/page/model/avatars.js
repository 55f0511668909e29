// How somebody without a picture looks: a colour and a letter that are always theirs.

/** As many as the sheet has classes `.avatar-0` and on. */
const COLOURS = 8;

/** `{ colour, letter }` of a user: the same wherever they show up. */
export function faceOf(user) {
  const name = user.global_name ?? user.username ?? "";
  // A webhook is one id for all its names, and each name is somebody else.
  const seed = user.bot && user.discriminator === "0000" ? `${user.id} ${user.username}` : String(user.id ?? name);
  let hash = 2166136261;
  for (let i = 0; i < seed.length; i += 1) hash = Math.imul(hash ^ seed.charCodeAt(i), 16777619) >>> 0;
  const letter = /[\p{L}\p{N}]/u.exec(name.slice(0, 100))?.[0] ?? "?";
  return { colour: (hash ^ (hash >>> 15)) % COLOURS, letter: letter.toUpperCase().slice(0, 2) };
}
