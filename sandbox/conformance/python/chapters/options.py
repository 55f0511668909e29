"""Options as a command gets them: of every kind, resolved; files; groups; autocompletion."""

import base64

import discord

from tap import Chapter, check, equal

chapter = Chapter()


@chapter.step("options of every kind arrive, resolved")
async def every_kind(story):
    role = await story.control.post(f"/guilds/{story.guild}/roles", {"name": "Understudy", "mentionable": True})
    role = role["id"]
    interaction, given = await story.slash(
        "options",
        {"text": "hello", "whole": 42, "number": 2.5, "flag": True, "mood": "calm", "user": story.members["Mia"],
         "member": story.members["Ada"], "role": role, "channel": story.channels["stage"], "mentionable": role},
    )
    equal((given["text"], given["whole"], given["number"], given["flag"]), ("hello", 42, 2.5, True), "plain values")
    equal((given["mood"].name, given["mood"].value), ("Calm", "calm"), "a choice")
    equal((given["user"].display_name, str(given["user"].id)), ("Mia", story.members["Mia"]), "a user")
    check(isinstance(given["member"], discord.Member), "a member", given["member"])
    check("Admin" in [one.name for one in given["member"].roles], "the member's roles", given["member"].roles)
    check(given["member"].resolved_permissions.administrator, "the member's permissions here",
          given["member"].resolved_permissions)
    equal((str(given["role"].id), given["role"].name), (role, "Understudy"), "a role")
    equal((str(given["channel"].id), given["channel"].name), (story.channels["stage"], "stage"), "a channel")
    check(isinstance(given["mentionable"], discord.Role), "a role as mentionable", given["mentionable"])
    equal(given["missing"], None, "an option that was left out")
    await interaction.response.send_message("All there.")


@chapter.step("the interaction says who, where and in which language")
async def circumstances(story):
    interaction, _ = await story.slash("plain", user="Mia", channel="stage")
    equal((interaction.user.display_name, interaction.locale), ("Mia", discord.Locale.german), "the member and her locale")
    check(isinstance(interaction.user, discord.Member), "a member", interaction.user)
    equal((interaction.guild_id, str(interaction.channel_id)), (int(story.guild), story.channels["stage"]), "where")
    equal(interaction.channel.name, "stage", "the channel")
    check(interaction.app_permissions.send_messages, "the bot's permissions", interaction.app_permissions)
    check(interaction.permissions.send_messages, "the member's permissions", interaction.permissions)
    check(interaction.context.guild, "the guild as context", interaction.context)
    check(interaction.is_guild_integration(), "a guild install", interaction)
    check(not interaction.is_expired(), "15 minutes to go", interaction.expires_at)
    await interaction.response.send_message("Guten Abend.")


@chapter.step("an attached file can be downloaded")
async def attachment(story):
    text = "To be, or not to be".encode()
    file = {"filename": "part one.txt", "content_type": "text/plain", "base64": base64.b64encode(text).decode()}
    interaction, given = await story.slash("upload", {"file": file})
    equal((given["file"].size, given["file"].content_type), (len(text), "text/plain"), "the attachment")
    equal(await given["file"].read(), text, "its content")
    await interaction.response.send_message("Read.")


@chapter.step("a subcommand in a group is found")
async def subcommand(story):
    interaction, given = await story.slash("cast member add", {"name": "Ophelia"})
    equal(given["name"], "Ophelia", "its option")
    equal(interaction.command.qualified_name, "cast member add", "its full name")
    await interaction.response.send_message("Welcome, Ophelia.")


@chapter.step("what is being typed is completed")
async def autocomplete(story):
    number = await story.control.act(
        "autocomplete", user=story.members["Max"], channel=story.channels["general"], app=story.app,
        command="complete", options={"word": "ap", "other": 7}, focused="word",
    )
    _, given = await story.bot.interaction(number)
    equal((given["current"], given["other"]), ("ap", 7), "what was typed, and the other option")
    outcome = await story.control.outcome(number, "answered")
    choices = [(choice["name"], choice["value"]) for choice in outcome["choices"]]
    equal(choices, [("Apple", "apple"), ("Apricot", "apricot")], "the choices")
