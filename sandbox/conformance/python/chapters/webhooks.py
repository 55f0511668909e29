"""Webhooks: made, posted through, changed and removed; in threads too."""

import io

import discord

from tap import Chapter, check, equal, refused

chapter = Chapter()


@chapter.step("a webhook is made, and listed")
async def made(story):
    told = story.bot.expect("webhooks_update")
    story.hook = await story.general.create_webhook(name="Hamlet")
    equal((await told).id, story.general.id, "the channel that the gateway tells of")
    check(story.hook.token, "a token")
    equal((story.hook.name, story.hook.channel_id), ("Hamlet", story.general.id), "the webhook")
    equal(story.hook.user.id, story.bot.user.id, "who made it")
    check(story.hook.id in [one.id for one in await story.general.webhooks()], "it among the channel's")
    check(story.hook.id in [one.id for one in await story.place.webhooks()], "it among the guild's")
    equal((await story.bot.fetch_webhook(story.hook.id)).name, "Hamlet", "the webhook by id")


@chapter.step("a webhook posts under any name, and its message is fetched, edited and deleted")
async def post(story):
    arrives = story.bot.expect("message", lambda one: one.webhook_id == story.hook.id)
    message = await story.hook.send("Words, words, words.", username="The Prince", wait=True,
                                    avatar_url="https://example.com/prince.png")
    equal((await arrives).id, message.id, "the message that the gateway tells of")
    equal((message.content, message.author.name), ("Words, words, words.", "The Prince"), "the message")
    seen = await story.seen_by("Mia", message.id)
    equal((seen["author"]["username"], seen["webhook_id"]), ("The Prince", str(story.hook.id)), "what Mia sees")
    changed = await story.hook.edit_message(message.id, content="Silence.", embed=discord.Embed(title="Exit"))
    equal((changed.content, changed.embeds[0].title), ("Silence.", "Exit"), "after the edit")
    equal((await story.hook.fetch_message(message.id)).content, "Silence.", "the fetched message")
    await story.hook.delete_message(message.id)
    await refused(story.hook.fetch_message(message.id), discord.NotFound, 10008, "the deleted message")


@chapter.step("a webhook posts without waiting, with a file, and with components of its application")
async def more(story):
    arrives = story.bot.expect("message", lambda one: one.webhook_id == story.hook.id)
    equal(await story.hook.send("Unattended."), None, "the answer without wait")
    seen = await story.seen_by("Mia", (await arrives).id)
    equal(seen["content"], "Unattended.", "the message all the same")
    message = await story.hook.send(file=discord.File(io.BytesIO(b"skull"), "yorick.txt"), wait=True)
    equal(await message.attachments[0].read(), b"skull", "the file")
    view = discord.ui.View(timeout=60)
    button = discord.ui.Button(label="Again", custom_id="again")

    async def again(interaction):
        await story.bot.hear(interaction)

    button.callback = again
    view.add_item(button)
    message = await story.hook.send("Shall I?", view=view, wait=True)
    interaction, _ = await story.press(message, "again")
    await interaction.response.edit_message(content="Again it is.", view=None)
    equal((await story.seen_by("Max", message.id))["content"], "Again it is.", "the message")


@chapter.step("a webhook posts into a thread, and edits there")
async def in_thread(story):
    message = await story.hook.send("Aside, too.", thread=story.thread, wait=True)
    equal(message.channel.id, story.thread.id, "where it is")
    changed = await message.edit(content="Aside still.")
    equal(changed.content, "Aside still.", "after the edit")
    await message.delete()


@chapter.step("a webhook is used by its address alone")
async def by_address(story):
    url = f"https://discord.com/api/webhooks/{story.hook.id}/{story.hook.token}"
    alone = discord.Webhook.from_url(url, session=story.control.session)
    message = await alone.send("By the back door.", wait=True)
    equal((await alone.fetch()).channel_id, story.general.id, "its channel")
    await alone.delete_message(message.id)


@chapter.step("a webhook is renamed, moved and deleted; a forbidden name is refused")
async def ends(story):
    changed = await story.hook.edit(name="Laertes", channel=story.channel("stage"))
    equal((changed.name, changed.channel_id), ("Laertes", story.channel("stage").id), "the changed webhook")
    await refused(story.general.create_webhook(name="Not Clyde"), discord.HTTPException, 50035, "a forbidden name")
    await changed.delete()
    await refused(story.bot.fetch_webhook(changed.id), discord.NotFound, 10015, "the deleted webhook")
    await refused(story.hook.send("Gone."), discord.NotFound, 10015, "posting through it")
