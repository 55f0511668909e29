"""Messages in a channel: written, read, changed, removed; files, embeds, reactions, mentions."""

import io

import discord

from tap import Chapter, check, equal, refused

chapter = Chapter()


@chapter.step("a message is sent, fetched, edited and deleted, and the gateway tells of each")
async def life(story):
    created = story.bot.expect("message", lambda message: message.content == "A line.")
    message = await story.general.send("A line.")
    equal((await created).id, message.id, "the message created")
    fetched = await story.general.fetch_message(message.id)
    equal((fetched.content, fetched.author.id), ("A line.", story.bot.user.id), "the message fetched")
    changed = story.bot.expect("message_edit", lambda before, after: after.id == message.id)
    await message.edit(content="Another line.")
    before, after = await changed
    equal((before.content, after.content), ("A line.", "Another line."), "before and after the edit")
    check(after.edited_at is not None, "a time of the edit", after.edited_at)
    gone = story.bot.expect("message_delete", lambda one: one.id == message.id)
    await message.delete()
    await gone
    await refused(message.fetch(), discord.NotFound, 10008, "the deleted message")


@chapter.step("a member's message arrives blank, unless it names the bot")
async def blank(story):
    arrives = story.bot.expect("message", lambda message: message.author.display_name == "Max")
    await story.say("A secret.")
    equal((await arrives).content, "", "the content without the intent")
    arrives = story.bot.expect("message", lambda message: message.author.display_name == "Max")
    await story.say(f"<@{story.bot.user.id}> a question!")
    message = await arrives
    equal(message.content, f"<@{story.bot.user.id}> a question!", "the content of what names the bot")
    check(story.bot.user in message.mentions, "the bot among the mentions", message.mentions)


@chapter.step("a reply names what it answers")
async def reply(story):
    said = await story.say("Who's there?")
    asked = await story.general.fetch_message(said)
    answer = await asked.reply("Nay, answer me.")
    equal(answer.type, discord.MessageType.reply, "its type")
    equal((answer.reference.message_id, answer.reference.resolved.author.display_name), (said, "Max"), "what it answers")
    missing = discord.MessageReference(message_id=int(story.guild), channel_id=story.general.id)
    await refused(story.general.send("?", reference=missing), discord.HTTPException, 50035, "answering nothing")


@chapter.step("history is paged in both directions")
async def history(story):
    place = story.channel("off-topic")
    sent = [await place.send(f"Line {number}") for number in range(1, 6)]
    newest = [message.content async for message in place.history(limit=3)]
    equal(newest, ["Line 5", "Line 4", "Line 3"], "the newest three")
    older = [message.content async for message in place.history(limit=2, before=sent[2])]
    equal(older, ["Line 2", "Line 1"], "before the third")
    newer = [message.content async for message in place.history(limit=10, after=sent[2], oldest_first=True)]
    equal(newer, ["Line 4", "Line 5"], "after the third")
    around = sorted([message.content async for message in place.history(limit=3, around=sent[2])])
    equal(around, ["Line 2", "Line 3", "Line 4"], "around the third")


@chapter.step("messages are deleted in bulk")
async def bulk(story):
    place = story.channel("off-topic")
    lines = [message async for message in place.history(limit=5)]
    gone = story.bot.expect("bulk_message_delete", lambda messages: len(messages) == 3)
    await place.delete_messages(lines[:3])
    equal({message.id for message in await gone}, {message.id for message in lines[:3]}, "what the gateway tells")
    left = [message.id async for message in place.history(limit=10)]
    equal(left[:2], [lines[3].id, lines[4].id], "what is left")


@chapter.step("a message is pinned, listed and unpinned")
async def pins(story):
    message = await story.general.send("Remember me.")
    await message.pin()
    pinned = [one.id async for one in story.general.pins()]
    check(message.id in pinned, "the message among the pins", pinned)
    await message.unpin()
    pinned = [one.id async for one in story.general.pins()]
    check(message.id not in pinned, "the message among the pins no more", pinned)


@chapter.step("embeds are kept")
async def embeds(story):
    embed = discord.Embed(title="Act I", description="A castle", url="https://example.com/act", colour=0xAA3355)
    embed.add_field(name="Place", value="Elsinore", inline=False).set_footer(text="Scene 1")
    embed.set_author(name="W. S.").set_image(url="https://example.com/castle.png")
    message = await story.general.send(embed=embed)
    seen = (await story.general.fetch_message(message.id)).embeds[0]
    equal((seen.title, seen.description, seen.url, seen.type), (embed.title, "A castle", embed.url, "rich"), "the embed")
    equal((seen.fields[0].name, seen.fields[0].value, seen.fields[0].inline), ("Place", "Elsinore", False), "a field")
    equal((seen.footer.text, seen.author.name, seen.colour.value), ("Scene 1", "W. S.", 0xAA3355), "the rest")
    equal(seen.image.url, "https://example.com/castle.png", "the image")


@chapter.step("files are uploaded, downloaded and taken off again")
async def files(story):
    binary = bytes(range(256)) * 40
    files = [discord.File(io.BytesIO(binary), "data.bin", description="Bytes"),
             discord.File(io.BytesIO("Grüße".encode()), "grüße.txt")]
    message = await story.general.send("Two files.", files=files)
    equal([len(message.attachments), message.attachments[0].size], [2, len(binary)], "the attachments")
    equal(message.attachments[0].description, "Bytes", "a description")
    equal(await message.attachments[0].read(), binary, "the first file")
    equal((await message.attachments[1].read()).decode(), "Grüße", "the second file")
    less = await message.edit(attachments=[message.attachments[0]])
    equal([one.filename for one in less.attachments], ["data.bin"], "after taking one off")
    more = await message.add_files(discord.File(io.BytesIO(b"new"), "new.txt"))
    equal([one.filename for one in more.attachments], ["data.bin", "new.txt"], "after adding one")


@chapter.step("reactions are added, listed and removed")
async def reactions(story):
    message = await story.general.send("Applause?")
    await message.add_reaction("\N{CLAPPING HANDS SIGN}")
    added = story.bot.expect("raw_reaction_add", lambda event: event.message_id == message.id
                             and str(event.user_id) == story.members["Mia"])
    await story.control.act("react", user=story.members["Mia"], channel=story.channels["general"],
                            message=str(message.id), emoji="\N{CLAPPING HANDS SIGN}")
    event = await added
    equal((str(event.emoji), event.member.display_name), ("\N{CLAPPING HANDS SIGN}", "Mia"), "what the gateway tells")
    reaction = (await message.fetch()).reactions[0]
    equal((reaction.count, reaction.me), (2, True), "the reaction")
    equal(sorted([user.display_name async for user in reaction.users()]), ["Conformance", "Mia"], "who reacted")
    removed = story.bot.expect("raw_reaction_remove", lambda event: event.message_id == message.id)
    await message.remove_reaction("\N{CLAPPING HANDS SIGN}", story.bot.user)
    equal((await removed).user_id, story.bot.user.id, "whose reaction was removed")
    await message.remove_reaction("\N{CLAPPING HANDS SIGN}", discord.Object(int(story.members["Mia"])))
    await message.add_reaction("\N{FIRE}")
    await message.clear_reactions()
    equal((await message.fetch()).reactions, [], "what is left")


@chapter.step("only whom allowed mentions let through is pinged")
async def mentions(story):
    mia, ada = story.members["Mia"], story.members["Ada"]
    text = f"<@{mia}> <@{ada}> @everyone"
    message = await story.general.send(text)
    equal((message.mentions, message.mention_everyone), ([], False), "who is pinged by default")
    only = discord.AllowedMentions(everyone=False, roles=False, users=[discord.Object(int(mia))])
    message = await story.general.send(text, allowed_mentions=only)
    equal(([str(user.id) for user in message.mentions], message.mention_everyone), ([mia], False), "pinged by name")
    message = await story.general.send(text, allowed_mentions=discord.AllowedMentions.all())
    equal((len(message.mentions), message.mention_everyone), (2, True), "pinged when all is allowed")
    role = next(role for role in story.place.roles if role.name == "Understudy")
    message = await story.general.send(role.mention, allowed_mentions=discord.AllowedMentions(roles=True))
    equal([one.name for one in message.role_mentions], ["Understudy"], "a role")


@chapter.step("the bot is seen typing")
async def typing(story):
    async with story.general.typing():
        who = await story.control.get(f"/channels/{story.channels['general']}/typing")
    equal([one["user"]["id"] if isinstance(one["user"], dict) else one["user"] for one in who], [story.app], "who types")


@chapter.step("a nonce keeps a message from being sent twice, and silence is kept")
async def nonce(story):
    message = await story.general.send("Once.", nonce="once-and-only", silent=True)
    equal(message.nonce, "once-and-only", "the nonce")
    check(message.flags.silent, "the flag", message.flags)
