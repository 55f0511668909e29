// Registering commands, for all guilds and for one.
'use strict';

const {
  ApplicationCommandOptionType: Kind, ApplicationCommandType, ApplicationIntegrationType, ChannelType,
  ContextMenuCommandBuilder, InteractionContextType, PermissionFlagsBits, Routes, SlashCommandBuilder,
} = require('discord.js');
const { check, equal, refused } = require('../tap.js');

const named = (builder, name, description) => builder.setName(name).setDescription(description).setRequired(true);

/** The global commands. */
function declared() {
  const { Guild, BotDM, PrivateChannel } = InteractionContextType;
  const { GuildInstall, UserInstall } = ApplicationIntegrationType;
  return [
    new SlashCommandBuilder().setName('plain').setNameLocalizations({ de: 'schlicht' })
      .setDescription('Answers plainly').setDescriptionLocalizations({ de: 'Antwortet schlicht' })
      .setContexts(Guild, BotDM, PrivateChannel).setIntegrationTypes(GuildInstall, UserInstall),
    new SlashCommandBuilder().setName('options').setDescription('Takes options of many kinds')
      .addStringOption((one) => named(one, 'text', 'Some text').setMinLength(2).setMaxLength(20)
        .setNameLocalizations({ de: 'wort' }).setDescriptionLocalizations({ de: 'Ein Wort' }))
      .addIntegerOption((one) => named(one, 'whole', 'A whole number').setMinValue(-5).setMaxValue(100))
      .addNumberOption((one) => named(one, 'number', 'A number').setMinValue(0.5).setMaxValue(9.5))
      .addBooleanOption((one) => named(one, 'flag', 'Yes or no'))
      .addStringOption((one) => named(one, 'mood', 'A mood').addChoices(
        { name: 'Calm', value: 'calm', name_localizations: { de: 'Ruhig' } }, { name: 'Bold', value: 'bold' }))
      .addUserOption((one) => named(one, 'user', 'Somebody'))
      .addUserOption((one) => named(one, 'member', 'A member'))
      .addRoleOption((one) => named(one, 'role', 'A role'))
      .addChannelOption((one) => named(one, 'channel', 'A channel').addChannelTypes(ChannelType.GuildText))
      .addMentionableOption((one) => named(one, 'mentionable', 'A member or a role'))
      .addStringOption((one) => one.setName('missing').setDescription('May be left out')),
    new SlashCommandBuilder().setName('upload').setDescription('Takes a file')
      .addAttachmentOption((one) => named(one, 'file', 'A file')),
    new SlashCommandBuilder().setName('complete').setDescription('Completes what is typed')
      .addStringOption((one) => named(one, 'word', 'A word').setAutocomplete(true))
      .addIntegerOption((one) => one.setName('other').setDescription('A number')),
    new SlashCommandBuilder().setName('cast').setDescription('The cast')
      .addSubcommandGroup((group) => group.setName('member').setDescription('Of the cast')
        .addSubcommand((add) => add.setName('add').setDescription('Adds to the cast')
          .addStringOption((one) => named(one, 'name', 'Whom')))),
    new ContextMenuCommandBuilder().setName('Who is this').setType(ApplicationCommandType.User),
    new ContextMenuCommandBuilder().setName('Quote').setType(ApplicationCommandType.Message),
  ];
}

module.exports = [
  ['global commands are registered in bulk', async (story) => {
    const commands = await story.bot.application.commands.set(declared());
    const names = commands.map((command) => command.name).sort();
    equal(names, ['Quote', 'Who is this', 'cast', 'complete', 'options', 'plain', 'upload'], 'what was registered');
    check(commands.every((one) => one.id && one.applicationId === story.app), 'ids', commands);
    story.synced = Object.fromEntries(commands.map((command) => [command.name, command]));
  }, true],

  ['localisations are kept and told when asked for', async (story) => {
    const { commands } = story.bot.application;
    const command = await commands.fetch(story.synced.plain.id, { force: true });
    equal(command.nameLocalizations, { de: 'schlicht' }, "the name's translations");
    const bare = await story.bot.rest.get(Routes.applicationCommands(story.app));
    const untranslated = bare.find((one) => one.id === command.id);
    equal(untranslated.name_localizations, undefined, 'translations in a list that nobody asked to have them');
    const fetched = await commands.fetch({ withLocalizations: true, force: true });
    const by = Object.fromEntries(fetched.map((one) => [one.name, one]));
    equal(by.plain.descriptionLocalizations, { de: 'Antwortet schlicht' }, 'in the list');
    equal(by.options.options[0].nameLocalizations, { de: 'wort' }, "an option's name in German");
    const mood = by.options.options.find((option) => option.name === 'mood');
    equal(mood.choices[0].nameLocalizations, { de: 'Ruhig' }, 'a choice in German');
    const german = await commands.fetch({ locale: 'de', force: true });
    equal(german.get(command.id).nameLocalized, 'schlicht', 'the name for a German');
  }],

  ['options of every kind come back as they were sent', async (story) => {
    const options = Object.fromEntries(story.synced.options.options.map((option) => [option.name, option]));
    equal(options.text.type, Kind.String, 'text');
    equal([options.text.minLength, options.text.maxLength], [2, 20], 'its length');
    equal([options.whole.minValue, options.whole.maxValue], [-5, 100], "an integer's bounds");
    equal([options.number.minValue, options.number.maxValue], [0.5, 9.5], "a number's bounds");
    equal(options.channel.channelTypes, [ChannelType.GuildText], "a channel's types");
    equal(options.mood.choices.map((choice) => choice.value), ['calm', 'bold'], 'choices');
    check(options.text.required && !options.missing.required, 'what is required', options);
    check(story.synced.complete.options[0].autocomplete, 'autocompletion', story.synced.complete.options);
    const group = story.synced.cast.options[0];
    equal([group.name, group.options[0].name], ['member', 'add'], "a group's subcommand");
    equal(story.synced['Who is this'].type, ApplicationCommandType.User, "a member's menu");
  }],

  ['contexts and installs are kept', async (story) => {
    equal(story.synced.plain.contexts, [0, 1, 2], 'contexts');
    equal(story.synced.plain.integrationTypes, [0, 1], 'installs');
  }],

  ["a guild's own command is registered and shows up there", async (story) => {
    const house = new SlashCommandBuilder().setName('house').setDescription('Only in this house')
      .setDefaultMemberPermissions(PermissionFlagsBits.ManageMessages);
    const registered = await story.place.commands.set([house]);
    equal(registered.map((one) => [one.name, one.guildId]), [['house', story.guild]], 'registered');
    const shownTo = async (user) => {
      const shown = await story.control.get('/commands', { as: story.members[user], channel: story.channels.general });
      return shown.filter((one) => one.application_id === story.app).map((one) => one.name);
    };
    const toAda = await shownTo('Ada');
    check(toAda.includes('house') && toAda.includes('plain'), 'both kinds for an administrator', toAda);
    check(!(await shownTo('Max')).includes('house'), 'not for a member without the permission');
    const interaction = await story.slash('house', {}, { user: 'Ada' });
    await interaction.reply({ content: 'At your service.', flags: 'Ephemeral' });
  }],

  ['a command is edited and deleted by its id', async (story) => {
    const command = (await story.place.commands.fetch({ force: true })).first();
    const changed = await command.edit({ description: 'Open house' });
    equal([changed.id, changed.description], [command.id, 'Open house'], 'the edited command');
    await changed.delete();
    equal((await story.place.commands.fetch({ force: true })).size, 0, "the guild's commands");
    await refused(changed.delete(), 10063, 'deleting it again');
  }],

  ['a bad command is refused with where it is wrong', async (story) => {
    const bad = [{ name: 'Not Allowed', description: 'x' }, { name: 'fine', description: '' }];
    const error = await refused(story.place.commands.set(bad), 50035, 'a bulk of two bad commands');
    const { errors } = error.rawError;
    check(errors?.[0]?.name, 'an error at 0.name', errors);
    check(errors?.[1]?.description, 'an error at 1.description', errors);
  }],
];
