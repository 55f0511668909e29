"""SKUs, entitlements and subscriptions."""

import discord

from tap import Chapter, check, equal, refused

chapter = Chapter()


@chapter.step("SKUs are listed")
async def skus(story):
    made = await story.control.post("/skus", {"app": story.app, "name": "Season ticket", "type": "subscription", "flags": 260})
    story.ticket = made["id"]
    made = await story.control.post("/skus", {"app": story.app, "name": "Ice cream", "type": "consumable", "flags": 4})
    story.ice_cream = made["id"]
    listed = {sku.name: sku for sku in await story.bot.fetch_skus()}
    equal(sorted(listed), ["Ice cream", "Season ticket"], "the SKUs")
    equal(listed["Season ticket"].type, discord.SKUType.subscription, "a subscription")
    check(listed["Season ticket"].flags.user_subscription, "for users", listed["Season ticket"].flags)
    equal(listed["Ice cream"].type, discord.SKUType.consumable, "a consumable")


@chapter.step("an entitlement comes, changes and goes, and the gateway tells of each")
async def events(story):
    comes = story.bot.expect("entitlement_create")
    made = await story.control.post("/entitlements", {"app": story.app, "sku": story.ticket, "user": story.members["Max"]})
    got = await comes
    equal((str(got.id), str(got.sku_id), str(got.user_id)), (made["id"], story.ticket, story.members["Max"]), "it")
    changes = story.bot.expect("entitlement_update")
    await story.control.call("PATCH", f"/entitlements/{made['id']}", {"ends_in_ms": 3_600_000})
    changed = await changes
    check(changed.ends_at is not None and not changed.is_expired(), "an end in an hour", changed.ends_at)
    interaction, _ = await story.slash("plain", user="Max")
    equal([str(one.id) for one in interaction.entitlements], [made["id"]], "what the interaction carries")
    await interaction.response.send_message("Your ticket is valid.", ephemeral=True)
    goes = story.bot.expect("entitlement_delete")
    await story.control.call("PATCH", f"/entitlements/{made['id']}", {"deleted": True})
    equal(str((await goes).id), made["id"], "the one that went")


@chapter.step("entitlements are listed and one is consumed")
async def consumed(story):
    user, sku = discord.Object(int(story.members["Mia"])), discord.Object(int(story.ice_cream))
    comes = story.bot.expect("entitlement_create")
    made = await story.control.post("/entitlements", {"app": story.app, "sku": story.ice_cream, "user": str(user.id)})
    await comes
    mine = [one async for one in story.bot.entitlements(user=user, skus=[sku])]
    equal([(str(one.id), one.consumed) for one in mine], [(made["id"], False)], "Mia's")
    await mine[0].consume()
    check((await story.bot.fetch_entitlement(mine[0].id)).consumed, "that it is consumed")
    nobody = [one async for one in story.bot.entitlements(user=discord.Object(int(story.members["Ada"])))]
    equal(nobody, [], "Ada's")


@chapter.step("a test entitlement is made and deleted by the bot")
async def test_entitlement(story):
    comes = story.bot.expect("entitlement_create")
    await story.bot.create_entitlement(discord.Object(int(story.ticket)), story.place,
                                       discord.EntitlementOwnerType.guild)
    got = await comes
    equal((got.guild_id, got.type), (story.place.id, discord.EntitlementType.test_mode_purchase), "it")
    listed = [one.id async for one in story.bot.entitlements(guild=story.place)]
    equal(listed, [got.id], "the guild's entitlements")
    await got.delete()
    listed = [one.id async for one in story.bot.entitlements(guild=story.place)]
    equal(listed, [], "the guild's entitlements after")


@chapter.step("a subscription begins, and is listed")
async def subscription(story):
    made = await story.control.post("/entitlements", {"app": story.app, "sku": story.ticket, "user": story.members["Ada"]})
    begins = story.bot.expect("subscription_create")
    await story.control.post("/subscriptions", {"app": story.app, "sku": story.ticket, "user": story.members["Ada"],
                                                "entitlement": made["id"]})
    told = await begins
    equal(told.status, discord.SubscriptionStatus.active, "its status")
    sku = next(one for one in await story.bot.fetch_skus() if str(one.id) == story.ticket)
    listed = [one async for one in sku.subscriptions(user=discord.Object(int(story.members["Ada"])))]
    equal([(one.id, [str(each) for each in one.entitlement_ids]) for one in listed], [(told.id, [made["id"]])], "it")
    equal((await sku.fetch_subscription(told.id)).user_id, int(story.members["Ada"]), "by its id")
    await refused(sku.fetch_subscription(story.place.id), discord.NotFound, 10098, "one that isn't")
