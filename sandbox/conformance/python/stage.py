"""What the story needs before it begins: an application, installed where the members are."""

import asyncio
import traceback

import discord

from tap import comment

#: What the bot is invited with: no administrator, so that a permission can be taken away.
PERMISSIONS = discord.Permissions(
    view_channel=True, send_messages=True, send_messages_in_threads=True, embed_links=True,
    attach_files=True, read_message_history=True, add_reactions=True, use_external_emojis=True,
    mention_everyone=True, manage_messages=True, pin_messages=True, manage_channels=True,
    manage_roles=True, manage_webhooks=True, manage_threads=True, create_public_threads=True,
    create_private_threads=True, manage_nicknames=True, change_nickname=True,
)


def _tell_why(running):
    """The library gave up: without this, all that follows would only time out."""
    if not running.cancelled() and running.exception() is not None:
        text = "".join(traceback.format_exception(None, running.exception(), running.exception().__traceback__))
        comment(f"discord.py gave up:\n{text}")


class Stage:
    """The names and ids that the steps speak of; ids are text, as in JSON."""

    @classmethod
    async def build(cls, control):
        """Makes the application, and looks up who is there."""
        stage = cls()
        stage.control = control
        stage.bot = None
        stage.running = None
        app = await control.post("/apps", {"name": "Conformance", "intents": ["guild_members"]})
        stage.app, stage.token = app["id"], app["token"]
        state = await control.get("/state")
        guild = next(guild for guild in state["guilds"] if guild["name"] == "The Playhouse")
        stage.guild = guild["id"]
        stage.channels = {channel["name"]: channel["id"] for channel in guild["channels"]}
        stage.members = {member["name"]: member["id"] for member in guild["members"]}
        await control.post("/installs", {"app": stage.app, "guild": stage.guild,
                                         "permissions": str(PERMISSIONS.value)})
        return stage

    def start(self, bot):
        """Logs a bot in and keeps it running until the end."""
        self.bot = bot
        self.running = asyncio.ensure_future(bot.start(self.token))
        self.running.add_done_callback(_tell_why)

    async def leave(self):
        """Ends the bot."""
        if self.bot is not None:
            await self.bot.close()
        if self.running is not None:
            await asyncio.gather(self.running, return_exceptions=True)

    @property
    def general(self):
        """The channel where most happens, as the library knows it."""
        return self.channel("general")

    def channel(self, name):
        """A channel by name, as the library knows it."""
        return self.bot.get_channel(int(self.channels[name]))

    @property
    def place(self):
        """The guild, as the library knows it."""
        return self.bot.get_guild(int(self.guild))

    async def slash(self, command, options=None, user="Max", channel="general"):
        """A member uses a slash command; the interaction and its options, as the bot got them."""
        number = await self.control.act("slash", user=self.members[user], channel=self.channels.get(channel, channel),
                                        app=self.app, command=command, options=options or {})
        return await self.bot.interaction(number)

    async def press(self, message, custom_id, user="Max", values=None):
        """A member uses a component; the interaction and its values, as the bot got them."""
        number = await self.control.act("press", user=self.members[user], channel=str(message.channel.id),
                                        message=str(message.id), custom_id=custom_id, values=values or [])
        return await self.bot.interaction(number)

    async def say(self, content, user="Max", channel="general", reply_to=None):
        """A member writes; the message's id."""
        given = {"user": self.members[user], "channel": self.channels.get(channel, channel), "content": content}
        if reply_to is not None:
            given["reply_to"] = str(reply_to)
        return int(await self.control.act("say", **given))

    async def seen_by(self, user, message, channel="general"):
        """A message as a member sees it, or None."""
        messages = await self.control.seen(self.channels.get(channel, channel), self.members[user])
        return next((one for one in messages if one["id"] == str(message)), None)
