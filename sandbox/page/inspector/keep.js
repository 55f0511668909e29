// Takes what was read anew for what was known before wherever both say the same, so that nothing is rendered again that
// has not changed. No DOM here.

const isObject = (value) => typeof value === "object" && value !== null;

/** `fresh`, with every part that equals its place in `old` being that very part. */
export function keep(old, fresh) {
  if (!isObject(old) || !isObject(fresh) || Array.isArray(old) !== Array.isArray(fresh)) return fresh;
  const names = Object.keys(fresh);
  let same = names.length === Object.keys(old).length;
  for (const name of names) {
    const known = Object.hasOwn(old, name);
    // Setting this one would change what the object is.
    if (known && name !== "__proto__") fresh[name] = keep(old[name], fresh[name]);
    same &&= known && Object.is(old[name], fresh[name]);
  }
  return same ? old : fresh;
}

/** The same for a timeline: its entries are compared by what they are, for new ones come in between. */
export function keepTimeline(old, fresh) {
  if (old?.id !== fresh.id) return fresh;
  const name = (entry) => `${entry.lane} ${entry.span ?? entry.seq ?? entry.number ?? entry.at_us}`;
  const known = new Map(old.timeline.map((entry) => [name(entry), entry]));
  const timeline = fresh.timeline.map((entry) => keep(known.get(name(entry)), entry));
  const same = timeline.length === old.timeline.length && timeline.every((entry, n) => entry === old.timeline[n]);
  const others = keep({ ...old, timeline: null }, { ...fresh, timeline: null });
  const unchanged = same && Object.keys(others).every((field) => field === "timeline" || Object.is(others[field], old[field]));
  return unchanged ? old : { ...others, timeline: same ? old.timeline : timeline };
}
