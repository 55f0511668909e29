// Refusals, as the library makes errors of them.
'use strict';

const { Events, PermissionFlagsBits: May } = require('discord.js');
const { check, equal, refused } = require('../tap.js');

module.exports = [
  ['50035: content over 2,000 characters', async (story) => {
    const error = await refused(story.general.send('x'.repeat(2001)), 50035, '2,001 characters');
    equal([error.status, error.rawError.message], [400, 'Invalid Form Body'], 'the error');
    const [reason] = error.rawError.errors.content._errors;
    equal(reason, { code: 'BASE_TYPE_MAX_LENGTH', message: 'Must be 2000 or fewer in length.' }, 'where and what');
  }],

  ["50035: an embed's field without a value, nested as deep as it is", async (story) => {
    const embed = { title: 't'.repeat(257), fields: [{ name: '', value: 'v' }] };
    const error = await refused(story.general.send({ embeds: [embed] }), 50035, 'a bad embed');
    const tree = error.rawError.errors.embeds[0];
    equal(tree.title._errors[0].message, 'Must be 256 or fewer in length.', 'the title');
    equal(tree.fields[0].name._errors[0].message, 'This field is required', "the field's name");
  }],

  ['50006: an empty message', async (story) => {
    await refused(story.general.send({ content: '' }), 50006, 'an empty message');
  }],

  ["10008: a message that isn't there", async (story) => {
    const { messages } = story.general;
    const calls = [messages.fetch(story.guild), messages.edit(story.guild, 'x'), messages.delete(story.guild),
      messages.react(story.guild, '🔥')];
    for (const outcome of await Promise.allSettled(calls)) {
      equal(outcome.status, 'rejected', 'what becomes of it');
      const { code, status, message } = outcome.reason;
      equal([code, status, message], [10008, 404, 'Unknown Message'], 'the error');
    }
  }],

  ['50013 and 50001: a permission and a view that were taken away', async (story) => {
    const stage = story.channel('stage');
    const deny = (bits) => story.control.call('PUT', `/channels/${stage.id}/overwrites/${story.app}`, {
      allow: '0', deny: String(bits), member: true,
    });
    const said = await story.say('Mine.', { channel: 'stage' });
    const changed = story.expect(Events.ChannelUpdate, (_, after) => after.id === stage.id);
    await deny(May.SendMessages | May.ManageMessages);
    await changed;
    const error = await refused(stage.send('x'), 50013, 'writing where that is denied');
    equal([error.status, error.message], [403, 'Missing Permissions'], 'the error');
    await refused(stage.messages.delete(said), 50013, "deleting another's message");
    await deny(May.ViewChannel);
    await refused(stage.send('x'), 50001, 'writing where nothing is seen');
    await deny(0n);
    await stage.send('Back again.');
  }],

  ["50005: another's message can't be edited", async (story) => {
    const said = await story.say('Hands off.');
    await refused(story.general.messages.edit(said, 'x'), 50005, 'editing it');
  }],

  ['40060: an interaction is acknowledged once', async (story) => {
    const interaction = await story.slash('plain');
    await interaction.reply('Once.');
    interaction.replied = false; // The library itself would not try again.
    const error = await refused(interaction.reply('Twice.'), 40060, 'the second time');
    equal(error.status, 400, 'the status');
    const outcome = await story.control.outcome(interaction.id, 'answered');
    equal(outcome.original.content, 'Once.', 'what stays');
  }],

  ['10062: an interaction not acknowledged within 3 seconds is gone', async (story) => {
    const interaction = await story.slash('plain');
    await story.control.advance(3_100);
    const error = await refused(interaction.reply('Late.'), 10062, 'after 3.1 s');
    equal(error.status, 404, 'the status');
    const outcome = await story.control.outcome(interaction.id, 'now');
    equal([outcome.status, outcome.shown], ['failed', 'The application did not respond'], 'what Max sees');
  }],

  ["50027: an interaction's token ends after 15 minutes", async (story) => {
    const interaction = await story.slash('plain');
    await interaction.reply('In time.');
    await story.control.advance(14 * 60_000);
    await interaction.editReply('Just in time.');
    await story.control.advance(61_000);
    const error = await refused(interaction.editReply('?'), 50027, 'an edit');
    equal(error.status, 401, 'the status');
    await refused(interaction.followUp('?'), 50027, 'a follow-up');
    check(story.bot.isReady(), 'a bot that is still connected');
  }],
];
