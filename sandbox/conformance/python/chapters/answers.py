"""Answering commands: at once, later, further, to one member alone; menus of members and messages."""

import io

import discord

from tap import Chapter, check, equal, refused

chapter = Chapter()


@chapter.step("a command is answered at once")
async def at_once(story):
    interaction, _ = await story.slash("plain")
    answer = await interaction.response.send_message("Hello, Max!")
    outcome = await story.control.outcome(interaction.id, "answered")
    equal((outcome["status"], outcome["original"]["content"]), ("answered", "Hello, Max!"), "what Max sees")
    equal(str(answer.message_id), outcome["original"]["id"], "the message's id in the callback's answer")
    original = await interaction.original_response()
    equal((original.id, original.content), (answer.message_id, "Hello, Max!"), "the original")
    equal(original.author.id, story.bot.user.id, "its author")
    equal(original.interaction_metadata.user.display_name, "Max", "who asked for it")


@chapter.step("an answer is edited and deleted")
async def edited(story):
    interaction, _ = await story.slash("plain")
    await interaction.response.send_message("One.")
    changed = await interaction.edit_original_response(content="Two.", embed=discord.Embed(title="Act II"))
    equal((changed.content, changed.embeds[0].title), ("Two.", "Act II"), "after the edit")
    check(changed.edited_at is not None, "a time of the edit", changed.edited_at)
    await interaction.delete_original_response()
    equal(await story.seen_by("Max", changed.id), None, "after the deletion")
    await refused(interaction.original_response(), discord.NotFound, 10008, "the deleted original")


@chapter.step("a deferred answer is edited, followed up, and the follow-up edited and deleted")
async def deferred(story):
    interaction, _ = await story.slash("plain")
    await interaction.response.defer(thinking=True)
    outcome = await story.control.outcome(interaction.id, "acknowledged")
    equal((outcome["status"], outcome["callback_type"]), ("acknowledged", 5), "while it thinks")
    check(outcome["original"]["flags"] & 128, "a loading message", outcome["original"])
    await interaction.edit_original_response(content="I have thought.")
    outcome = await story.control.outcome(interaction.id, "answered")
    equal(outcome["original"]["content"], "I have thought.", "the answer")
    check(not outcome["original"]["flags"] & 128, "no loading any more", outcome["original"])
    more = await interaction.followup.send("And further.", wait=True)
    outcome = await story.control.outcome(interaction.id, "answered")
    equal([one["content"] for one in outcome["followups"]], ["And further."], "the follow-up")
    changed = await more.edit(content="And even further.")
    equal(changed.content, "And even further.", "the edited follow-up")
    equal((await interaction.followup.fetch_message(more.id)).content, changed.content, "the fetched follow-up")
    await more.delete()
    equal(await story.seen_by("Max", more.id), None, "the deleted follow-up")


@chapter.step("a follow-up to a deferred answer takes its place")
async def first_followup(story):
    interaction, _ = await story.slash("plain")
    await interaction.response.defer(thinking=True)
    first = await interaction.followup.send("In its place.", wait=True)
    original = await interaction.original_response()
    equal((original.id, original.content), (first.id, "In its place."), "the original")


@chapter.step("an ephemeral answer is seen by its member alone")
async def ephemeral(story):
    interaction, _ = await story.slash("plain")
    answer = await interaction.response.send_message("Just for you.", ephemeral=True)
    for_max = await story.seen_by("Max", answer.message_id)
    check(for_max is not None and for_max["ephemeral"], "Max sees it", for_max)
    equal(for_max["flags"] & 64, 64, "its flag")
    equal(await story.seen_by("Mia", answer.message_id), None, "what Mia sees of it")
    await refused(story.general.fetch_message(answer.message_id), discord.NotFound, 10008, "fetching it")


@chapter.step("a deferred ephemeral answer stays ephemeral")
async def deferred_ephemeral(story):
    interaction, _ = await story.slash("plain")
    await interaction.response.defer(thinking=True, ephemeral=True)
    await interaction.edit_original_response(content="Psst.")
    outcome = await story.control.outcome(interaction.id, "answered")
    number = outcome["original"]["id"]
    equal((await story.seen_by("Max", number))["content"], "Psst.", "what Max sees")
    equal(await story.seen_by("Mia", number), None, "what Mia sees")
    more = await interaction.followup.send("And psst again.", ephemeral=True, wait=True)
    check(more.flags.ephemeral, "an ephemeral follow-up", more.flags)
    equal(await story.seen_by("Mia", more.id), None, "what Mia sees of the follow-up")


@chapter.step("a follow-up may be ephemeral after a public answer")
async def mixed(story):
    interaction, _ = await story.slash("plain")
    answer = await interaction.response.send_message("For all.")
    secret = await interaction.followup.send("For one.", ephemeral=True, wait=True)
    check(await story.seen_by("Mia", answer.message_id), "Mia sees the answer")
    equal(await story.seen_by("Mia", secret.id), None, "what Mia sees of the follow-up")
    check(await story.seen_by("Max", secret.id), "Max sees the follow-up")


@chapter.step("an answer carries files")
async def files(story):
    interaction, _ = await story.slash("plain")
    await interaction.response.send_message("A script.", file=discord.File(io.BytesIO(b"Enter Hamlet."), "act1.txt"))
    original = await interaction.original_response()
    equal([one.filename for one in original.attachments], ["act1.txt"], "its attachments")
    equal(await original.attachments[0].read(), b"Enter Hamlet.", "the file")


@chapter.step("a member's menu is used")
async def user_menu(story):
    number = await story.control.act("menu", user=story.members["Max"], channel=story.channels["general"],
                                     command="Who is this", target=story.members["Ada"])
    interaction, given = await story.bot.interaction(number)
    check(isinstance(given["target"], discord.Member), "a member", given["target"])
    equal(given["target"].display_name, "Ada", "the target")
    await interaction.response.send_message("Ada, of course.", ephemeral=True)


@chapter.step("a message's menu is used, and shows the message's content")
async def message_menu(story):
    said = await story.say("All the world's a stage")
    number = await story.control.act("menu", user=story.members["Mia"], channel=story.channels["general"],
                                     command="Quote", target=str(said))
    interaction, given = await story.bot.interaction(number)
    equal((given["target"].id, given["target"].author.display_name), (said, "Max"), "the target")
    equal(given["target"].content, "All the world's a stage", "its content, whatever the intents")
    await interaction.response.send_message("Quoted.")
