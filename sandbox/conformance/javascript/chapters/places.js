// Direct messages, threads and forums.
'use strict';

const { ChannelType, Events, InteractionContextType, MessageFlags } = require('discord.js');
const { check, equal, refused } = require('../tap.js');

module.exports = [
  ['a direct message is sent to a member, who answers', async (story) => {
    const mia = await story.bot.users.fetch(story.members.Mia);
    const message = await mia.send('Between us.');
    equal(message.channel.type, ChannelType.DM, 'the channel');
    equal((await mia.createDM(true)).id, message.channelId, 'the channel again');
    equal((await story.seenBy('Mia', message.id, message.channelId)).content, 'Between us.', 'what Mia sees');
    const arrives = story.expect(Events.MessageCreate, (one) => !one.guildId && one.author.id === mia.id);
    await story.say('Indeed.', { user: 'Mia', channel: message.channelId });
    equal((await arrives)[0].content, 'Indeed.', 'the answer, readable without the intent');
    story.direct = message.channel;
  }],

  ['a command is used in a direct message', async (story) => {
    const interaction = await story.slash('plain', {}, { user: 'Mia', channel: story.direct.id });
    equal([interaction.guildId, interaction.user.displayName], [null, 'Mia'], 'no guild, and a user');
    equal(interaction.member, null, 'no member');
    equal(interaction.context, InteractionContextType.BotDM, "the bot's direct messages as context");
    const { resource } = await interaction.reply({ content: 'Quietly.', withResponse: true });
    equal((await story.seenBy('Mia', resource.message.id, story.direct.id)).content, 'Quietly.', 'what Mia sees');
  }],

  ['a thread is started from a message', async (story) => {
    const message = await story.general.send("Let's take this aside.");
    const created = story.expect(Events.ThreadCreate);
    const thread = await message.startThread({ name: 'Aside', autoArchiveDuration: 60 });
    equal((await created)[0].id, thread.id, 'the thread that the gateway tells of');
    equal([thread.id, thread.name, thread.parentId], [message.id, 'Aside', story.general.id], 'the thread');
    equal(thread.type, ChannelType.PublicThread, 'its type');
    const said = await thread.send('Here we are.');
    equal([...(await thread.messages.fetch({ limit: 1 })).keys()], [said.id], 'its history');
    const fetched = await story.general.messages.fetch({ message: message.id, force: true });
    check(fetched.flags.has(MessageFlags.HasThread), "the message's flag", fetched.flags);
    const again = story.bot.rest.post(`/channels/${message.channelId}/messages/${message.id}/threads`, { body: { name: 'Again' } });
    await refused(again, 160004, 'a second thread of it');
    story.thread = thread;
  }],

  ['a thread is started without a message; a member is added and removed', async (story) => {
    const type = ChannelType.PrivateThread;
    const thread = await story.general.threads.create({ name: 'Behind the curtain', type, invitable: false });
    equal([thread.type, thread.invitable], [type, false], 'a private thread');
    await thread.members.add(story.members.Mia);
    const members = [...(await thread.members.fetch({ cache: false })).keys()].sort();
    equal(members, [story.app, story.members.Mia].sort(), 'its members');
    await thread.members.remove(story.members.Mia);
    equal((await thread.members.fetch({ cache: false })).size, 1, 'members after removing one');
    await thread.delete();
  }],

  ['active threads are listed, one is archived, listed as such, and reopened', async (story) => {
    const active = await story.place.channels.fetchActiveThreads();
    check(active.threads.has(story.thread.id), 'the thread among the active', active.threads);
    const changed = await story.thread.edit({ archived: true, name: 'Aside no more' });
    equal([changed.archived, changed.name], [true, 'Aside no more'], 'the archived thread');
    const archived = await story.general.threads.fetchArchived({ limit: 10 });
    check(archived.threads.has(story.thread.id), 'the thread among the archived', archived.threads);
    story.thread = await changed.edit({ archived: false, rateLimitPerUser: 5 });
    equal([story.thread.archived, story.thread.rateLimitPerUser], [false, 5], 'the reopened thread');
    await story.thread.leave();
    await story.thread.join();
  }],

  ['a command is used in a thread', async (story) => {
    const interaction = await story.slash('plain', {}, { channel: story.thread.id });
    check(interaction.channel.isThread(), 'a thread', interaction.channel);
    await interaction.reply('In the aside.');
    const outcome = await story.control.outcome(interaction.id, 'answered');
    equal(outcome.original.channel_id, story.thread.id, 'where the answer is');
  }],

  ['a forum is made, and a post in it', async (story) => {
    const forum = await story.place.channels.create({
      name: 'plays', type: ChannelType.GuildForum, topic: 'What we play',
      availableTags: [{ name: 'Comedy', emoji: { id: null, name: '🎭' } }],
    });
    equal([forum.type, forum.topic], [ChannelType.GuildForum, 'What we play'], 'the forum');
    const [tag] = forum.availableTags;
    equal(tag.name, 'Comedy', 'its tag');
    const message = { content: 'If music be the food of love …' };
    const post = await forum.threads.create({ name: 'Twelfth Night', message, appliedTags: [tag.id] });
    equal(post.parentId, forum.id, 'the post');
    equal((await post.fetchStarterMessage()).content, message.content, 'its message');
    equal(post.appliedTags, [tag.id], 'its tags');
    await forum.delete();
  }],
];
