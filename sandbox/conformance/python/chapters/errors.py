"""Refusals, as the library makes exceptions of them."""

import discord

from tap import Chapter, check, contains, equal, refused

chapter = Chapter()


@chapter.step("50035: content over 2,000 characters")
async def too_long(story):
    error = await refused(story.general.send("x" * 2001), discord.HTTPException, 50035, "2,001 characters")
    equal(error.status, 400, "the status")
    contains(error.text, "In content: Must be 2000 or fewer in length.", "where and what")


@chapter.step("50035: an embed's field without a value, nested as deep as it is")
async def bad_embed(story):
    embed = discord.Embed(title="t" * 257).add_field(name="", value="v")
    error = await refused(story.general.send(embed=embed), discord.HTTPException, 50035, "a bad embed")
    contains(error.text, "In embeds.0.title: Must be 256 or fewer in length.", "the title")
    contains(error.text, "In embeds.0.fields.0.name: This field is required", "the field's name")


@chapter.step("50006: an empty message")
async def empty(story):
    await refused(story.general.send(""), discord.HTTPException, 50006, "an empty message")


@chapter.step("10008: a message that isn't there")
async def unknown_message(story):
    missing = story.general.get_partial_message(int(story.guild))
    for call in (missing.fetch(), missing.edit(content="x"), missing.delete(), missing.add_reaction("\N{FIRE}")):
        error = await refused(call, discord.NotFound, 10008, "an unknown message")
        equal((error.status, error.text), (404, "Unknown Message"), "the error")


@chapter.step("50013 and 50001: a permission and a view that were taken away")
async def forbidden(story):
    stage = story.channel("stage")
    path = f"/channels/{stage.id}/overwrites/{story.app}"
    said = await story.say("Mine.", channel="stage")
    changed = story.bot.expect("guild_channel_update", lambda before, after: after.id == stage.id)
    deny = discord.Permissions(send_messages=True, manage_messages=True)
    await story.control.call("PUT", path, {"allow": "0", "deny": str(deny.value), "member": True})
    await changed
    error = await refused(stage.send("x"), discord.Forbidden, 50013, "writing where that is denied")
    equal((error.status, error.text), (403, "Missing Permissions"), "the error")
    await refused(stage.get_partial_message(said).delete(), discord.Forbidden, 50013, "deleting another's message")
    deny = discord.Permissions(view_channel=True)
    await story.control.call("PUT", path, {"allow": "0", "deny": str(deny.value), "member": True})
    await refused(stage.send("x"), discord.Forbidden, 50001, "writing where nothing is seen")
    await story.control.call("PUT", path, {"allow": "0", "deny": "0", "member": True})
    await stage.send("Back again.")


@chapter.step("50005: another's message can't be edited")
async def not_mine(story):
    said = await story.say("Hands off.")
    await refused(story.general.get_partial_message(said).edit(content="x"), discord.Forbidden, 50005, "editing it")


@chapter.step("40060: an interaction is acknowledged once")
async def twice(story):
    interaction, _ = await story.slash("plain")
    await interaction.response.send_message("Once.")
    interaction.response._response_type = None  # The library itself would not try again.
    error = await refused(interaction.response.send_message("Twice."), discord.HTTPException, 40060, "the second time")
    equal(error.status, 400, "the status")
    outcome = await story.control.outcome(interaction.id, "answered")
    equal(outcome["original"]["content"], "Once.", "what stays")


@chapter.step("10062: an interaction not acknowledged within 3 seconds is gone")
async def too_late(story):
    interaction, _ = await story.slash("plain")
    await story.control.advance(3_100)
    error = await refused(interaction.response.send_message("Late."), discord.NotFound, 10062, "after 3.1 s")
    equal(error.status, 404, "the status")
    outcome = await story.control.outcome(interaction.id, "now")
    equal((outcome["status"], outcome["shown"]), ("failed", "The application did not respond"), "what Max sees")


@chapter.step("50027: an interaction's token ends after 15 minutes")
async def expired(story):
    interaction, _ = await story.slash("plain")
    await interaction.response.send_message("In time.")
    await story.control.advance(14 * 60_000)
    await interaction.edit_original_response(content="Just in time.")
    await story.control.advance(61_000)
    error = await refused(interaction.edit_original_response(content="?"), discord.HTTPException, 50027, "an edit")
    equal(error.status, 401, "the status")
    await refused(interaction.followup.send("?"), discord.HTTPException, 50027, "a follow-up")
    check(not story.bot.is_closed(), "a bot that is still connected")
