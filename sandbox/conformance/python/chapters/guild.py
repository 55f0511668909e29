"""Guilds, members, roles and channels."""

import discord

from tap import Chapter, check, equal, refused

chapter = Chapter()


@chapter.step("the guild is fetched")
async def fetched(story):
    guild = await story.bot.fetch_guild(story.place.id, with_counts=True)
    equal((guild.name, str(guild.owner_id)), ("The Playhouse", story.members["Olive"]), "the guild")
    check(guild.approximate_member_count >= 6, "at least six members", guild.approximate_member_count)
    guilds = [one.id async for one in story.bot.fetch_guilds()]
    equal(guilds, [story.place.id], "the bot's guilds")
    await refused(story.bot.fetch_guild(story.bot.user.id), discord.NotFound, 10004, "a guild that isn't")


@chapter.step("members are fetched, one and many")
async def members(story):
    ada = await story.place.fetch_member(int(story.members["Ada"]))
    equal((ada.display_name, ada.guild_permissions.administrator), ("Ada", True), "one member")
    everyone = {member.display_name async for member in story.place.fetch_members(limit=None)}
    check({"Olive", "Ada", "Otto", "Max", "Mia", "Conformance"} <= everyone, "all members", everyone)
    stranger = await story.control.post("/users", {"name": "A stranger"})
    await refused(story.place.fetch_member(int(stranger["id"])), discord.NotFound, 10007, "somebody who isn't a member")
    await refused(story.place.fetch_member(story.place.id), discord.NotFound, 10013, "somebody who isn't")
    user = await story.bot.fetch_user(int(story.members["Max"]))
    equal((user.display_name, user.bot), ("Max", False), "a user")


@chapter.step("members come and go")
async def come_and_go(story):
    joins = story.bot.expect("member_join")
    await story.control.post(f"/guilds/{story.guild}/members", {"name": "Zoe"})
    zoe = await joins
    equal((zoe.display_name, zoe.guild.id), ("Zoe", story.place.id), "who joined")
    leaves = story.bot.expect("raw_member_remove")
    await story.control.call("DELETE", f"/guilds/{story.guild}/members/{zoe.id}")
    equal((await leaves).user.id, zoe.id, "who left")


@chapter.step("roles are made, given, taken, changed and deleted")
async def roles(story):
    made = story.bot.expect("guild_role_create")
    role = await story.place.create_role(name="Chorus", colour=discord.Colour.blue(), hoist=True,
                                         permissions=discord.Permissions(send_messages=True))
    equal((await made).id, role.id, "the role that the gateway tells of")
    equal((role.name, role.colour, role.hoist), ("Chorus", discord.Colour.blue(), True), "the role")
    mia = await story.place.fetch_member(int(story.members["Mia"]))
    changed = story.bot.expect("member_update", lambda before, after: after.id == mia.id)
    await mia.add_roles(role)
    check(role in (await changed)[1].roles, "the role among Mia's")
    await mia.remove_roles(role)
    check(role not in (await story.place.fetch_member(mia.id)).roles, "the role among Mia's no more")
    equal((await role.edit(name="Choir", mentionable=True)).name, "Choir", "the changed role")
    check(role.id in [one.id for one in await story.place.fetch_roles()], "the role among the guild's")
    gone = story.bot.expect("guild_role_delete")
    await role.delete()
    equal((await gone).id, role.id, "the deleted role")


@chapter.step("nicknames are given, to the bot and to others")
async def nicknames(story):
    mia = await story.place.fetch_member(int(story.members["Mia"]))
    changed = await mia.edit(nick="Miranda")
    equal(changed.nick, "Miranda", "Mia's nickname")
    await mia.edit(nick=None)
    equal((await story.place.fetch_member(mia.id)).nick, None, "no nickname")
    mine = await story.place.me.edit(nick="Prompter")
    equal(mine.nick, "Prompter", "the bot's own")


@chapter.step("a channel is made, changed and deleted")
async def channels(story):
    made = story.bot.expect("guild_channel_create", lambda channel: channel.name == "wings")
    category = await story.place.create_category("Backstage")
    channel = await story.place.create_text_channel("wings", category=category, topic="Quiet, please")
    equal((await made).id, channel.id, "the channel that the gateway tells of")
    equal((channel.name, channel.topic, channel.category_id), ("wings", "Quiet, please", category.id), "the channel")
    changed = await channel.edit(name="green-room", slowmode_delay=10, nsfw=True)
    equal((changed.name, changed.slowmode_delay, changed.nsfw), ("green-room", 10, True), "the changed channel")
    equal((await story.bot.fetch_channel(channel.id)).name, "green-room", "the fetched channel")
    check(channel.id in [one.id for one in await story.place.fetch_channels()], "it among the guild's")
    gone = story.bot.expect("guild_channel_delete", lambda one: one.id == channel.id)
    await channel.delete()
    await gone
    await refused(story.bot.fetch_channel(channel.id), discord.NotFound, 10003, "the deleted channel")
    await category.delete()


@chapter.step("a channel's overwrites are set and removed")
async def overwrites(story):
    channel = await story.place.create_text_channel("locked")
    mia = await story.place.fetch_member(int(story.members["Mia"]))
    await channel.set_permissions(mia, send_messages=False, view_channel=True)
    fresh = await story.bot.fetch_channel(channel.id)
    overwrite = fresh.overwrites_for(mia)
    equal((overwrite.send_messages, overwrite.view_channel), (False, True), "Mia's overwrite")
    check(not fresh.permissions_for(mia).send_messages, "that Mia may not write there")
    await channel.set_permissions(mia, overwrite=None)
    fresh = await story.bot.fetch_channel(channel.id)
    check(fresh.overwrites_for(mia).is_empty(), "no overwrite", fresh.overwrites)
    await channel.delete()
