// The icons of the page, drawn for it: 24 by 24, in the colour of the text around them.

import { html, svg } from "../vendor/lit-html/lit-html.js";

const paths = {
  hash: svg`<path d="M9.500 3.500 7.500 20.500M16.500 3.500l-2 17M4.500 8.500h16M3.500 15.500h16" class="stroke"></path>`,
  thread: svg`<path d="M9 4 7.500 13M15.500 4 14.500 9.500M4.500 8h15M4 13h6M13.500 13.500h6.500a1.500 1.500 0 0 1 1.500 1.500v4a1.500 1.500 0 0 1-1.500 1.500h-4l-2.500 2v-2" class="stroke"></path>`,
  speaker: svg`<path d="M4 9.500v5h3.500L12 18.500v-13L7.500 9.500zM15.500 9a4 4 0 0 1 0 6M18 6.500a7.500 7.500 0 0 1 0 11" class="stroke"></path>`,
  megaphone: svg`<path d="M4 10v4l3 .5L8.500 20h2.500l-1-5 9 3.500v-13L7 10zM21 10.500v3" class="stroke"></path>`,
  people: svg`<path d="M9 11.500a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7zM2.500 19.500c0-3.500 3-5.500 6.500-5.500s6.500 2 6.500 5.500zM16 11a3 3 0 1 0-1-5.800M17.500 13.800c2.500.5 4 2.400 4 5.200h-3" class="stroke"></path>`,
  magnifier: svg`<path d="M10.500 17a6.500 6.500 0 1 0 0-13 6.500 6.500 0 0 0 0 13zM15.500 15.500 21 21" class="stroke"></path>`,
  inspect: svg`<path d="M4 5h9M4 9.500h14M8 14h9M11 18.500h9" class="stroke thick"></path>`,
  plus: svg`<path d="M12 4.500v15M4.500 12h15" class="stroke"></path>`,
  cross: svg`<path d="m5.500 5.500 13 13M18.500 5.500l-13 13" class="stroke"></path>`,
  gear: svg`<path d="M12 15.500a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7zM12 2.800v3M12 18.200v3M2.800 12h3M18.200 12h3M5.500 5.500l2.100 2.100M16.400 16.400l2.100 2.100M18.500 5.500l-2.100 2.100M7.600 16.400l-2.100 2.100" class="stroke"></path>`,
  menu: svg`<path d="M3.500 6h17M3.500 12h17M3.500 18h17" class="stroke"></path>`,
  swap: svg`<path d="M7 4 3.500 7.500 7 11M3.500 7.500h13M17 13l3.500 3.500L17 20M20.500 16.500h-13" class="stroke"></path>`,
  down: svg`<path d="m5 9 7 7 7-7" class="stroke"></path>`,
  moon: svg`<path d="M19.500 14.500A8 8 0 0 1 9.500 4.500a8 8 0 1 0 10 10z" class="stroke"></path>`,
  chat: svg`<path d="M4 5h16v11h-9l-4.500 4v-4H4z" class="stroke"></path>`,
  smile: svg`<path d="M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM8 14c1 2 2.500 3 4 3s3-1 4-3M9 9v1M15 9v1" class="stroke"></path>`,
  send: svg`<path d="M4 4.500 21 12 4 19.500 6.500 12zM6.500 12H13" class="stroke"></path>`,
  file: svg`<path d="M6 2.800h8l4.500 4.500v13.900H6zM14 2.800v4.500h4.500" class="stroke"></path>`,
  pencil: svg`<path d="m4 20 1-4.500L16 4.500l3.500 3.500-11 11zM13.500 7l3.500 3.500" class="stroke"></path>`,
  reply: svg`<path d="M9.500 5 3.500 11l6 6M3.500 11H13c4.500 0 7.500 3 7.500 7.500" class="stroke"></path>`,
  bin: svg`<path d="M4 6.500h16M9 6.500V4h6v2.500M6 6.500 7 20.500h10l1-14M10 10.500v6M14 10.500v6" class="stroke"></path>`,
  slash: svg`<path d="M15.500 4 8.500 20" class="stroke"></path>`,
  crown: svg`<path d="m3.500 8 4 4L12 5l4.500 7 4-4-1.500 10H5z"></path>`,
};

/** An icon by name, `size` pixels wide; decoration beside a label. */
export const icon = (name, size = 20) =>
  html`<svg class="icon" width=${size} height=${size} viewBox="0 0 24 24" aria-hidden="true">${paths[name]}</svg>`;
