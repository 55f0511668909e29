// Dark, light, or as the system says; remembered by this browser.

import { state, update } from "../store.js";

const KEY = "troupe-sandbox-theme";
const system = matchMedia("(prefers-color-scheme: light)");

/** The themes one can choose. */
export const THEMES = ["dark", "light", "system"];

/** Takes the theme that was chosen last. */
export function restoreTheme() {
  system.addEventListener("change", show);
  const kept = remembered();
  state.theme = THEMES.includes(kept) ? kept : "dark";
  show();
}

/** Chooses a theme. */
export function chooseTheme(theme) {
  update((state) => (state.theme = theme));
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // A browser that keeps nothing shows it all the same.
  }
  show();
}

function remembered() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function show() {
  const theme = state.theme === "system" ? (system.matches ? "light" : "dark") : state.theme;
  document.documentElement.dataset.theme = theme;
}
