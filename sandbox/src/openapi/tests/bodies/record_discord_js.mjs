// Prints the requests that discord.js 14 makes, one JSON object a line, without a network.
// Run: npm i discord.js@14 && node record_discord_js.mjs > discord_js.jsonl

import {
  ActionRowBuilder, ApplicationCommandType, ApplicationIntegrationType, AttachmentBuilder, ButtonBuilder, ButtonStyle,
  ChannelSelectMenuBuilder, ChannelType, ChatInputCommandInteraction, Client, ContainerBuilder, ContextMenuCommandBuilder,
  AutocompleteInteraction, ButtonInteraction, EmbedBuilder, FileBuilder, InteractionContextType, MediaGalleryBuilder,
  MessageFlags, ModalBuilder, PermissionFlagsBits, SectionBuilder, SeparatorBuilder, SlashCommandBuilder,
  StringSelectMenuBuilder, TextDisplayBuilder, TextInputBuilder, TextInputStyle, ThumbnailBuilder, UserSelectMenuBuilder,
  WebhookClient, LabelBuilder, FileUploadBuilder,
} from 'discord.js';

let what = '?';
const lines = [];

async function record(url, init) {
  const at = new URL(url);
  const line = { what, method: init.method, path: at.pathname.replace('/api/v10', ''), query: [...at.searchParams], files: [] };
  if (init.body instanceof FormData) {
    line.type = 'multipart/form-data';
    for (const [name, value] of init.body) {
      if (name === 'payload_json') line.body = JSON.parse(value);
      else line.files.push(name);
    }
  } else if (init.body) {
    line.type = 'application/json';
    line.body = JSON.parse(init.body);
  }
  lines.push(JSON.stringify(line));
  return new Response(JSON.stringify({ code: 10008, message: 'recorded' }), {
    status: 404, headers: { 'content-type': 'application/json' },
  });
}

const says = async (label, call) => {
  what = label;
  const before = lines.length;
  let failure;
  try { await call(); } catch (error) { failure = error; }
  if (lines.length === before) throw new Error(`${label}: nothing was sent: ${failure?.stack}`);
};

const rest = { makeRequest: record };
const client = new Client({ intents: [], rest });
client.token = 'x';
client.rest.setToken('x');
const user = { id: '7', username: 'bot', discriminator: '0', avatar: null, bot: true };
client.user = client.users._add(user);
client.application = new (await import('discord.js')).ClientApplication(client, { id: '1', flags: 0 });
const guild = client.guilds._add({
  id: '1', name: 'Guild', owner_id: '7', roles: [{ id: '1', name: '@everyone', permissions: '8', position: 0 }],
  channels: [{ id: '1', type: 0, name: 'general', permission_overwrites: [] }, { id: '3', type: 15, name: 'forum', available_tags: [] }],
  members: [{ user, roles: [], joined_at: '2024-01-01T00:00:00Z' }], emojis: [], stickers: [],
});
const channel = client.channels._add({ id: '1', type: 0, name: 'general', permission_overwrites: [] }, guild);
const forum = client.channels._add({ id: '3', type: 15, name: 'forum', available_tags: [], permission_overwrites: [] }, guild);
const message = channel.messages._add({ id: '2', channel_id: '1', content: 'x', author: user, type: 0, attachments: [], embeds: [], mentions: [], mention_roles: [], timestamp: '2024-01-01T00:00:00Z' });

const embed = new EmbedBuilder().setTitle('Title').setDescription('Text').setURL('https://example.com').setColor(0xff00ff)
  .setTimestamp(0).setAuthor({ name: 'Ann', iconURL: 'https://example.com/a.png' }).setFooter({ text: 'Foot' })
  .setImage('attachment://a.png').addFields({ name: 'N', value: 'V', inline: true });
const rows = [
  new ActionRowBuilder().addComponents(
    new ButtonBuilder().setCustomId('one').setLabel('One').setEmoji('🎲').setStyle(ButtonStyle.Danger),
    new ButtonBuilder().setCustomId('two').setEmoji({ id: '30000000000000000', name: 'dice', animated: true }).setStyle(ButtonStyle.Primary),
    new ButtonBuilder().setURL('https://example.com').setLabel('Link').setStyle(ButtonStyle.Link),
    new ButtonBuilder().setSKUId('50000000000000000').setStyle(ButtonStyle.Premium),
  ),
  new ActionRowBuilder().addComponents(new StringSelectMenuBuilder().setCustomId('s').setPlaceholder('Pick').setMinValues(0)
    .setMaxValues(2).addOptions({ label: 'A', value: 'a', description: 'First', emoji: '🎲', default: true }, { label: 'B', value: 'b' })),
  new ActionRowBuilder().addComponents(new UserSelectMenuBuilder().setCustomId('u').setDefaultUsers('10000000000000000')),
  new ActionRowBuilder().addComponents(new ChannelSelectMenuBuilder().setCustomId('c').setChannelTypes(ChannelType.GuildText)),
];
const layout = [
  new ContainerBuilder().setAccentColor(0x123456).setSpoiler(true)
    .addTextDisplayComponents(new TextDisplayBuilder().setContent('Text'))
    .addSeparatorComponents(new SeparatorBuilder().setDivider(true).setSpacing(2))
    .addSectionComponents(new SectionBuilder().addTextDisplayComponents(new TextDisplayBuilder().setContent('One'))
      .setThumbnailAccessory(new ThumbnailBuilder().setURL('https://example.com/t.png').setDescription('T')))
    .addMediaGalleryComponents(new MediaGalleryBuilder().addItems({ media: { url: 'https://example.com/i.png' }, description: 'I' }))
    .addActionRowComponents(new ActionRowBuilder().addComponents(new ButtonBuilder().setCustomId('c').setLabel('C').setStyle(1)))
    .addFileComponents(new FileBuilder().setURL('attachment://a.png')),
];
const files = () => [new AttachmentBuilder(Buffer.from('abc'), { name: 'a.png', description: 'A picture' })];
const allowedMentions = { parse: ['users'], roles: ['1'], repliedUser: true };

await says('message', () => channel.send({ content: 'hi', embeds: [embed], components: rows, files: files(), allowedMentions, nonce: '17', enforceNonce: true, tts: false, flags: MessageFlags.SuppressNotifications }));
await says('message of text', () => channel.send('hi'));
await says('reply', () => message.reply({ content: 'hi', allowedMentions: { parse: [] } }));
await says('layout', () => channel.send({ components: layout, files: files(), flags: MessageFlags.IsComponentsV2 }));
await says('poll', () => channel.send({ poll: { question: { text: 'Tea?' }, answers: [{ text: 'Yes', emoji: '🍵' }, { text: 'No' }], duration: 2, allowMultiselect: true, layoutType: 1 } }));
await says('edit', () => message.edit({ content: null, embeds: [], components: [], attachments: [], files: files() }));
await says('bulk delete', () => channel.bulkDelete(['20000000000000000', '20000000000000001']));
await says('history', () => channel.messages.fetch({ limit: 5, before: '20000000000000000' }));
await says('typing', () => channel.sendTyping());
await says('react', () => message.react('🎲'));
await says('thread', () => channel.threads.create({ name: 'T', autoArchiveDuration: 60, type: ChannelType.PrivateThread, invitable: true }));
await says('thread on a message', () => message.startThread({ name: 'T', autoArchiveDuration: 1440, rateLimitPerUser: 5 }));
await says('forum post', () => forum.threads.create({ name: 'T', message: { content: 'hi', files: files() }, appliedTags: ['10000000000000000'] }));
await says('channel edit', () => channel.edit({ name: 'g', topic: 'T', rateLimitPerUser: 5, permissionOverwrites: [{ id: '1', allow: [PermissionFlagsBits.ViewChannel] }] }));
await says('channel', () => guild.channels.create({ name: 'g', type: ChannelType.GuildText, topic: 'T', permissionOverwrites: [{ id: '1', deny: ['SendMessages'] }] }));
await says('overwrite', () => channel.permissionOverwrites.create('1', { ViewChannel: true }, { type: 0 }));
await says('role', () => guild.roles.create({ name: 'Fan', colors: { primaryColor: 0xff0000 }, permissions: [PermissionFlagsBits.SendMessages], hoist: true }));
await says('member edit', () => guild.members.edit('20000000000000000', { nick: 'Ann', roles: ['10000000000000000'], reason: 'r' }));
await says('own nick', () => guild.members.me.setNickname('Ann'));
await says('dm', () => client.users.createDM('20000000000000000'));
await says('guild edit', () => guild.edit({ name: 'Guild', systemChannel: '1' }));
await says('guild fetch', () => client.guilds.fetch({ guild: '20000000000000000', withCounts: true, force: true }));
await says('webhook', () => channel.createWebhook({ name: 'Ann', avatar: Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]) }));
await says('test entitlement', () => client.application.entitlements.createTest({ sku: '10000000000000000', user: '20000000000000000' }));
await says('entitlements', () => client.application.entitlements.fetch({ skus: ['1'], user: '2', limit: 5, excludeEnded: true }));
await says('consume', () => client.application.entitlements.consume('1'));

const talk = new SlashCommandBuilder().setName('talk').setDescription('Talk').setNameLocalization('de', 'sprechen')
  .setDescriptionLocalization('de', 'Sprechen').setDefaultMemberPermissions(PermissionFlagsBits.ManageGuild)
  .setContexts(InteractionContextType.Guild, InteractionContextType.BotDM).setIntegrationTypes(ApplicationIntegrationType.GuildInstall)
  .addStringOption(o => o.setName('text').setDescription('What').setRequired(true).setMinLength(1).setMaxLength(100))
  .addStringOption(o => o.setName('kind').setDescription('Kind').addChoices({ name: 'A', value: 'a', name_localizations: { de: 'Ä' } }))
  .addIntegerOption(o => o.setName('int').setDescription('Int').setMinValue(1).setMaxValue(9))
  .addNumberOption(o => o.setName('num').setDescription('Num').setMinValue(0.5).addChoices({ name: 'H', value: 0.5 }))
  .addBooleanOption(o => o.setName('flag').setDescription('Flag'))
  .addUserOption(o => o.setName('user').setDescription('User'))
  .addChannelOption(o => o.setName('channel').setDescription('Channel').addChannelTypes(ChannelType.GuildText))
  .addRoleOption(o => o.setName('role').setDescription('Role'))
  .addMentionableOption(o => o.setName('who').setDescription('Who'))
  .addAttachmentOption(o => o.setName('file').setDescription('File'))
  .addStringOption(o => o.setName('auto').setDescription('Auto').setAutocomplete(true));
const scene = new SlashCommandBuilder().setName('scene').setDescription('Scenes')
  .addSubcommand(s => s.setName('start').setDescription('Start'))
  .addSubcommandGroup(g => g.setName('cast').setDescription('Cast').addSubcommand(s => s.setName('add').setDescription('Add')));
const talkTo = new ContextMenuCommandBuilder().setName('Talk to').setType(ApplicationCommandType.User);
await says('commands', () => client.application.commands.set([talk, scene, talkTo]));
await says('guild commands', () => client.application.commands.set([talk, scene, talkTo].map(c => c.toJSON()), '20000000000000000'));
await says('command', () => client.application.commands.create(talk));
await says('commands of a manager', () => client.application.commands.create({ name: 'x', description: 'X', options: [{ type: 3, name: 'o', description: 'O', autocomplete: true }] }));
await says('command list', () => client.application.commands.fetch({ withLocalizations: true }));
await says('SKUs', () => client.application.fetchSKUs());
await says('subscriptions', () => client.application.subscriptions.fetch({ sku: '1', user: '2' }));

const hook = new WebhookClient({ id: '1', token: 'token' }, { rest });
await says('execute', () => hook.send({ content: 'hi', username: 'Ann', avatarURL: 'https://example.com/a.png', embeds: [embed], components: rows, files: files(), allowedMentions, threadName: 'T' }));
await says('execute in a thread', () => hook.send({ components: layout, files: files(), threadId: '9', withComponents: true, flags: MessageFlags.IsComponentsV2 }));
await says('edit webhook message', () => hook.editMessage('2', { content: 'hi', embeds: [embed], files: files(), attachments: [{ id: '1100000000000000000' }] }));
await says('webhook edit', () => hook.edit({ name: 'Ann', avatar: null }));

const raw = (type, data) => ({ id: '1', application_id: '1', type, token: 'token', version: 1, guild_id: '1', channel: { id: '1', type: 0 },
  channel_id: '1', user, entitlements: [], authorizing_integration_owners: {}, locale: 'de', app_permissions: '8', data, attachment_size_limit: 1 });
const slash = () => new ChatInputCommandInteraction(client, raw(2, { id: '1', name: 'talk', type: 1, options: [] }));
await says('respond', () => slash().reply({ content: 'hi', embeds: [embed], components: rows, files: files(), allowedMentions, flags: MessageFlags.Ephemeral, withResponse: true }));
await says('respond with a layout', () => slash().reply({ components: layout, files: files(), flags: MessageFlags.IsComponentsV2 }));
await says('defer', () => slash().deferReply({ flags: MessageFlags.Ephemeral }));
await says('defer, bare', () => slash().deferReply());
await says('edit original', () => { const i = slash(); i.deferred = true; return i.editReply({ content: 'hi', components: rows }); });
await says('follow-up', () => { const i = slash(); i.replied = true; return i.followUp({ content: 'hi', flags: MessageFlags.Ephemeral, files: files() }); });
await says('delete original', () => { const i = slash(); i.replied = true; return i.deleteReply(); });
const modal = new ModalBuilder().setCustomId('form').setTitle('Title')
  .addComponents(new ActionRowBuilder().addComponents(new TextInputBuilder().setCustomId('w').setLabel('Label').setStyle(TextInputStyle.Paragraph).setMinLength(1).setMaxLength(4000)));
await says('modal', () => slash().showModal(modal));
const labels = new ModalBuilder().setCustomId('form').setTitle('Title')
  .addLabelComponents(new LabelBuilder().setLabel('Pick').setDescription('One').setStringSelectMenuComponent(
    new StringSelectMenuBuilder().setCustomId('s').setRequired(false).addOptions({ label: 'A', value: 'a' })),
  new LabelBuilder().setLabel('File').setFileUploadComponent(new FileUploadBuilder().setCustomId('f').setMaxValues(2)))
  .addTextDisplayComponents(new TextDisplayBuilder().setContent('Note'));
await says('modal of labels', () => slash().showModal(labels));
const button = () => new ButtonInteraction(client, { ...raw(3, { custom_id: 'one', component_type: 2 }), message: { id: '2', channel_id: '1', author: user, type: 0, attachments: [], embeds: [], components: [], mentions: [], mention_roles: [] } });
await says('update', () => button().update({ content: 'hi', embeds: [], components: [], files: files() }));
await says('defer update', () => button().deferUpdate());
const complete = () => new AutocompleteInteraction(client, raw(4, { id: '1', name: 'talk', type: 1, options: [{ name: 'auto', type: 3, value: 'a', focused: true }] }));
await says('choices', () => complete().respond([{ name: 'A', value: 'a', nameLocalizations: { de: 'Ä' } }]));

console.log(lines.join('\n'));
process.exit(0);
