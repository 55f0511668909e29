"""Direct messages, threads and forums."""

import discord

from tap import Chapter, check, equal, refused

chapter = Chapter()


@chapter.step("a direct message is sent to a member, who answers")
async def direct(story):
    mia = await story.bot.fetch_user(int(story.members["Mia"]))
    message = await mia.send("Between us.")
    equal(message.channel.type, discord.ChannelType.private, "the channel")
    equal((await mia.create_dm()).id, message.channel.id, "the channel again")
    equal((await story.seen_by("Mia", message.id, str(message.channel.id)))["content"], "Between us.", "what Mia sees")
    arrives = story.bot.expect("message", lambda one: one.guild is None and one.author.id == mia.id)
    await story.say("Indeed.", user="Mia", channel=str(message.channel.id))
    equal((await arrives).content, "Indeed.", "the answer, readable without the intent")
    story.direct = message.channel


@chapter.step("a command is used in a direct message")
async def direct_command(story):
    interaction, _ = await story.slash("plain", user="Mia", channel=str(story.direct.id))
    equal((interaction.guild_id, interaction.user.display_name), (None, "Mia"), "no guild, and a user")
    check(isinstance(interaction.user, discord.User), "a user, no member", interaction.user)
    check(interaction.context.dm_channel, "the bot's direct messages as context", interaction.context)
    answer = await interaction.response.send_message("Quietly.")
    seen = await story.seen_by("Mia", answer.message_id, str(story.direct.id))
    equal(seen["content"], "Quietly.", "what Mia sees")


@chapter.step("a thread is started from a message")
async def from_message(story):
    message = await story.general.send("Let's take this aside.")
    created = story.bot.expect("thread_create")
    thread = await message.create_thread(name="Aside", auto_archive_duration=60)
    equal((await created).id, thread.id, "the thread that the gateway tells of")
    equal((thread.id, thread.name, thread.parent_id), (message.id, "Aside", story.general.id), "the thread")
    equal(thread.type, discord.ChannelType.public_thread, "its type")
    said = await thread.send("Here we are.")
    equal([one.id async for one in thread.history(limit=1)], [said.id], "its history")
    check((await message.fetch()).flags.has_thread, "the message's flag")
    await refused(message.create_thread(name="Again"), discord.HTTPException, 160004, "a second thread of it")
    story.thread = thread


@chapter.step("a thread is started without a message; a member is added and removed")
async def without_message(story):
    thread = await story.general.create_thread(name="Behind the curtain", type=discord.ChannelType.private_thread,
                                               invitable=False)
    equal((thread.type, thread.invitable), (discord.ChannelType.private_thread, False), "a private thread")
    mia = discord.Object(int(story.members["Mia"]))
    await thread.add_user(mia)
    members = {member.id for member in await thread.fetch_members()}
    equal(members, {story.bot.user.id, mia.id}, "its members")
    await thread.remove_user(mia)
    equal(len(await thread.fetch_members()), 1, "members after removing one")
    await thread.delete()


@chapter.step("active threads are listed, one is archived, listed as such, and reopened")
async def archive(story):
    active = await story.place.active_threads()
    check(story.thread.id in [one.id for one in active], "the thread among the active", active)
    changed = await story.thread.edit(archived=True, name="Aside no more")
    equal((changed.archived, changed.name), (True, "Aside no more"), "the archived thread")
    archived = [one.id async for one in story.general.archived_threads(limit=10)]
    check(story.thread.id in archived, "the thread among the archived", archived)
    story.thread = await changed.edit(archived=False, slowmode_delay=5)
    equal((story.thread.archived, story.thread.slowmode_delay), (False, 5), "the reopened thread")
    await story.thread.leave()
    await story.thread.join()


@chapter.step("a command is used in a thread")
async def thread_command(story):
    interaction, _ = await story.slash("plain", channel=str(story.thread.id))
    check(isinstance(interaction.channel, discord.Thread), "a thread", interaction.channel)
    await interaction.response.send_message("In the aside.")
    outcome = await story.control.outcome(interaction.id, "answered")
    equal(outcome["original"]["channel_id"], str(story.thread.id), "where the answer is")


@chapter.step("a forum is made, and a post in it")
async def forum(story):
    forum = await story.place.create_forum("plays", topic="What we play",
                                           available_tags=[discord.ForumTag(name="Comedy", emoji="\N{PERFORMING ARTS}")])
    equal((forum.type, forum.topic), (discord.ChannelType.forum, "What we play"), "the forum")
    tag = forum.available_tags[0]
    equal(tag.name, "Comedy", "its tag")
    post = await forum.create_thread(name="Twelfth Night", content="If music be the food of love …", applied_tags=[tag])
    equal((post.thread.parent_id, post.message.id), (forum.id, post.thread.id), "the post and its message")
    equal([one.id for one in post.thread.applied_tags], [tag.id], "its tags")
    await forum.delete()
