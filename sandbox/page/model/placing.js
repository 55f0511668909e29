// Where something that floats goes: beside what it belongs to, and inside the window.

/** The room that stays free at the window's edges, and between a float and what it belongs to. */
const EDGE = 8;
const GAP = 8;

/**
 * The place of a float of `size` (`{ width, height }`) in a window of `room`. `anchor` is a rectangle or a point
 * (`{ x, y }`); `prefer` is "below" (a rectangle's start edge), "above" (its end edge) or "beside". A side without
 * room is changed for the other.
 */
export function place(anchor, size, room, prefer = "below") {
  const box = {
    left: anchor.left ?? anchor.x,
    top: anchor.top ?? anchor.y,
    right: anchor.right ?? anchor.x + (anchor.width ?? 0),
    bottom: anchor.bottom ?? anchor.y + (anchor.height ?? 0),
  };
  const gap = box.right > box.left || box.bottom > box.top ? GAP : 0;
  const keep = (at, length, all) => Math.max(EDGE, Math.min(at, all - length - EDGE));
  let left;
  let top;
  if (prefer === "beside") {
    const after = box.right + gap;
    const before = box.left - gap - size.width;
    left = after + size.width <= room.width - EDGE || before < EDGE ? after : before;
    top = box.top;
  } else {
    left = prefer === "above" ? box.right - size.width : box.left;
    // A menu at a point opens to its other side where there is no room.
    if (gap === 0 && left + size.width > room.width - EDGE) left = box.left - size.width;
    const below = box.bottom + gap;
    const above = box.top - gap - size.height;
    const fits = { below: below + size.height <= room.height - EDGE, above: above >= EDGE };
    const up = prefer === "above" ? fits.above || !fits.below : !fits.below && fits.above;
    top = up ? above : below;
  }
  return {
    left: Math.round(keep(left, size.width, room.width)),
    top: Math.round(keep(top, size.height, room.height)),
  };
}
