"""The bot that the story is told with: it hears, and the steps answer."""

import asyncio
from typing import Optional, Union

import discord
from discord import app_commands
from discord.app_commands import locale_str

from tap import Unexpected

WAIT_SECONDS = 8


class Translator(app_commands.Translator):
    """Takes a text's translation from what was given along with it."""

    async def translate(self, string, locale, context):
        return string.extras.get(locale.value.replace("-", "_"))


class Bot(discord.Client):
    """Keeps each interaction that arrives, and what the library made of its options, for the steps."""

    def __init__(self, intents=None):
        intents = intents or discord.Intents(guilds=True, guild_messages=True, dm_messages=True,
                                             guild_reactions=True, members=True, webhooks=True)
        super().__init__(intents=intents, allowed_mentions=discord.AllowedMentions.none())
        self.tree = app_commands.CommandTree(self)
        self.heard = {}
        self.arrived = asyncio.Condition()
        self.seen = []
        self.first_ready = asyncio.Event()
        declare(self)

    async def hear(self, interaction, **given):
        """Keeps an interaction with what came with it."""
        async with self.arrived:
            self.heard[interaction.id] = (interaction, given)
            self.arrived.notify_all()

    async def interaction(self, number):
        """The interaction with this id, and its options."""
        number = int(number)
        async with self.arrived:
            known = self.arrived.wait_for(lambda: number in self.heard)
            try:
                await asyncio.wait_for(known, WAIT_SECONDS)
            except asyncio.TimeoutError:
                raise Unexpected(f"the interaction {number} never reached the bot") from None
        return self.heard.pop(number)

    async def on_ready(self):
        self.first_ready.set()

    async def on_message(self, message):
        self.seen.append(message.id)

    def expect(self, event, fits=None, seconds=WAIT_SECONDS):
        """Starts to wait for an event; await what this returns after causing it."""
        return asyncio.ensure_future(self._event(event, fits, seconds))

    async def _event(self, event, fits, seconds):
        try:
            return await self.wait_for(event, check=fits, timeout=seconds)
        except asyncio.TimeoutError:
            raise Unexpected(f"the event {event} never reached the bot") from None


class Controls(discord.ui.View):
    """A button that updates and one that defers, a menu of words and menus of people and places."""

    def __init__(self, bot):
        super().__init__(timeout=60)
        self.bot = bot
        for kind, custom_id in (
            (discord.ui.UserSelect, "who"),
            (discord.ui.RoleSelect, "role"),
            (discord.ui.ChannelSelect, "where"),
        ):
            self.add_item(self.listening(kind(custom_id=custom_id, max_values=2)))

    def listening(self, item):
        """`item`, with the bot hearing of its use."""

        async def callback(interaction):
            await self.bot.hear(interaction, values=item.values)

        item.callback = callback
        return item

    @discord.ui.button(label="Next", custom_id="next", style=discord.ButtonStyle.primary)
    async def next(self, interaction, button):
        await self.bot.hear(interaction, label=button.label)

    @discord.ui.button(label="Later", custom_id="later", emoji="\N{HOURGLASS}")
    async def later(self, interaction, button):
        await self.bot.hear(interaction, label=button.label)

    @discord.ui.select(
        custom_id="mood",
        placeholder="A mood",
        min_values=1,
        max_values=2,
        options=[discord.SelectOption(label=word.title(), value=word) for word in ("calm", "bold", "sad")],
    )
    async def mood(self, interaction, select):
        await self.bot.hear(interaction, values=select.values)


class Form(discord.ui.Modal, title="A new character"):
    """A modal with a required line and an optional paragraph."""

    name = discord.ui.TextInput(label="Name", custom_id="name", max_length=20)
    about = discord.ui.TextInput(
        label="About", custom_id="about", style=discord.TextStyle.paragraph, required=False
    )

    def __init__(self, bot):
        super().__init__(custom_id="character", timeout=60)
        self.bot = bot

    async def on_submit(self, interaction):
        await self.bot.hear(interaction, name=self.name.value, about=self.about.value)


def declare(bot):
    """Declares the global commands."""
    tree = bot.tree

    @tree.command(
        name=locale_str("plain", de="schlicht"),
        description=locale_str("Answers plainly", de="Antwortet schlicht"),
    )
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)
    @app_commands.allowed_installs(guilds=True, users=True)
    async def plain(interaction: discord.Interaction):
        await bot.hear(interaction)

    @tree.command(description="Takes options of many kinds")
    @app_commands.rename(text=locale_str("text", de="wort"))
    @app_commands.describe(text=locale_str("Some text", de="Ein Wort"))
    @app_commands.choices(mood=[app_commands.Choice(name=locale_str("Calm", de="Ruhig"), value="calm"),
                                app_commands.Choice(name="Bold", value="bold")])
    async def options(
        interaction: discord.Interaction,
        text: app_commands.Range[str, 2, 20],
        whole: app_commands.Range[int, -5, 100],
        number: app_commands.Range[float, 0.5, 9.5],
        flag: bool,
        mood: app_commands.Choice[str],
        user: discord.User,
        member: discord.Member,
        role: discord.Role,
        channel: discord.TextChannel,
        mentionable: Union[discord.Member, discord.Role],
        missing: Optional[str] = None,
    ):
        await bot.hear(interaction, text=text, whole=whole, number=number, flag=flag, mood=mood, user=user,
                       member=member, role=role, channel=channel, mentionable=mentionable, missing=missing)

    @tree.command(description="Takes a file")
    async def upload(interaction: discord.Interaction, file: discord.Attachment):
        await bot.hear(interaction, file=file)

    @tree.command(description="Completes what is typed")
    async def complete(interaction: discord.Interaction, word: str, other: Optional[int] = None):
        await bot.hear(interaction, word=word, other=other)

    @complete.autocomplete("word")
    async def complete_word(interaction, current):
        await bot.hear(interaction, current=current, other=interaction.namespace.other)
        return [app_commands.Choice(name=word.title(), value=word)
                for word in ("apple", "apricot", "banana") if word.startswith(current.lower())]

    group = app_commands.Group(name="cast", description="The cast")
    inner = app_commands.Group(name="member", description="Of the cast", parent=group)
    tree.add_command(group)

    @inner.command(description="Adds to the cast")
    async def add(interaction: discord.Interaction, name: str):
        await bot.hear(interaction, name=name)

    @tree.context_menu(name="Who is this")
    async def who(interaction: discord.Interaction, member: discord.Member):
        await bot.hear(interaction, target=member)

    @tree.context_menu(name="Quote")
    async def quote(interaction: discord.Interaction, message: discord.Message):
        await bot.hear(interaction, target=message)
