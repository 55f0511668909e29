// The page's own dialogs and menus: who to act as, another server, what the bot may do there, settings.

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { live } from "../vendor/lit-html/directives/live.js";
import { post, put } from "../api.js";
import { person, uninstall } from "../model/acts.js";
import { INVITED, PERMISSIONS } from "../model/invite.js";
import { nameOf, partsOf } from "../model/people.js";
import { actAs, go } from "../model/route.js";
import { chooseTheme, THEMES } from "../model/theme.js";
import { notify, state, update } from "../store.js";
import { close, openDialog, openMenu } from "./overlay.js";

/** The languages that Discord's client speaks (its reference of locales). */
const LOCALES = [
  "en-US", "en-GB", "de", "fr", "es-ES", "es-419", "pt-BR", "it", "nl", "pl", "sv-SE", "da", "no", "fi", "cs", "hu", "ro",
  "hr", "lt", "el", "bg", "ru", "uk", "tr", "hi", "th", "vi", "zh-CN", "zh-TW", "ja", "ko", "id",
];

/** Lets one choose whom this tab acts as. */
export function chooseActor(view, anchor) {
  const guild = view.guilds.find((guild) => guild.id === state.guild);
  const items = view.people.slice(0, 50).map((user) => {
    const member = guild?.members.find((member) => member.id === user.id) ?? user;
    const parts = partsOf(view, guild, member);
    const notes = [...parts, ...(user.locale.startsWith("en") ? [] : [user.locale])];
    return {
      label: `${nameOf(user)}${notes.length ? ` — ${notes.join(", ")}` : ""}`,
      checked: user.id === state.me,
      act: () => actAs(user.id),
    };
  });
  openMenu({
    label: "Act as",
    point: { x: anchor.left, y: anchor.top },
    items: [
      ...items,
      { separator: true },
      { label: "In another tab…", act: () => window.open(location.href, "_blank", "noopener") },
      { label: "Somebody new…", act: addPerson },
    ],
  });
}

/** The menu of a server's name. */
export function serverMenu(guild, anchor) {
  const items = state.view.apps.map((app) =>
    guild.members.some((member) => member.id === app.id)
      ? { label: `Remove ${app.name}`, danger: true, act: () => uninstall(app.id, guild.id) }
      : { label: `Add ${app.name}…`, act: () => invite(app, guild) },
  );
  openMenu({
    label: guild.name,
    point: { x: anchor.left + 8, y: anchor.bottom + 4 },
    items: [{ label: "Create channel…", act: () => addChannel(guild) }, { label: "Add a member…", act: () => addPerson(guild) }, { separator: true }, ...items],
  });
}

/** A dialog with fields, whose answer may be refused: what was filled in stays. */
function form({ label, note, fields, verb, send }) {
  const given = Object.fromEntries(fields.map((field) => [field.name, field.value ?? ""]));
  let refused = null;
  let busy = false;
  const submit = async (event) => {
    event.preventDefault();
    busy = true;
    update();
    try {
      await send(given);
      close();
    } catch (error) {
      refused = error.message;
    } finally {
      busy = false;
      update();
    }
  };
  openDialog({
    label,
    body: () => html`
      <form class="form" @submit=${submit}>
        <h2>${label}</h2>
        ${note ? html`<p class="hint">${note}</p>` : nothing}
        ${fields.map((field) => control(field, given))}
        ${refused ? html`<p class="refused" role="alert">${refused}</p>` : nothing}
        <div class="actions">
          <button type="button" class="button" @click=${close}>Cancel</button>
          <button class="button primary" ?disabled=${busy}>${verb}</button>
        </div>
      </form>
    `,
  });
}

function control(field, given) {
  const set = (value) => {
    given[field.name] = value;
    update();
  };
  switch (field.kind) {
    case "choice":
      return html`<label class="field"><span>${field.label}</span>
        <select .value=${live(given[field.name])} @change=${(event) => set(event.target.value)}>
          ${field.choices.map(([value, words]) => html`<option value=${value} ?selected=${given[field.name] === value}>${words}</option>`)}
        </select></label>`;
    case "bits":
      return html`<fieldset class="field bits"><legend>${field.label}</legend>
        ${PERMISSIONS.map(
          ({ bit, name, note }) => html`<label class="check">
            <input type="checkbox" .checked=${live((given[field.name] & bit) !== 0n)} @change=${() => set(given[field.name] ^ bit)} />
            <span>${name}${note ? html` <small>${note}</small>` : nothing}</span></label>`,
        )}</fieldset>`;
    default:
      return html`<label class="field"><span>${field.label}</span>
        <input type="text" autocomplete="off" required maxlength="100" .value=${live(given[field.name])} @input=${(event) => set(event.target.value)} /></label>`;
  }
}

/** Makes another server, with the bot in it as one likes. */
export function addServer() {
  const apps = state.view.apps;
  form({
    label: "Add a server",
    note: apps.length ? `You will own it. Leave permissions out to see how ${apps[0].name} does with less.` : "You will own it.",
    fields: [
      { name: "name", label: "Server name", value: `${nameOf(state.view.viewer)}'s server` },
      ...(apps.length ? [{ name: "permissions", kind: "bits", label: `What ${apps[0].name} may do there`, value: INVITED }] : []),
    ],
    verb: "Create",
    async send({ name, permissions }) {
      const made = await post("/guilds", { name, owner: state.me, install: false });
      if (apps.length) await post("/installs", { app: apps[0].id, guild: made.id, permissions: String(permissions) });
      go(made.id);
    },
  });
}

/** Adds a bot to a server. */
function invite(app, guild) {
  form({
    label: `Add ${app.name} to ${guild.name}`,
    fields: [{ name: "permissions", kind: "bits", label: "What it may do there", value: INVITED }],
    verb: "Authorise",
    send: ({ permissions }) => post("/installs", { app: app.id, guild: guild.id, permissions: String(permissions) }),
  });
}

function addChannel(guild) {
  form({
    label: "Create a channel",
    fields: [
      { name: "name", label: "Channel name", value: "" },
      { name: "for", kind: "choice", label: "Who sees it", value: "all", choices: [["all", "Everybody"], ["admins", "Administrators and those you add"]] },
    ],
    verb: "Create",
    async send(given) {
      const made = await post(`/guilds/${guild.id}/channels`, { name: given.name.trim().replaceAll(" ", "-") });
      if (given.for === "admins") await put(`/channels/${made.id}/overwrites/${guild.id}`, { deny: "1024" });
      go(guild.id, made.id);
    },
  });
}

function addPerson(guild) {
  const place = guild?.id ? guild : state.view.guilds.find((one) => one.id === state.guild);
  form({
    label: place ? `Add a member to ${place.name}` : "Add a person",
    fields: [
      { name: "name", label: "Name", value: "" },
      { name: "locale", kind: "choice", label: "The language of their client", value: "en-US", choices: LOCALES.map((locale) => [locale, localeName(locale)]) },
      ...(place ? [{ name: "role", kind: "choice", label: "Role", value: "", choices: [["", "None"], ...place.roles.filter((role) => role.id !== place.id && !role.managed).map((role) => [role.id, role.name])] }] : []),
    ],
    verb: "Add",
    async send({ name, locale, role }) {
      if (!place) return post("/users", { name, locale });
      const made = await post(`/guilds/${place.id}/members`, { name, locale, roles: role ? [role] : [] });
      notify(`${name} has joined ${place.name}.`);
      return made;
    },
  });
}

function localeName(locale) {
  try {
    return `${new Intl.DisplayNames(["en"], { type: "language" }).of(locale)} (${locale})`;
  } catch {
    return locale;
  }
}

/** What can be set: the theme, and the language of whoever one acts as. */
export function settings() {
  openDialog({
    label: "Settings",
    body: () => {
      const me = state.view?.viewer;
      return html`
        <div class="form">
          <h2>Settings</h2>
          <fieldset class="field choices"><legend>Theme</legend>
            ${THEMES.map((theme) => html`<label class="check"><input type="radio" name="theme" .checked=${live(state.theme === theme)} @change=${() => chooseTheme(theme)} /><span>${theme[0].toUpperCase() + theme.slice(1)}</span></label>`)}
          </fieldset>
          ${me
            ? html`<label class="field"><span>The language of ${nameOf(me)}'s client</span>
                <select @change=${(event) => person(me.id, { locale: event.target.value })}>
                  ${LOCALES.map((locale) => html`<option value=${locale} ?selected=${locale === me.locale}>${localeName(locale)}</option>`)}
                </select></label>`
            : nothing}
          <p class="hint">Keys: Ctrl+I inspector · Alt+↑ ↓ channels · / commands · @ # : suggestions · ↑ edit your last message</p>
          <p class="hint">This is a local Discord on your own machine: nothing here reaches Discord, and all of it is gone when it stops.</p>
          <div class="actions"><button class="button primary" @click=${close}>Done</button></div>
        </div>
      `;
    },
  });
}
