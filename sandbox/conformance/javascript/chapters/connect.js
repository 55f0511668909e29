// Logging in: what is refused, and what arrives when it is not.
'use strict';

const { ActivityType, DiscordjsErrorCodes, Events, GatewayIntentBits, PermissionFlagsBits } = require('discord.js');
const { Unexpected, check, equal } = require('../tap.js');

module.exports = [
  ['a wrong token is refused', async (story) => {
    const client = story.client();
    try {
      await client.login('bm90LWEtdG9rZW4.GnOtTo.not-a-token-at-all-not-a-token-at-all');
    } catch (error) {
      return equal(error.code, DiscordjsErrorCodes.TokenInvalid, 'the error');
    } finally {
      await client.destroy();
    }
    throw new Unexpected('the login was accepted');
  }],

  ['a privileged intent that was not granted is refused', async (story) => {
    const client = story.client([GatewayIntentBits.Guilds, GatewayIntentBits.MessageContent]);
    const closed = new Promise((resolve) => client.once(Events.ShardDisconnect, resolve));
    try {
      await Promise.race([client.login(story.token), closed]);
      equal((await closed).code, 4014, 'the close code');
    } catch (error) {
      check(/disallowed intents/i.test(error.message), 'an error of disallowed intents', error);
    } finally {
      await client.destroy();
    }
  }],

  ['the bot identifies and is ready', async (story) => {
    await story.start();
    equal(story.bot.user.id, story.app, "the bot's own id");
    check(story.bot.user.bot, 'a bot user', story.bot.user);
    equal(story.bot.application.id, story.app, "the application's id");
  }, true],

  ['the guild arrives with its channels, roles and members', async (story) => {
    const guild = story.place;
    check(guild, 'the guild in the cache', story.bot.guilds.cache);
    equal(guild.name, 'The Playhouse', "the guild's name");
    equal(guild.ownerId, story.members.Olive, 'the owner');
    equal(story.general?.name, 'general', '#general');
    equal(guild.roles.everyone.id, story.guild, '@everyone');
    const me = guild.members.me;
    equal(me?.id, story.app, 'the bot as a member');
    const mine = story.general.permissionsFor(me);
    check(mine.has(PermissionFlagsBits.SendMessages | PermissionFlagsBits.ManageWebhooks), 'its permissions', mine);
    check(!mine.has(PermissionFlagsBits.Administrator, false), 'no administrator', mine);
  }, true],

  ["the gateway's address and the application are told", async (story) => {
    const { shards, url, session_start_limit: limit } = await story.bot.rest.get('/gateway/bot');
    check(shards >= 1 && url.startsWith('ws'), 'shards and an address', { shards, url });
    check(limit.remaining <= limit.total && limit.max_concurrency >= 1, 'the session limits', limit);
    const about = await story.bot.application.fetch();
    equal([about.id, about.name], [story.app, 'Conformance'], 'the application');
    check(about.owner, 'an owner', about.owner);
  }],

  ["a presence is sent and a member's chunk is asked for over the gateway", async (story) => {
    story.bot.user.setPresence({ status: 'idle', activities: [{ name: 'a part', type: ActivityType.Playing }] });
    const found = await story.place.members.fetch({ query: 'Mi', limit: 5, time: 5000 });
    equal(found.map((member) => member.user.displayName), ['Mia'], 'members whose name begins with Mi');
    const everyone = (await story.place.members.fetch({ time: 5000 })).map((member) => member.user.displayName);
    check(['Olive', 'Ada', 'Otto', 'Max', 'Mia'].every((name) => everyone.includes(name)), 'every member', everyone);
  }],
];
