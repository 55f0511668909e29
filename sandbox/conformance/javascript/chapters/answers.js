// Answering commands: at once, later, further, to one member alone; menus of members and messages.
'use strict';

const { AttachmentBuilder, EmbedBuilder, GuildMember, MessageFlags } = require('discord.js');
const { check, equal, refused } = require('../tap.js');

const { Ephemeral, Loading } = MessageFlags;

module.exports = [
  ['a command is answered at once', async (story) => {
    const interaction = await story.slash('plain');
    const { resource } = await interaction.reply({ content: 'Hello, Max!', withResponse: true });
    const outcome = await story.control.outcome(interaction.id, 'answered');
    equal([outcome.status, outcome.original.content], ['answered', 'Hello, Max!'], 'what Max sees');
    equal(resource.message.id, outcome.original.id, "the message in the callback's answer");
    const original = await interaction.fetchReply();
    equal([original.id, original.content], [resource.message.id, 'Hello, Max!'], 'the original');
    equal(original.author.id, story.app, 'its author');
    equal(original.interactionMetadata.user.displayName, 'Max', 'who asked for it');
  }],

  ['an answer is edited and deleted', async (story) => {
    const interaction = await story.slash('plain');
    await interaction.reply('One.');
    const changed = await interaction.editReply({ content: 'Two.', embeds: [new EmbedBuilder().setTitle('Act II')] });
    equal([changed.content, changed.embeds[0].title], ['Two.', 'Act II'], 'after the edit');
    check(changed.editedAt, 'a time of the edit', changed.editedAt);
    await interaction.deleteReply();
    equal(await story.seenBy('Max', changed.id), undefined, 'after the deletion');
    await refused(interaction.fetchReply(), 10008, 'the deleted original');
  }],

  ['a deferred answer is edited, followed up, and the follow-up edited and deleted', async (story) => {
    const interaction = await story.slash('plain');
    await interaction.deferReply();
    let outcome = await story.control.outcome(interaction.id, 'acknowledged');
    equal([outcome.status, outcome.callback_type], ['acknowledged', 5], 'while it thinks');
    check(outcome.original.flags & Loading, 'a loading message', outcome.original);
    await interaction.editReply('I have thought.');
    outcome = await story.control.outcome(interaction.id, 'answered');
    equal(outcome.original.content, 'I have thought.', 'the answer');
    check(!(outcome.original.flags & Loading), 'no loading any more', outcome.original);
    const more = await interaction.followUp('And further.');
    outcome = await story.control.outcome(interaction.id, 'answered');
    equal(outcome.followups.map((one) => one.content), ['And further.'], 'the follow-up');
    const changed = await interaction.editReply({ message: more, content: 'And even further.' });
    equal(changed.content, 'And even further.', 'the edited follow-up');
    equal((await interaction.fetchReply(more.id)).content, changed.content, 'the fetched follow-up');
    await interaction.deleteReply(more);
    equal(await story.seenBy('Max', more.id), undefined, 'the deleted follow-up');
  }],

  ['a follow-up to a deferred answer takes its place', async (story) => {
    const interaction = await story.slash('plain');
    await interaction.deferReply();
    const first = await interaction.followUp('In its place.');
    const original = await interaction.fetchReply();
    equal([original.id, original.content], [first.id, 'In its place.'], 'the original');
  }],

  ['an ephemeral answer is seen by its member alone', async (story) => {
    const interaction = await story.slash('plain');
    const { resource } = await interaction.reply({ content: 'Just for you.', flags: Ephemeral, withResponse: true });
    const forMax = await story.seenBy('Max', resource.message.id);
    check(forMax?.ephemeral, 'Max sees it', forMax);
    equal(forMax.flags & Ephemeral, Ephemeral, 'its flag');
    equal(await story.seenBy('Mia', resource.message.id), undefined, 'what Mia sees of it');
    await refused(story.general.messages.fetch({ message: resource.message.id, force: true }), 10008, 'fetching it');
  }],

  ['a deferred ephemeral answer stays ephemeral', async (story) => {
    const interaction = await story.slash('plain');
    await interaction.deferReply({ flags: Ephemeral });
    await interaction.editReply('Psst.');
    const { id } = (await story.control.outcome(interaction.id, 'answered')).original;
    equal((await story.seenBy('Max', id)).content, 'Psst.', 'what Max sees');
    equal(await story.seenBy('Mia', id), undefined, 'what Mia sees');
    const more = await interaction.followUp({ content: 'And psst again.', flags: Ephemeral });
    check(more.flags.has(Ephemeral), 'an ephemeral follow-up', more.flags);
    equal(await story.seenBy('Mia', more.id), undefined, 'what Mia sees of the follow-up');
  }],

  ['a follow-up may be ephemeral after a public answer', async (story) => {
    const interaction = await story.slash('plain');
    const { resource } = await interaction.reply({ content: 'For all.', withResponse: true });
    const secret = await interaction.followUp({ content: 'For one.', flags: Ephemeral });
    check(await story.seenBy('Mia', resource.message.id), 'Mia sees the answer');
    equal(await story.seenBy('Mia', secret.id), undefined, 'what Mia sees of the follow-up');
    check(await story.seenBy('Max', secret.id), 'Max sees the follow-up');
  }],

  ['an answer carries files', async (story) => {
    const interaction = await story.slash('plain');
    const file = new AttachmentBuilder(Buffer.from('Enter Hamlet.'), { name: 'act1.txt' });
    await interaction.reply({ content: 'A script.', files: [file] });
    const original = await interaction.fetchReply();
    equal(original.attachments.map((one) => one.name), ['act1.txt'], 'its attachments');
    equal(await (await fetch(original.attachments.first().url)).text(), 'Enter Hamlet.', 'the file');
  }],

  ["a member's menu is used", async (story) => {
    const id = await story.control.act('menu', {
      user: story.members.Max, channel: story.channels.general, command: 'Who is this', target: story.members.Ada,
    });
    const interaction = await story.interaction(id);
    check(interaction.isUserContextMenuCommand(), "a member's menu", interaction);
    check(interaction.targetMember instanceof GuildMember, 'a member', interaction.targetMember);
    equal(interaction.targetUser.displayName, 'Ada', 'the target');
    await interaction.reply({ content: 'Ada, of course.', flags: Ephemeral });
  }],

  ["a message's menu is used, and shows the message's content", async (story) => {
    const said = await story.say("All the world's a stage");
    const id = await story.control.act('menu', {
      user: story.members.Mia, channel: story.channels.general, command: 'Quote', target: said,
    });
    const interaction = await story.interaction(id);
    check(interaction.isMessageContextMenuCommand(), "a message's menu", interaction);
    equal([interaction.targetMessage.id, interaction.targetMessage.author.displayName], [said, 'Max'], 'the target');
    equal(interaction.targetMessage.content, "All the world's a stage", 'its content, whatever the intents');
    await interaction.reply('Quoted.');
  }],
];
