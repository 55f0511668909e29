// Messages in a channel: written, read, changed, removed; files, embeds, reactions, mentions.
'use strict';

const { AttachmentBuilder, EmbedBuilder, Events, MessageFlags, MessageType } = require('discord.js');
const { check, equal, refused } = require('../tap.js');

const ids = (collection) => [...collection.keys()];
const contents = (collection) => collection.map((message) => message.content);

module.exports = [
  ['a message is sent, fetched, edited and deleted, and the gateway tells of each', async (story) => {
    const created = story.expect(Events.MessageCreate, (one) => one.content === 'A line.');
    const message = await story.general.send('A line.');
    equal((await created)[0].id, message.id, 'the message created');
    const fetched = await story.general.messages.fetch({ message: message.id, force: true });
    equal([fetched.content, fetched.author.id], ['A line.', story.app], 'the message fetched');
    const changed = story.expect(Events.MessageUpdate, (_, after) => after.id === message.id);
    await message.edit('Another line.');
    const after = (await changed)[1];
    equal(after.content, 'Another line.', 'after the edit');
    check(after.editedAt, 'a time of the edit', after.editedAt);
    const gone = story.expect(Events.MessageDelete, (one) => one.id === message.id);
    await message.delete();
    await gone;
    await refused(story.general.messages.fetch({ message: message.id, force: true }), 10008, 'the deleted message');
  }],

  ["a member's message arrives blank, unless it names the bot", async (story) => {
    const fromMax = (message) => message.author.displayName === 'Max';
    let arrives = story.expect(Events.MessageCreate, fromMax);
    await story.say('A secret.');
    equal((await arrives)[0].content, '', 'the content without the intent');
    arrives = story.expect(Events.MessageCreate, fromMax);
    await story.say(`<@${story.app}> a question!`);
    const [message] = await arrives;
    equal(message.content, `<@${story.app}> a question!`, 'the content of what names the bot');
    check(message.mentions.has(story.bot.user), 'the bot among the mentions', message.mentions.users);
  }],

  ['a reply names what it answers', async (story) => {
    const said = await story.say("Who's there?");
    const asked = await story.general.messages.fetch(said);
    const answer = await asked.reply('Nay, answer me.');
    equal(answer.type, MessageType.Reply, 'its type');
    equal(answer.reference.messageId, said, 'what it answers');
    equal((await answer.fetchReference()).author.displayName, 'Max', 'who wrote that');
    const missing = { content: '?', reply: { messageReference: story.guild } };
    await refused(story.general.send(missing), 50035, 'answering nothing');
  }],

  ['history is paged in both directions', async (story) => {
    const { messages } = story.channel('off-topic');
    const sent = [];
    for (let number = 1; number <= 5; number += 1) sent.push(await story.channel('off-topic').send(`Line ${number}`));
    const middle = sent[2].id;
    equal(contents(await messages.fetch({ limit: 3 })), ['Line 5', 'Line 4', 'Line 3'], 'the newest three');
    equal(contents(await messages.fetch({ limit: 2, before: middle })), ['Line 2', 'Line 1'], 'before the third');
    equal(contents(await messages.fetch({ limit: 10, after: middle })), ['Line 5', 'Line 4'], 'after the third');
    const around = contents(await messages.fetch({ limit: 3, around: middle })).sort();
    equal(around, ['Line 2', 'Line 3', 'Line 4'], 'around the third');
  }],

  ['messages are deleted in bulk', async (story) => {
    const place = story.channel('off-topic');
    const lines = ids(await place.messages.fetch({ limit: 5 }));
    const gone = story.expect(Events.MessageBulkDelete, (messages) => messages.size === 3);
    await place.bulkDelete(lines.slice(0, 3));
    equal(ids((await gone)[0]).sort(), lines.slice(0, 3).sort(), 'what the gateway tells');
    const left = ids(await place.messages.fetch({ limit: 10 }));
    equal(left.slice(0, 2), lines.slice(3), 'what is left');
  }],

  ['a message is pinned, listed and unpinned', async (story) => {
    const message = await story.general.send('Remember me.');
    const pinned = async () => (await story.general.messages.fetchPins()).items.map((one) => one.message.id);
    await message.pin();
    check((await pinned()).includes(message.id), 'the message among the pins');
    await message.unpin();
    check(!(await pinned()).includes(message.id), 'the message among the pins no more');
  }],

  ['embeds are kept', async (story) => {
    const embed = new EmbedBuilder().setTitle('Act I').setDescription('A castle').setURL('https://example.com/act')
      .setColor(0xaa3355).addFields({ name: 'Place', value: 'Elsinore', inline: false }).setFooter({ text: 'Scene 1' })
      .setAuthor({ name: 'W. S.' }).setImage('https://example.com/castle.png');
    const { id } = await story.general.send({ embeds: [embed] });
    const [seen] = (await story.general.messages.fetch({ message: id, force: true })).embeds;
    const text = [seen.title, seen.description, seen.url, seen.data.type];
    equal(text, ['Act I', 'A castle', 'https://example.com/act', 'rich'], 'the embed');
    equal(seen.fields, [{ name: 'Place', value: 'Elsinore', inline: false }], 'a field');
    equal([seen.footer.text, seen.author.name, seen.color], ['Scene 1', 'W. S.', 0xaa3355], 'the rest');
    equal(seen.image.url, 'https://example.com/castle.png', 'the image');
  }],

  ['files are uploaded, downloaded and taken off again', async (story) => {
    const binary = Buffer.from(Array.from({ length: 10_240 }, (_, index) => index % 256));
    const files = [new AttachmentBuilder(binary, { name: 'data.bin', description: 'Bytes' }),
      new AttachmentBuilder(Buffer.from('Grüße'), { name: 'grüße.txt' })];
    const message = await story.general.send({ content: 'Two files.', files });
    const [first, second] = message.attachments.values();
    equal([message.attachments.size, first.size], [2, binary.length], 'the attachments');
    equal(first.description, 'Bytes', 'a description');
    equal(Buffer.from(await (await fetch(first.url)).arrayBuffer()).equals(binary), true, 'the first file');
    equal(await (await fetch(second.url)).text(), 'Grüße', 'the second file');
    const less = await message.edit({ attachments: [first] });
    equal(less.attachments.map((one) => one.name), ['data.bin'], 'after taking one off');
    const added = [new AttachmentBuilder(Buffer.from('new'), { name: 'new.txt' })];
    const more = await message.edit({ attachments: [first], files: added });
    equal(more.attachments.map((one) => one.name), ['data.bin', 'new.txt'], 'after adding one');
  }],

  ['reactions are added, listed and removed', async (story) => {
    const message = await story.general.send('Applause?');
    await message.react('👏');
    const added = story.expect(Events.MessageReactionAdd, (one, user) =>
      one.message.id === message.id && user.id === story.members.Mia);
    await story.control.act('react', {
      user: story.members.Mia, channel: story.channels.general, message: message.id, emoji: '👏',
    });
    equal((await added)[0].emoji.name, '👏', 'what the gateway tells');
    const fetched = await story.general.messages.fetch({ message: message.id, force: true });
    const reaction = fetched.reactions.cache.first();
    equal([reaction.count, reaction.me], [2, true], 'the reaction');
    const users = (await reaction.users.fetch()).map((user) => user.displayName).sort();
    equal(users, ['Conformance', 'Mia'], 'who reacted');
    const removed = story.expect(Events.MessageReactionRemove, (one) => one.message.id === message.id);
    await reaction.users.remove();
    equal((await removed)[1].id, story.app, 'whose reaction was removed');
    await reaction.users.remove(story.members.Mia);
    await message.react('🔥');
    await message.reactions.removeAll();
    const left = await story.general.messages.fetch({ message: message.id, force: true });
    equal(left.reactions.cache.size, 0, 'what is left');
  }],

  ['only whom allowed mentions let through is pinged', async (story) => {
    const { Mia, Ada } = story.members;
    const content = `<@${Mia}> <@${Ada}> @everyone`;
    const pinged = async (allowedMentions) => {
      const { mentions } = await story.general.send({ content, ...(allowedMentions && { allowedMentions }) });
      return [ids(mentions.users), mentions.everyone];
    };
    equal(await pinged(), [[], false], 'who is pinged by default');
    equal(await pinged({ users: [Mia] }), [[Mia], false], 'pinged by name');
    const [users, everyone] = await pinged({ parse: ['users', 'roles', 'everyone'] });
    equal([users.length, everyone], [2, true], 'pinged when all is allowed');
    const role = story.place.roles.cache.find((one) => one.name === 'Understudy');
    const { mentions } = await story.general.send({ content: `${role}`, allowedMentions: { parse: ['roles'] } });
    equal(mentions.roles.map((one) => one.name), ['Understudy'], 'a role');
  }],

  ['the bot is seen typing', async (story) => {
    await story.general.sendTyping();
    const who = await story.control.get(`/channels/${story.channels.general}/typing`);
    equal(who.map((one) => one.user.id ?? one.user), [story.app], 'who types');
  }],

  ['a nonce keeps a message from being sent twice, and silence is kept', async (story) => {
    const once = { content: 'Once.', nonce: 'once-and-only', enforceNonce: true, flags: MessageFlags.SuppressNotifications };
    const message = await story.general.send(once);
    equal(message.nonce, 'once-and-only', 'the nonce');
    check(message.flags.has(MessageFlags.SuppressNotifications), 'the flag', message.flags);
    equal((await story.general.send(once)).id, message.id, 'the same message again');
  }],
];
