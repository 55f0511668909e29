// What the story needs: an application, installed where the members are, and a bot that hears.
'use strict';

const { Client, Events, GatewayIntentBits, Partials, PermissionFlagsBits: May } = require('discord.js');
const { within } = require('./tap.js');

const WAIT_MS = 8_000;

// What the bot is invited with: no administrator, so that a permission can be taken away.
const PERMISSIONS = [
  May.ViewChannel, May.SendMessages, May.SendMessagesInThreads, May.EmbedLinks, May.AttachFiles,
  May.ReadMessageHistory, May.AddReactions, May.UseExternalEmojis, May.MentionEveryone, May.ManageMessages,
  May.PinMessages, May.ManageChannels, May.ManageRoles, May.ManageWebhooks, May.ManageThreads,
  May.CreatePublicThreads, May.CreatePrivateThreads, May.ManageNicknames, May.ChangeNickname,
].reduce((all, one) => all | one, 0n);

const INTENTS = [
  GatewayIntentBits.Guilds, GatewayIntentBits.GuildMembers, GatewayIntentBits.GuildMessages,
  GatewayIntentBits.GuildMessageReactions, GatewayIntentBits.GuildWebhooks, GatewayIntentBits.DirectMessages,
];

/** The names and ids that the steps speak of; ids are text, as in JSON. */
class Stage {
  /** Makes the application, and looks up who is there. */
  static async build(control) {
    const stage = new Stage();
    stage.control = control;
    stage.heard = new Map();
    stage.seen = [];
    const app = await control.post('/apps', { name: 'Conformance', intents: ['guild_members'] });
    [stage.app, stage.token] = [app.id, app.token];
    const state = await control.get('/state');
    const guild = state.guilds.find((one) => one.name === 'The Playhouse');
    stage.guild = guild.id;
    stage.channels = Object.fromEntries(guild.channels.map((channel) => [channel.name, channel.id]));
    stage.members = Object.fromEntries(guild.members.map((member) => [member.name, member.id]));
    await control.post('/installs', { app: stage.app, guild: stage.guild, permissions: String(PERMISSIONS) });
    return stage;
  }

  /** A client that talks to the sandbox in place of Discord. */
  client(intents = INTENTS) {
    const client = new Client({
      intents,
      partials: [Partials.Channel, Partials.Message, Partials.Reaction],
      allowedMentions: { parse: [] },
      rest: { api: `${this.control.url}/api` },
    });
    client.on(Events.Error, (error) => console.error(error));
    client.on(Events.Warn, (text) => console.error(text));
    return client;
  }

  /** Logs the story's bot in. */
  async start() {
    this.bot = this.client();
    this.bot.on(Events.InteractionCreate, (interaction) => {
      this.heard.get(interaction.id)?.(interaction);
      this.heard.set(interaction.id, interaction);
    });
    this.bot.on(Events.MessageCreate, (message) => this.seen.push(message.id));
    const ready = this.expect(Events.ClientReady);
    await this.bot.login(this.token);
    await ready;
  }

  /** Ends the bot. */
  async leave() {
    await this.bot?.destroy();
  }

  /** Starts to wait for an event; await what this returns after causing it. Gives the event's arguments. */
  expect(event, fits = () => true, ms = WAIT_MS) {
    let listener;
    const come = new Promise((resolve) => {
      listener = (...given) => fits(...given) && resolve(given);
      this.bot.on(event, listener);
    });
    const waiting = within(ms, come, `expected the event ${event}`).finally(() => this.bot.off(event, listener));
    waiting.catch(() => {}); // A step that failed before it awaits this has said why already.
    return waiting;
  }

  /** The interaction with this id. */
  async interaction(id) {
    const already = this.heard.get(id);
    if (already) return already;
    const come = new Promise((resolve) => this.heard.set(id, resolve));
    return within(WAIT_MS, come, `expected that interaction ${id} reaches the bot`);
  }

  /** The channel where most happens, as the library knows it. */
  get general() {
    return this.channel('general');
  }

  /** A channel by name, as the library knows it. */
  channel(name) {
    return this.bot.channels.cache.get(this.channels[name]);
  }

  /** The guild, as the library knows it. */
  get place() {
    return this.bot.guilds.cache.get(this.guild);
  }

  /** A member uses a slash command; the interaction, as the bot got it. */
  async slash(command, options = {}, { user = 'Max', channel = 'general' } = {}) {
    const id = await this.control.act('slash', {
      user: this.members[user], channel: this.channels[channel] ?? channel, app: this.app, command, options,
    });
    return this.interaction(id);
  }

  /** A member uses a component; the interaction, as the bot got it. */
  async press(message, customId, { user = 'Max', values = [] } = {}) {
    const id = await this.control.act('press', {
      user: this.members[user], channel: message.channelId, message: message.id, custom_id: customId, values,
    });
    return this.interaction(id);
  }

  /** A member writes; the message's id. */
  say(content, { user = 'Max', channel = 'general' } = {}) {
    return this.control.act('say', { user: this.members[user], channel: this.channels[channel] ?? channel, content });
  }

  /** A message as a member sees it, or undefined. */
  async seenBy(user, message, channel = 'general') {
    const messages = await this.control.seen(this.channels[channel] ?? channel, this.members[user]);
    return messages.find((one) => one.id === message);
  }
}

module.exports = { Stage };
