// Webhooks: made, posted through, changed and removed; in threads too.
'use strict';

const {
  ActionRowBuilder, AttachmentBuilder, ButtonBuilder, ButtonStyle, EmbedBuilder, Events, Routes, WebhookClient,
} = require('discord.js');
const { check, equal, refused } = require('../tap.js');

const ofHook = (story) => (message) => message.webhookId === story.hook.id;

module.exports = [
  ['a webhook is made, and listed', async (story) => {
    const told = story.expect(Events.WebhooksUpdate);
    story.hook = await story.general.createWebhook({ name: 'Hamlet' });
    equal((await told)[0].id, story.general.id, 'the channel that the gateway tells of');
    check(story.hook.token, 'a token', story.hook);
    equal([story.hook.name, story.hook.channelId], ['Hamlet', story.general.id], 'the webhook');
    equal(story.hook.owner.id, story.app, 'who made it');
    check((await story.general.fetchWebhooks()).has(story.hook.id), "it among the channel's");
    check((await story.place.fetchWebhooks()).has(story.hook.id), "it among the guild's");
    equal((await story.bot.fetchWebhook(story.hook.id)).name, 'Hamlet', 'the webhook by id');
  }],

  ['a webhook posts under any name, and its message is fetched, edited and deleted', async (story) => {
    const arrives = story.expect(Events.MessageCreate, ofHook(story));
    const avatarURL = 'https://example.com/prince.png';
    const message = await story.hook.send({ content: 'Words, words, words.', username: 'The Prince', avatarURL });
    equal((await arrives)[0].id, message.id, 'the message that the gateway tells of');
    equal([message.content, message.author.username], ['Words, words, words.', 'The Prince'], 'the message');
    const seen = await story.seenBy('Mia', message.id);
    equal([seen.author.username, seen.webhook_id], ['The Prince', story.hook.id], 'what Mia sees');
    const embeds = [new EmbedBuilder().setTitle('Exit')];
    const changed = await story.hook.editMessage(message.id, { content: 'Silence.', embeds });
    equal([changed.content, changed.embeds[0].title], ['Silence.', 'Exit'], 'after the edit');
    equal((await story.hook.fetchMessage(message.id)).content, 'Silence.', 'the fetched message');
    await story.hook.deleteMessage(message.id);
    await refused(story.hook.fetchMessage(message.id), 10008, 'the deleted message');
  }],

  ['a webhook posts without waiting, with a file, and with components of its application', async (story) => {
    const arrives = story.expect(Events.MessageCreate, ofHook(story));
    const route = Routes.webhook(story.hook.id, story.hook.token);
    const answer = await story.bot.rest.post(route, { body: { content: 'Unattended.' }, auth: false });
    equal(Buffer.from(answer).length, 0, 'the answer without wait');
    const [unattended] = await arrives;
    equal((await story.seenBy('Mia', unattended.id)).content, 'Unattended.', 'the message all the same');
    const file = new AttachmentBuilder(Buffer.from('skull'), { name: 'yorick.txt' });
    let message = await story.hook.send({ files: [file] });
    equal(await (await fetch(message.attachments.first().url)).text(), 'skull', 'the file');
    const button = new ButtonBuilder().setCustomId('again').setLabel('Again').setStyle(ButtonStyle.Secondary);
    message = await story.hook.send({ content: 'Shall I?', components: [new ActionRowBuilder().addComponents(button)] });
    const interaction = await story.press(message, 'again');
    await interaction.update({ content: 'Again it is.', components: [] });
    equal((await story.seenBy('Max', message.id)).content, 'Again it is.', 'the message');
  }],

  ['a webhook posts into a thread, and edits there', async (story) => {
    const threadId = story.thread.id;
    const message = await story.hook.send({ content: 'Aside, too.', threadId });
    equal(message.channelId, threadId, 'where it is');
    const changed = await story.hook.editMessage(message.id, { content: 'Aside still.', threadId });
    equal(changed.content, 'Aside still.', 'after the edit');
    await story.hook.deleteMessage(message.id, threadId);
  }],

  ['a webhook is used by its address alone', async (story) => {
    const url = `https://discord.com/api/webhooks/${story.hook.id}/${story.hook.token}`;
    const alone = new WebhookClient({ url }, { rest: { api: `${story.control.url}/api` } });
    const message = await alone.send('By the back door.');
    equal(message.channel_id, story.general.id, 'its channel');
    await alone.deleteMessage(message.id);
    alone.destroy();
  }],

  ['a webhook is renamed, moved and deleted; a forbidden name is refused', async (story) => {
    const changed = await story.hook.edit({ name: 'Laertes', channel: story.channels.stage });
    equal([changed.name, changed.channelId], ['Laertes', story.channels.stage], 'the changed webhook');
    await refused(story.general.createWebhook({ name: 'Not Clyde' }), 50035, 'a forbidden name');
    await changed.delete();
    await refused(story.bot.fetchWebhook(changed.id), 10015, 'the deleted webhook');
    await refused(story.hook.send('Gone.'), 10015, 'posting through it');
  }],
];
