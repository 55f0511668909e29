// SKUs, entitlements and subscriptions.
'use strict';

const { EntitlementType, Events, SKUFlags, SKUType, SubscriptionStatus } = require('discord.js');
const { check, equal, refused } = require('../tap.js');

const entitle = (story, sku, user) =>
  story.control.post('/entitlements', { app: story.app, sku, user: story.members[user] });

module.exports = [
  ['SKUs are listed', async (story) => {
    const made = (name, type, flags) => story.control.post('/skus', { app: story.app, name, type, flags });
    story.ticket = (await made('Season ticket', 'subscription', 260)).id;
    story.iceCream = (await made('Ice cream', 'consumable', 4)).id;
    const listed = await story.bot.application.fetchSKUs();
    equal(listed.map((sku) => sku.name).sort(), ['Ice cream', 'Season ticket'], 'the SKUs');
    equal(listed.get(story.ticket).type, SKUType.Subscription, 'a subscription');
    check(listed.get(story.ticket).flags.has(SKUFlags.UserSubscription), 'for users', listed.get(story.ticket).flags);
    equal(listed.get(story.iceCream).type, SKUType.Consumable, 'a consumable');
  }],

  ['an entitlement comes, changes and goes, and the gateway tells of each', async (story) => {
    const comes = story.expect(Events.EntitlementCreate);
    const { id } = await entitle(story, story.ticket, 'Max');
    const [got] = await comes;
    equal([got.id, got.skuId, got.userId], [id, story.ticket, story.members.Max], 'it');
    const changes = story.expect(Events.EntitlementUpdate);
    await story.control.call('PATCH', `/entitlements/${id}`, { ends_in_ms: 3_600_000 });
    const [, changed] = await changes;
    check(changed.endsAt && changed.isActive(), 'an end in an hour', changed.endsAt);
    const interaction = await story.slash('plain');
    equal([...interaction.entitlements.keys()], [id], 'what the interaction carries');
    await interaction.reply({ content: 'Your ticket is valid.', flags: 'Ephemeral' });
    const goes = story.expect(Events.EntitlementDelete);
    await story.control.call('PATCH', `/entitlements/${id}`, { deleted: true });
    equal((await goes)[0].id, id, 'the one that went');
  }],

  ['entitlements are listed and one is consumed', async (story) => {
    const { entitlements } = story.bot.application;
    const comes = story.expect(Events.EntitlementCreate);
    const { id } = await entitle(story, story.iceCream, 'Mia');
    await comes;
    const mine = await entitlements.fetch({ user: story.members.Mia, skus: [story.iceCream], cache: false });
    equal(mine.map((one) => [one.id, one.consumed]), [[id, false]], "Mia's");
    await entitlements.consume(id);
    check((await entitlements.fetch({ entitlement: id, force: true })).consumed, 'that it is consumed');
    equal((await entitlements.fetch({ user: story.members.Ada, cache: false })).size, 0, "Ada's");
  }],

  ['a test entitlement is made and deleted by the bot', async (story) => {
    const { entitlements } = story.bot.application;
    const comes = story.expect(Events.EntitlementCreate);
    const made = await entitlements.createTest({ sku: story.ticket, guild: story.guild });
    const [got] = await comes;
    equal([got.id, got.guildId, got.type], [made.id, story.guild, EntitlementType.TestModePurchase], 'it');
    const listed = async () => [...(await entitlements.fetch({ guild: story.guild, cache: false })).keys()];
    equal(await listed(), [got.id], "the guild's entitlements");
    await entitlements.deleteTest(got);
    equal(await listed(), [], "the guild's entitlements after");
  }],

  ['a subscription begins, and is listed', async (story) => {
    const { subscriptions } = story.bot.application;
    const { id } = await entitle(story, story.ticket, 'Ada');
    const begins = story.expect(Events.SubscriptionCreate);
    const user = story.members.Ada;
    await story.control.post('/subscriptions', { app: story.app, sku: story.ticket, user, entitlement: id });
    const [told] = await begins;
    equal(told.status, SubscriptionStatus.Active, 'its status');
    const listed = await subscriptions.fetch({ sku: story.ticket, user });
    equal(listed.map((one) => [one.id, one.entitlementIds]), [[told.id, [id]]], 'it');
    const one = await subscriptions.fetch({ sku: story.ticket, subscriptionId: told.id, force: true });
    equal(one.userId, user, 'by its id');
    const missing = subscriptions.fetch({ sku: story.ticket, subscriptionId: story.guild, force: true });
    await refused(missing, 10098, "one that isn't");
  }],
];
