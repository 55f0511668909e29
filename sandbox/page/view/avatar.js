// Somebody's picture: their own where there is one, else a face in a colour of their own.

import { html, nothing, svg } from "../vendor/lit-html/lit-html.js";
import { nameOf, pick } from "../model/people.js";
import { safeUrl } from "../model/urls.js";

const COLOURS = 6;

/** The picture of a user, member or message's author, `size` pixels wide. It is beside a name: no reader says it. */
export function avatar(user, size = 40) {
  const url = user?.avatar_url ? safeUrl(user.avatar_url, { image: true }) : null;
  if (url) {
    return html`<img class="avatar" src=${url} alt="" width=${size} height=${size} loading="lazy" draggable="false" referrerpolicy="no-referrer" @error=${broken} />`;
  }
  return face(user, size);
}

/** A picture that can't be loaded gives way to its background. */
function broken(event) {
  event.target.removeAttribute("src");
  event.target.classList.add("broken");
}

function face(user, size) {
  const shade = `avatar face-${pick(user?.id, COLOURS)}`;
  const letter = [...nameOf(user).trim()][0]?.toUpperCase() ?? "?";
  return html`<svg class=${shade} width=${size} height=${size} viewBox="0 0 40 40" aria-hidden="true">
    <circle cx="20" cy="20" r="20" class="face-back"></circle>
    ${user?.bot ? robot : nothing}
    ${user?.bot ? nothing : svg`<text x="20" y="26.500" text-anchor="middle" class="face-letter">${letter}</text>`}
  </svg>`;
}

const robot = svg`<path class="face-front" d="M20 8.500a1.500 1.500 0 0 1 1.500 1.500v2.500H27a3.500 3.500 0 0 1 3.500 3.500v9a3.500 3.500 0 0 1-3.500 3.500H13A3.500 3.500 0 0 1 9.500 25v-9a3.500 3.500 0 0 1 3.500-3.500h5.500V10A1.500 1.500 0 0 1 20 8.500zm-4.500 9a2 2 0 1 0 0 4 2 2 0 0 0 0-4zm9 0a2 2 0 1 0 0 4 2 2 0 0 0 0-4zM15 24.500h10V26H15z"></path>`;
