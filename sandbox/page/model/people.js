// People as a view lists them: names, roles, colours, and in which group of the member list each stands.

/** The name that is shown of a user or member. */
export const nameOf = (user) => user?.nick ?? user?.global_name ?? user?.username ?? "Somebody";

/** A member's roles, the highest first, without @everyone. */
export function rolesOf(guild, member) {
  const own = new Set(member?.roles ?? []);
  return guild.roles.filter((role) => own.has(role.id)).sort((a, b) => b.position - a.position);
}

/** A colour's number as `#rrggbb`, or null when it is none. */
export function hex(color) {
  const known = Number.isInteger(color) && color >= 0 && color <= 0xffffff;
  return known ? `#${color.toString(16).padStart(6, "0")}` : null;
}

/** The colour of a member's name as `#rrggbb`, or null: their highest role's that has one (0 is none). */
export function colourOf(guild, member) {
  if (!guild || !member) return null;
  const coloured = rolesOf(guild, member).find((role) => role.color > 0);
  return coloured ? hex(coloured.color) : null;
}

/** What somebody is to the bots here and to this server, in words: their part in the play. */
export function partsOf(view, guild, member) {
  const parts = [];
  if (guild?.owner_id === member.id) parts.push("Owner");
  const admin = (BigInt(member.permissions ?? 0) & 8n) !== 0n;
  if (admin && guild?.owner_id !== member.id && !member.bot) parts.push("Admin");
  if (view.apps.some((app) => app.owner_id === member.id)) parts.push("Operator");
  return parts;
}

/** The member list in groups: `{ name, members }`, each by name. */
export function groups(view, guild) {
  const order = ["Owner", "Admin", "Operator", "Members", "Apps"];
  const found = new Map(order.map((name) => [name, []]));
  for (const member of guild.members) {
    const part = member.bot ? "Apps" : (partsOf(view, guild, member)[0] ?? "Members");
    found.get(part).push(member);
  }
  const byName = (a, b) => nameOf(a).localeCompare(nameOf(b));
  return order.map((name) => ({ name, members: found.get(name).sort(byName) })).filter((group) => group.members.length > 0);
}

/** The initials of a server's name. */
export const initials = (name) => [...name.matchAll(/(?:^|\s)(\S)/gu)].map((match) => match[1]).slice(0, 3).join("");

/** One of `count` colours or faces for an id, the same each time; ids that were made together differ in their last bits. */
export const pick = (id, count) => Number(BigInt(id || 0) % BigInt(count));
