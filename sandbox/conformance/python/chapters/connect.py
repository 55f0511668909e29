"""Logging in: what is refused, and what arrives when it is not."""

import asyncio

import discord

from bot import Bot
from tap import Chapter, Unexpected, check, equal

chapter = Chapter()


@chapter.step("a wrong token is refused")
async def wrong_token(story):
    bot = Bot()
    try:
        await bot.login("bm90LWEtdG9rZW4.GnOtTo.not-a-token-at-all-not-a-token-at-all")
    except discord.LoginFailure:
        return
    finally:
        await bot.close()
    raise Unexpected("the login was accepted")


@chapter.step("a privileged intent that was not granted is refused")
async def wrong_intent(story):
    bot = Bot(discord.Intents(guilds=True, message_content=True))
    try:
        await bot.start(story.token)
    except discord.PrivilegedIntentsRequired:
        return
    finally:
        await bot.close()
    raise Unexpected("the session was accepted")


@chapter.step("the bot identifies and is ready", vital=True)
async def ready(story):
    bot = Bot()
    story.start(bot)
    await asyncio.wait_for(bot.first_ready.wait(), 10)
    equal(str(bot.user.id), story.app, "the bot's own id")
    check(bot.user.bot, "a bot user", bot.user)
    equal(str(bot.application_id), story.app, "the application's id")


@chapter.step("the guild arrives with its channels, roles and members", vital=True)
async def guild(story):
    place = story.place
    check(place is not None, "the guild in the cache", story.bot.guilds)
    equal(place.name, "The Playhouse", "the guild's name")
    equal(str(place.owner_id), story.members["Olive"], "the owner")
    check(story.general is not None and story.general.name == "general", "#general", place.channels)
    check(place.default_role.is_default(), "@everyone among the roles", place.roles)
    check(place.get_role(int(story.guild)) is not None, "@everyone by the guild's id", place.roles)
    check(place.me is not None and place.me.id == story.bot.user.id, "the bot as a member", place.members)
    mine = story.general.permissions_for(place.me)
    check(mine.send_messages and mine.manage_webhooks, "the permissions it was invited with", mine)
    check(not mine.administrator, "no administrator", mine)


@chapter.step("the gateway's address and the application are told")
async def application(story):
    shards, url, limit = await story.bot.http.get_bot_gateway()
    check(shards >= 1 and url.startswith("ws"), "shards and an address", (shards, url))
    check(limit["remaining"] <= limit["total"] and limit["max_concurrency"] >= 1, "the session limits", limit)
    about = await story.bot.application_info()
    equal((str(about.id), about.name), (story.app, "Conformance"), "the application")
    check(about.owner is not None, "an owner", about.owner)


@chapter.step("a presence is sent and a member's chunk is asked for over the gateway")
async def over_gateway(story):
    await story.bot.change_presence(activity=discord.Game("a part"), status=discord.Status.idle)
    found = await asyncio.wait_for(story.place.query_members("Mi", limit=5), 5)
    equal([member.display_name for member in found], ["Mia"], "members whose name begins with Mi")
    everyone = await story.place.chunk()
    check({"Olive", "Ada", "Otto", "Max", "Mia"} <= {one.display_name for one in everyone}, "every member", everyone)
