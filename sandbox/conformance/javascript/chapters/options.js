// Options as a command gets them: of every kind, resolved; files; groups; autocompletion.
'use strict';

const { GuildMember, InteractionContextType, PermissionFlagsBits, Role } = require('discord.js');
const { check, equal } = require('../tap.js');

module.exports = [
  ['options of every kind arrive, resolved', async (story) => {
    const { id: role } = await story.control.post(`/guilds/${story.guild}/roles`, { name: 'Understudy', mentionable: true });
    const interaction = await story.slash('options', {
      text: 'hello', whole: 42, number: 2.5, flag: true, mood: 'calm', user: story.members.Mia,
      member: story.members.Ada, role, channel: story.channels.stage, mentionable: role,
    });
    const { options } = interaction;
    const plain = [options.getString('text'), options.getInteger('whole'), options.getNumber('number'), options.getBoolean('flag')];
    equal(plain, ['hello', 42, 2.5, true], 'plain values');
    equal(options.getString('mood'), 'calm', 'a choice');
    equal([options.getUser('user').displayName, options.getUser('user').id], ['Mia', story.members.Mia], 'a user');
    const member = options.getMember('member');
    check(member instanceof GuildMember, 'a member', member);
    check(member.roles.cache.some((one) => one.name === 'Admin'), "the member's roles", member.roles.cache);
    check(member.permissions.has(PermissionFlagsBits.Administrator), "the member's permissions", member.permissions);
    equal([options.getRole('role').id, options.getRole('role').name], [role, 'Understudy'], 'a role');
    equal([options.getChannel('channel').id, options.getChannel('channel').name], [story.channels.stage, 'stage'], 'a channel');
    check(options.getMentionable('mentionable') instanceof Role, 'a role as mentionable');
    equal(options.getString('missing'), null, 'an option that was left out');
    await interaction.reply('All there.');
  }],

  ['the interaction says who, where and in which language', async (story) => {
    const interaction = await story.slash('plain', {}, { user: 'Mia', channel: 'stage' });
    equal([interaction.user.displayName, interaction.locale], ['Mia', 'de'], 'the member and her locale');
    check(interaction.member instanceof GuildMember, 'a member', interaction.member);
    equal([interaction.guildId, interaction.channelId], [story.guild, story.channels.stage], 'where');
    equal(interaction.channel.name, 'stage', 'the channel');
    check(interaction.appPermissions.has(PermissionFlagsBits.SendMessages), "the bot's permissions", interaction.appPermissions);
    check(interaction.memberPermissions.has(PermissionFlagsBits.SendMessages), "the member's permissions");
    equal(interaction.context, InteractionContextType.Guild, 'the guild as context');
    equal(interaction.authorizingIntegrationOwners[0], story.guild, 'a guild install');
    check(interaction.guildLocale, 'the locale of the guild', interaction.guildLocale);
    await interaction.reply('Guten Abend.');
  }],

  ['an attached file can be downloaded', async (story) => {
    const text = 'To be, or not to be';
    const file = { filename: 'part one.txt', content_type: 'text/plain', base64: Buffer.from(text).toString('base64') };
    const interaction = await story.slash('upload', { file });
    const given = interaction.options.getAttachment('file');
    equal([given.size, given.contentType], [text.length, 'text/plain'], 'the attachment');
    equal(await (await fetch(given.url)).text(), text, 'its content');
    await interaction.reply('Read.');
  }],

  ['a subcommand in a group is found', async (story) => {
    const interaction = await story.slash('cast member add', { name: 'Ophelia' });
    equal(interaction.options.getString('name'), 'Ophelia', 'its option');
    const name = [interaction.commandName, interaction.options.getSubcommandGroup(), interaction.options.getSubcommand()];
    equal(name, ['cast', 'member', 'add'], 'its full name');
    await interaction.reply('Welcome, Ophelia.');
  }],

  ['what is being typed is completed', async (story) => {
    const id = await story.control.act('autocomplete', {
      user: story.members.Max, channel: story.channels.general, app: story.app, command: 'complete',
      options: { word: 'ap', other: 7 }, focused: 'word',
    });
    const interaction = await story.interaction(id);
    check(interaction.isAutocomplete(), 'an autocompletion', interaction);
    const focused = interaction.options.getFocused(true);
    equal([focused.name, focused.value, interaction.options.getInteger('other')], ['word', 'ap', 7], 'what was typed');
    await interaction.respond([{ name: 'Apple', value: 'apple' }, { name: 'Apricot', value: 'apricot' }]);
    const { choices } = await story.control.outcome(id, 'answered');
    equal(choices.map((one) => [one.name, one.value]), [['Apple', 'apple'], ['Apricot', 'apricot']], 'the choices');
  }],
];
