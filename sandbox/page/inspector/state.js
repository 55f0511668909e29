// The inspector's state, and what changes it: what is read of the sandbox, how often, and what the user does.

import { get, query } from "../api.js";
import { afterDraw, now, state, update } from "../store.js";
import { keep, keepTimeline } from "./keep.js";
import { paced } from "./paced.js";
import { readBot, readSteering } from "./steer.js";

/** The shortest time between two readings, in milliseconds. */
const PACE = 250;
/** How often to look at what tells nobody that it changed, in milliseconds. */
const LOOK = 1_000;
/** How many interactions are listed. */
const LISTED = 50;
/** The panel's width in pixels: at least, at first, at most. */
export const WIDTH = { least: 420, first: 480, most: 560 };
const WIDTH_KEY = "inspector-width";

Object.assign(state.inspector, {
  /** "timeline", "faults", "time" or "bot". */
  tab: "timeline",
  width: WIDTH.first,
  /** Why nothing could be read, or none. */
  error: null,
  /** Interactions, newest first. */
  list: [],
  /** Whether the list was read at all. */
  listed: false,
  filter: "",
  /** Whether the newest is always the selected one. */
  follow: true,
  selected: null,
  /** The selected one with its timeline. */
  detail: null,
  /** The shown part of the time scale in microseconds; all of it for null. */
  zoom: null,
  /** Rows that are open, and folds that are not as they are at first; counted, because sets keep their identity. */
  openRows: new Set(),
  turned: new Set(),
  turns: 0,
  /** Where the timeline is scrolled to: `{ top, room }` in pixels, from its first row. */
  view: { top: 0, room: 2_000 },
  /** What can be switched; see steer.js. */
  steering: null,
  /** Switches that are being turned. */
  busy: new Set(),
  /** What is known of the bot; see steer.js. */
  bot: null,
  /** Whether the bot's token shows. */
  token: false,
  /** The Time tab's own field. */
  length: "",
});

const { inspector } = state;

/** Reads anew what is shown, soon. The live feed calls this with every `inspect`. */
export function refresh() {
  if (inspector.open) ask();
}

const ask = paced(read, PACE);

async function read() {
  if (!inspector.open) return;
  let error = null;
  try {
    if (inspector.tab === "timeline") await readTimeline();
    if (inspector.tab === "bot") await readBot();
  } catch (failed) {
    error = failed.message;
  }
  if (inspector.error !== error) inspector.error = error;
  update();
}

async function readTimeline() {
  // One that was chosen before needs no list to be read.
  const { selected } = inspector;
  const [list, failed] = await Promise.all([get(`/inspect${query({ limit: LISTED })}`), selected === null ? null : readDetail(selected)]);
  inspector.list = keep(inspector.list, list);
  inspector.listed = true;
  follow();
  const error = inspector.selected === selected ? failed : await readDetail(inspector.selected);
  if (error) throw error;
}

/** Reads a timeline, and gives the error where it is not to be had and none was. One that the sandbox has forgotten stays. */
async function readDetail(selected) {
  try {
    const detail = await get(`/inspect/${encodeURIComponent(selected)}`);
    if (inspector.selected === selected) inspector.detail = keepTimeline(inspector.detail, detail);
  } catch (error) {
    if (inspector.selected === selected && inspector.detail?.id !== selected) return error;
  }
  return null;
}

/** Makes the newest that fits the filter the selected one, where that is wanted. */
function follow() {
  const newest = inspector.follow ? filtered(inspector)[0] : undefined;
  if (newest && newest.id !== inspector.selected) choose(newest.id);
}

/** What the filter lets through: every word of it is somewhere in who, what and status. */
export function filtered({ list, filter }) {
  const words = filter.toLowerCase().split(/\s+/).filter((word) => word !== "");
  if (words.length === 0) return list;
  return list.filter((subject) => {
    const text = [subject.name, subject.kind, subject.user?.name, subject.status, subject.id].join(" ").toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

function choose(id) {
  inspector.selected = id;
  inspector.zoom = null;
  inspector.openRows.clear();
  inspector.turned.clear();
  inspector.turns += 1;
  inspector.view = { ...inspector.view, top: 0 };
  afterDraw(() => document.querySelector(".ins-detail")?.scrollTo(0, 0));
}

let timer = 0;
/** Counts how often the panel was opened: whoever looked for the one before stops. */
let opened = 0;
/** What had the focus when the panel was opened. */
let opener = null;

/** Looks as each second of the sandbox begins, for its clock ticks here; a hidden page looks at nothing. */
function look() {
  const mine = opened;
  timer = setTimeout(async () => {
    if (document.visibilityState === "visible") {
      if (inspector.tab !== "timeline" || inspector.detail?.timeline.some((entry) => entry.took_us === null)) ask();
      await readSteering();
      update();
    }
    if (inspector.open && mine === opened) look();
  }, LOOK - (now() % LOOK));
}

/** Opens the panel on the newest interaction. */
export function open() {
  if (inspector.open) return;
  inspector.width = remembered();
  inspector.open = true;
  opener = document.activeElement;
  // Where it lies over the page, one is in it at once.
  if (covers()) afterDraw(() => document.querySelector(".inspector [aria-selected=true]")?.focus());
  clearTimeout(timer);
  opened += 1;
  look();
  ask();
  readSteering({ afresh: true }).then(() => update());
  update();
}

/** Whether the panel lies over the page, as the style sheet has it. */
export const covers = () => matchMedia("(max-width: 900px)").matches;

/** Closes the panel, and gives the focus back; what was selected stays so. */
export function close() {
  clearTimeout(timer);
  const within = document.activeElement?.closest(".inspector");
  update(() => (inspector.open = false));
  if (within && opener?.isConnected) afterDraw(() => opener.focus());
}

/** Opens or closes it. */
export function toggle() {
  if (inspector.open) close();
  else open();
}

/** Opens the timeline of an interaction or a message, and stays with it. */
export function select(id) {
  if (inspector.selected !== id) choose(id);
  inspector.follow = false;
  inspector.tab = "timeline";
  open();
  ask();
  update();
}

/** Follows the newest from now on, or no longer. */
export function setFollow(on) {
  inspector.follow = on;
  follow();
  refresh();
  update();
}

/** Shows those that fit the words. */
export function setFilter(words) {
  inspector.filter = words;
  follow();
  refresh();
  update();
}

/** Shows another tab. */
export function show(tab) {
  inspector.tab = tab;
  inspector.error = null;
  refresh();
  update();
}

/** Shows so much of the time scale, in microseconds; all of it for null. */
export const setZoom = (length) => update(() => (inspector.zoom = length));

/** Opens or closes a row. */
export function flip(key) {
  if (!inspector.openRows.delete(key)) inspector.openRows.add(key);
  inspector.turns += 1;
  update();
}

/** Folds or unfolds what is in rows. */
export function turn(key) {
  if (!inspector.turned.delete(key)) inspector.turned.add(key);
  inspector.turns += 1;
  update();
}

/** Sets the width, within its bounds, and remembers it. */
export function setWidth(width) {
  inspector.width = Math.min(Math.max(Math.round(width), WIDTH.least), WIDTH.most);
  try {
    localStorage.setItem(WIDTH_KEY, String(inspector.width));
  } catch {
    // A browser without storage forgets it.
  }
  update();
}

function remembered() {
  try {
    const width = Number(localStorage.getItem(WIDTH_KEY));
    return width >= WIDTH.least && width <= WIDTH.most ? width : inspector.width;
  } catch {
    return inspector.width;
  }
}
