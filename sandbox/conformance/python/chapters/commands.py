"""Registering commands, for all guilds and for one."""

import discord
from discord import app_commands

from bot import Translator
from tap import Chapter, check, equal, refused

chapter = Chapter()


@chapter.step("global commands are registered in bulk", vital=True)
async def bulk(story):
    await story.bot.tree.set_translator(Translator())
    synced = await story.bot.tree.sync()
    names = sorted(command.name for command in synced)
    equal(names, ["Quote", "Who is this", "cast", "complete", "options", "plain", "upload"], "what was registered")
    check(all(command.id and command.application_id == story.bot.user.id for command in synced), "ids", synced)
    story.synced = {command.name: command for command in synced}


@chapter.step("localisations are kept and told when asked for")
async def localised(story):
    command = await story.bot.tree.fetch_command(story.synced["plain"].id)
    equal(command.name_localizations, {discord.Locale.german: "schlicht"}, "the name's translations")
    equal(command.description_localizations, {discord.Locale.german: "Antwortet schlicht"}, "the description's")
    listed = {one.name: one for one in await story.bot.tree.fetch_commands()}
    equal(listed["plain"].name_localizations, {}, "translations in a list that nobody asked to have them")
    options = (await story.bot.tree.fetch_command(story.synced["options"].id)).options
    equal(options[0].name_localizations[discord.Locale.german], "wort", "an option's name in German")
    mood = next(option for option in options if option.name == "mood")
    equal(mood.choices[0].name_localizations[discord.Locale.german], "Ruhig", "a choice in German")


@chapter.step("options of every kind come back as they were sent")
async def kinds(story):
    options = {option.name: option for option in story.synced["options"].options}
    equal(options["text"].type, discord.AppCommandOptionType.string, "text")
    equal((options["text"].min_length, options["text"].max_length), (2, 20), "its length")
    equal((options["whole"].min_value, options["whole"].max_value), (-5, 100), "an integer's bounds")
    equal((options["number"].min_value, options["number"].max_value), (0.5, 9.5), "a number's bounds")
    equal(options["channel"].channel_types, [discord.ChannelType.text, discord.ChannelType.news],
          "a channel's types")
    equal([choice.value for choice in options["mood"].choices], ["calm", "bold"], "choices")
    check(options["text"].required and not options["missing"].required, "what is required", options)
    check(story.synced["complete"].options[0].autocomplete, "autocompletion", story.synced["complete"].options)
    member = story.synced["cast"].options[0]
    equal((member.name, member.options[0].name), ("member", "add"), "a group's subcommand")
    equal(story.synced["Who is this"].type, discord.AppCommandType.user, "a member's menu")


@chapter.step("contexts and installs are kept")
async def contexts(story):
    # As Discord tells them: the library's own flags lose the first of them.
    plain = await story.bot.http.get_global_command(story.bot.user.id, story.synced["plain"].id)
    equal(plain["contexts"], [0, 1, 2], "contexts")
    equal(plain["integration_types"], [0, 1], "installs")


@chapter.step("a guild's own command is registered and shows up there")
async def in_guild(story):
    @app_commands.command(description="Only in this house")
    @app_commands.default_permissions(manage_messages=True)
    async def house(interaction: discord.Interaction):
        await story.bot.hear(interaction)

    story.bot.tree.add_command(house, guild=story.place)
    synced = await story.bot.tree.sync(guild=story.place)
    equal([(command.name, command.guild_id) for command in synced], [("house", story.place.id)], "registered")
    shown = await story.control.get("/commands", as_=story.members["Ada"], channel=story.channels["general"])
    mine = sorted(one["name"] for one in shown if str(one["application_id"]) == story.app)
    check("house" in mine and "plain" in mine, "both kinds for an administrator", mine)
    shown = await story.control.get("/commands", as_=story.members["Max"], channel=story.channels["general"])
    check("house" not in [one["name"] for one in shown], "not for a member without the permission", shown)
    interaction, _ = await story.slash("house", user="Ada")
    await interaction.response.send_message("At your service.", ephemeral=True)


@chapter.step("a command is edited and deleted by its id")
async def edited(story):
    command = (await story.bot.tree.fetch_commands(guild=story.place))[0]
    changed = await command.edit(description="Open house")
    equal((changed.id, changed.description), (command.id, "Open house"), "the edited command")
    await changed.delete()
    equal(await story.bot.tree.fetch_commands(guild=story.place), [], "the guild's commands")
    await refused(changed.delete(), discord.NotFound, 10063, "deleting it again")


@chapter.step("a bad command is refused with where it is wrong")
async def bad(story):
    body = [{"name": "Not Allowed", "description": "x", "type": 1}, {"name": "fine", "description": "", "type": 1}]
    call = story.bot.http.bulk_upsert_guild_commands(story.bot.user.id, story.place.id, body)
    error = await refused(call, discord.HTTPException, 50035, "a bulk of two bad commands")
    errors = error._errors or {}  # The library keeps the tree only here.
    check("0" in errors and "name" in errors["0"], "an error at 0.name", errors)
    check("1" in errors and "description" in errors["1"], "an error at 1.description", errors)
