// The small drawings in messages.

import { html, svg } from "../vendor/lit-html/lit-html.js";

const mark = (path, box = 24) => html`<svg class="mark" viewBox="0 0 ${box} ${box}" aria-hidden="true" focusable="false">${path}</svg>`;
const line = (d) => mark(svg`<path d=${d} fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round" />`);

export const addReaction = () => line("M14 4.3a8 8 0 1 0 5.7 5.7M9 14.5a4 4 0 0 0 6 0M9 10v.01M15 10v.01M19 2v6M16 5h6");
export const reply = () => line("M10 5 4 11l6 6M4 11h9a7 7 0 0 1 7 7v1");
export const edit = () => line("M4 20l1-4L16 5l3 3L8 19l-4 1zM14 7l3 3");
export const more = () => line("M5 12v.01M12 12v.01M19 12v.01");
export const chevron = () => line("M6 9l6 6 6-6");
export const outward = () => line("M14 4h6v6M20 4l-9 9M18 14v5a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V7a1 1 0 0 1 1-1h5");
export const eye = () => line("M2 12s4-7 10-7 10 7 10 7-4 7-10 7S2 12 2 12zM12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6");
export const pin = () => line("M9 4h6l-1 6 4 4H6l4-4-1-6zM12 14v6");
export const thread = () => line("M4 5h16v11h-9l-4 4v-4H4zM8 9h8M8 12h5");
export const file = () => line("M6 3h8l5 5v13H6zM14 3v5h5M9 13h6M9 17h6");
export const download = () => line("M12 4v11M7 11l5 5 5-5M5 20h14");
export const copy = () => line("M9 9h11v11H9zM15 5V4H4v11h1");
export const hash = () => line("M9 4 7 20M17 4l-2 16M4 9h17M3 15h17");
export const silent = () => line("M6 16V11a6 6 0 0 1 9-5.2M18 11v5l1.5 2H8M10.5 20.5a2 2 0 0 0 3 0M4 3l17 18");
export const down = () => line("M12 5v14M6 13l6 6 6-6");
export const check = () => line("M5 12l5 5 9-10");
export const cross = () => line("M6 6l12 12M18 6 6 18");
export const warning = () => line("M12 4 2.5 20h19zM12 10v4M12 17v.01");
