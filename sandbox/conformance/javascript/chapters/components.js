// Buttons, menus and modals, and layouts made of components alone.
'use strict';

const {
  ActionRowBuilder, ButtonBuilder, ButtonStyle, ChannelSelectMenuBuilder, ComponentType, ContainerBuilder,
  MessageFlags, ModalBuilder, RoleSelectMenuBuilder, StringSelectMenuBuilder, TextInputBuilder, TextInputStyle,
  UserSelectMenuBuilder,
} = require('discord.js');
const { check, equal, refused } = require('../tap.js');

const row = (...components) => new ActionRowBuilder().addComponents(...components);

/** Two buttons, a menu of words and menus of people and places. */
function controls() {
  const moods = ['calm', 'bold', 'sad'].map((word) => ({ label: word, value: word }));
  return [
    row(new ButtonBuilder().setCustomId('next').setLabel('Next').setStyle(ButtonStyle.Primary),
      new ButtonBuilder().setCustomId('later').setLabel('Later').setStyle(ButtonStyle.Secondary).setEmoji('⌛')),
    row(new StringSelectMenuBuilder().setCustomId('mood').setPlaceholder('A mood').setMinValues(1).setMaxValues(2)
      .addOptions(moods)),
    row(new UserSelectMenuBuilder().setCustomId('who').setMaxValues(2)),
    row(new RoleSelectMenuBuilder().setCustomId('role').setMaxValues(2)),
    row(new ChannelSelectMenuBuilder().setCustomId('where').setMaxValues(2)),
  ];
}

/** A modal with a required line and an optional paragraph. */
function form() {
  return new ModalBuilder().setCustomId('character').setTitle('A new character').addComponents(
    row(new TextInputBuilder().setCustomId('name').setLabel('Name').setMaxLength(20).setStyle(TextInputStyle.Short)),
    row(new TextInputBuilder().setCustomId('about').setLabel('About').setRequired(false)
      .setStyle(TextInputStyle.Paragraph)),
  );
}

/** A message with the controls, as an answer to Max. */
async function shown(story) {
  const interaction = await story.slash('plain');
  await interaction.reply({ content: 'Choose.', components: controls() });
  return interaction.fetchReply();
}

module.exports = [
  ['a button updates its message', async (story) => {
    const message = await shown(story);
    const interaction = await story.press(message, 'next');
    check(interaction.isButton(), 'a button', interaction);
    equal(interaction.component.label, 'Next', 'the button');
    equal(interaction.message.id, message.id, 'the message it is on');
    await interaction.update({ content: 'Page 2.', components: [] });
    const outcome = await story.control.outcome(interaction.id, 'answered');
    equal(outcome.callback_type, 7, 'the callback');
    const now = await story.seenBy('Mia', message.id);
    equal([now.content, now.components], ['Page 2.', []], 'the message');
  }],

  ['a button defers, and its message is edited later', async (story) => {
    const message = await shown(story);
    const interaction = await story.press(message, 'later');
    await interaction.deferUpdate();
    const outcome = await story.control.outcome(interaction.id, 'acknowledged');
    equal(outcome.callback_type, 6, 'the callback');
    await interaction.editReply('Done at last.');
    equal((await story.seenBy('Max', message.id)).content, 'Done at last.', 'the message');
    const more = await interaction.followUp('And a word on it.');
    equal((await story.seenBy('Mia', more.id)).content, 'And a word on it.', 'the follow-up');
  }],

  ['a button answers with a message of its own', async (story) => {
    const message = await shown(story);
    const interaction = await story.press(message, 'next', { user: 'Mia' });
    await interaction.reply({ content: 'Only Mia reads this.', flags: MessageFlags.Ephemeral });
    const answer = await interaction.fetchReply();
    check(answer.id !== message.id, "another message than the button's", answer.id);
    equal(await story.seenBy('Max', answer.id), undefined, 'what Max sees');
  }],

  ['a menu of words is chosen from', async (story) => {
    const message = await shown(story);
    const interaction = await story.press(message, 'mood', { values: ['calm', 'sad'] });
    check(interaction.isStringSelectMenu(), 'a menu of words', interaction);
    equal(interaction.values, ['calm', 'sad'], 'the values');
    await interaction.update('Calm and sad.');
    equal((await story.seenBy('Max', message.id)).content, 'Calm and sad.', 'the message');
  }],

  ['menus of members, roles and channels are chosen from', async (story) => {
    const message = await shown(story);
    const who = await story.press(message, 'who', { values: [story.members.Ada, story.members.Mia] });
    equal(who.users.map((user) => user.displayName).sort(), ['Ada', 'Mia'], 'users');
    equal(who.members.size, 2, 'members');
    await who.deferUpdate();
    const admin = story.place.roles.cache.find((one) => one.name === 'Admin').id;
    const role = await story.press(message, 'role', { values: [admin] });
    equal(role.roles.map((one) => one.name), ['Admin'], 'roles');
    await role.deferUpdate();
    const where = await story.press(message, 'where', { values: [story.channels.stage] });
    equal(where.channels.map((one) => one.name), ['stage'], 'channels');
    await where.deferUpdate();
  }],

  ['a modal is opened by a command, filled in and answered', async (story) => {
    const opening = await story.slash('plain');
    await opening.showModal(form());
    let outcome = await story.control.outcome(opening.id, 'answered');
    equal(outcome.modal.title, 'A new character', 'the modal that Max sees');
    const id = await story.control.act('submit', { interaction: opening.id, fields: { name: 'Yorick' } });
    const interaction = await story.interaction(id);
    check(interaction.isModalSubmit(), 'a modal', interaction);
    const given = ['name', 'about'].map((name) => interaction.fields.getTextInputValue(name));
    equal(given, ['Yorick', ''], 'what was filled in');
    await interaction.reply('Alas, poor Yorick!');
    outcome = await story.control.outcome(id, 'answered');
    equal(outcome.original.content, 'Alas, poor Yorick!', 'the answer');
  }],

  ["a modal that a button opened updates the button's message", async (story) => {
    const message = await shown(story);
    const opening = await story.press(message, 'next');
    await opening.showModal(form());
    const fields = { name: 'Portia', about: 'A lawyer\nof a kind' };
    const interaction = await story.interaction(await story.control.act('submit', { interaction: opening.id, fields }));
    equal(interaction.fields.getTextInputValue('about'), fields.about, 'a paragraph');
    check(interaction.isFromMessage(), 'a message below the modal', interaction);
    equal(interaction.message.id, message.id, 'the message below the modal');
    await interaction.update('Portia it is.');
    equal((await story.seenBy('Mia', message.id)).content, 'Portia it is.', 'the message');
  }],

  ['a layout of components alone is sent and used', async (story) => {
    const container = new ContainerBuilder().setAccentColor(0xff0000)
      .addTextDisplayComponents((text) => text.setContent('# Curtain call'))
      .addSeparatorComponents((line) => line.setDivider(true))
      .addSectionComponents((section) => section.addTextDisplayComponents((text) => text.setContent('Take a bow.'))
        .setButtonAccessory((button) => button.setCustomId('bow').setLabel('Bow').setStyle(ButtonStyle.Primary)));
    const message = await story.general.send({ components: [container], flags: MessageFlags.IsComponentsV2 });
    check(message.flags.has(MessageFlags.IsComponentsV2), 'the flag of such a message', message.flags);
    equal(message.components[0].type, ComponentType.Container, 'its first component');
    const interaction = await story.press(message, 'bow');
    await interaction.reply({ content: 'Applause.', flags: MessageFlags.Ephemeral });
    await refused(message.edit({ content: 'Text' }), 50035, 'giving it content');
  }],
];
