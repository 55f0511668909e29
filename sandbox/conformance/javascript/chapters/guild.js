// Guilds, members, roles and channels.
'use strict';

const { ChannelType, Events, PermissionFlagsBits } = require('discord.js');
const { check, equal, refused } = require('../tap.js');

const fresh = (story, name) => story.place.members.fetch({ user: story.members[name], force: true });

module.exports = [
  ['the guild is fetched', async (story) => {
    const guild = await story.bot.guilds.fetch({ guild: story.guild, force: true, withCounts: true });
    equal([guild.name, guild.ownerId], ['The Playhouse', story.members.Olive], 'the guild');
    check(guild.approximateMemberCount >= 6, 'at least six members', guild.approximateMemberCount);
    equal([...(await story.bot.guilds.fetch()).keys()], [story.guild], "the bot's guilds");
    await refused(story.bot.guilds.fetch({ guild: story.app, force: true }), 10004, "a guild that isn't");
  }],

  ['members are fetched, one and many', async (story) => {
    const ada = await fresh(story, 'Ada');
    const powerful = ada.permissions.has(PermissionFlagsBits.Administrator);
    equal([ada.user.displayName, powerful], ['Ada', true], 'one member');
    const names = (await story.place.members.list({ limit: 1000 })).map((member) => member.user.displayName);
    const expected = ['Olive', 'Ada', 'Otto', 'Max', 'Mia', 'Conformance'];
    check(expected.every((name) => names.includes(name)), 'all members', names);
    const found = await story.place.members.search({ query: 'Mi', limit: 10 });
    equal(found.map((member) => member.user.displayName), ['Mia'], 'a search');
    const { id: stranger } = await story.control.post('/users', { name: 'A stranger' });
    await refused(story.place.members.fetch({ user: stranger, force: true }), 10007, "somebody who isn't a member");
    await refused(story.place.members.fetch({ user: story.guild, force: true }), 10013, "somebody who isn't");
    const user = await story.bot.users.fetch(story.members.Max, { force: true });
    equal([user.displayName, user.bot], ['Max', false], 'a user');
  }],

  ['members come and go', async (story) => {
    const joins = story.expect(Events.GuildMemberAdd);
    await story.control.post(`/guilds/${story.guild}/members`, { name: 'Zoe' });
    const [zoe] = await joins;
    equal([zoe.user.displayName, zoe.guild.id], ['Zoe', story.guild], 'who joined');
    const leaves = story.expect(Events.GuildMemberRemove);
    await story.control.call('DELETE', `/guilds/${story.guild}/members/${zoe.id}`);
    equal((await leaves)[0].id, zoe.id, 'who left');
  }],

  ['roles are made, given, taken, changed and deleted', async (story) => {
    const made = story.expect(Events.GuildRoleCreate);
    const role = await story.place.roles.create({
      name: 'Chorus', colors: { primaryColor: 0x3498db }, hoist: true, permissions: [PermissionFlagsBits.SendMessages],
    });
    equal((await made)[0].id, role.id, 'the role that the gateway tells of');
    equal([role.name, role.colors.primaryColor, role.hoist], ['Chorus', 0x3498db, true], 'the role');
    const mia = await fresh(story, 'Mia');
    const changed = story.expect(Events.GuildMemberUpdate, (_, after) => after.id === mia.id);
    await mia.roles.add(role);
    check((await changed)[1].roles.cache.has(role.id), "the role among Mia's");
    await mia.roles.remove(role);
    check(!(await fresh(story, 'Mia')).roles.cache.has(role.id), "the role among Mia's no more");
    equal((await role.edit({ name: 'Choir', mentionable: true })).name, 'Choir', 'the changed role');
    check((await story.place.roles.fetch()).has(role.id), "the role among the guild's");
    const gone = story.expect(Events.GuildRoleDelete);
    await role.delete();
    equal((await gone)[0].id, role.id, 'the deleted role');
  }],

  ['nicknames are given, to the bot and to others', async (story) => {
    const mia = await fresh(story, 'Mia');
    equal((await mia.setNickname('Miranda')).nickname, 'Miranda', "Mia's nickname");
    await mia.setNickname(null);
    equal((await fresh(story, 'Mia')).nickname, null, 'no nickname');
    equal((await story.place.members.me.setNickname('Prompter')).nickname, 'Prompter', "the bot's own");
  }],

  ['a channel is made, changed and deleted', async (story) => {
    const made = story.expect(Events.ChannelCreate, (channel) => channel.name === 'wings');
    const category = await story.place.channels.create({ name: 'Backstage', type: ChannelType.GuildCategory });
    const channel = await story.place.channels.create({ name: 'wings', parent: category, topic: 'Quiet, please' });
    equal((await made)[0].id, channel.id, 'the channel that the gateway tells of');
    equal([channel.name, channel.topic, channel.parentId], ['wings', 'Quiet, please', category.id], 'the channel');
    const changed = await channel.edit({ name: 'green-room', rateLimitPerUser: 10, nsfw: true });
    equal([changed.name, changed.rateLimitPerUser, changed.nsfw], ['green-room', 10, true], 'the changed channel');
    const fetched = await story.bot.channels.fetch(channel.id, { force: true });
    equal(fetched.name, 'green-room', 'the fetched channel');
    check((await story.place.channels.fetch()).has(channel.id), "it among the guild's");
    const gone = story.expect(Events.ChannelDelete, (one) => one.id === channel.id);
    await channel.delete();
    await gone;
    await refused(story.bot.channels.fetch(channel.id, { force: true }), 10003, 'the deleted channel');
    await category.delete();
  }],

  ["a channel's overwrites are set and removed", async (story) => {
    const channel = await story.place.channels.create({ name: 'locked' });
    const mia = await fresh(story, 'Mia');
    await channel.permissionOverwrites.edit(mia, { SendMessages: false, ViewChannel: true });
    let seen = await story.bot.channels.fetch(channel.id, { force: true });
    const overwrite = seen.permissionOverwrites.cache.get(mia.id);
    const both = [overwrite.deny.toArray(), overwrite.allow.toArray()];
    equal(both, [['SendMessages'], ['ViewChannel']], "Mia's overwrite");
    check(!seen.permissionsFor(mia).has(PermissionFlagsBits.SendMessages), 'that Mia may not write there');
    await channel.permissionOverwrites.delete(mia);
    seen = await story.bot.channels.fetch(channel.id, { force: true });
    check(!seen.permissionOverwrites.cache.has(mia.id), 'no overwrite', seen.permissionOverwrites.cache);
    await channel.delete();
  }],
];
