"""Buttons, menus and modals, and layouts made of components alone."""

import discord

from bot import Controls, Form
from tap import Chapter, check, equal, refused

chapter = Chapter()


async def shown(story):
    """A message with the controls, as an answer to Max."""
    interaction, _ = await story.slash("plain")
    await interaction.response.send_message("Choose.", view=Controls(story.bot))
    return await interaction.original_response()


@chapter.step("a button updates its message")
async def button(story):
    message = await shown(story)
    interaction, given = await story.press(message, "next")
    equal(given["label"], "Next", "the button")
    equal(interaction.message.id, message.id, "the message it is on")
    await interaction.response.edit_message(content="Page 2.", view=None)
    outcome = await story.control.outcome(interaction.id, "answered")
    equal(outcome["callback_type"], 7, "the callback")
    now = await story.seen_by("Mia", message.id)
    equal((now["content"], now["components"]), ("Page 2.", []), "the message")


@chapter.step("a button defers, and its message is edited later")
async def deferred_update(story):
    message = await shown(story)
    interaction, _ = await story.press(message, "later")
    await interaction.response.defer()
    outcome = await story.control.outcome(interaction.id, "acknowledged")
    equal(outcome["callback_type"], 6, "the callback")
    await interaction.edit_original_response(content="Done at last.")
    equal((await story.seen_by("Max", message.id))["content"], "Done at last.", "the message")
    more = await interaction.followup.send("And a word on it.", wait=True)
    equal((await story.seen_by("Mia", more.id))["content"], "And a word on it.", "the follow-up")


@chapter.step("a button answers with a message of its own")
async def button_reply(story):
    message = await shown(story)
    interaction, _ = await story.press(message, "next", user="Mia")
    await interaction.response.send_message("Only Mia reads this.", ephemeral=True)
    answer = await interaction.original_response()
    check(answer.id != message.id, "another message than the button's", answer.id)
    equal(await story.seen_by("Max", answer.id), None, "what Max sees")


@chapter.step("a menu of words is chosen from")
async def words(story):
    message = await shown(story)
    interaction, given = await story.press(message, "mood", values=["calm", "sad"])
    equal(given["values"], ["calm", "sad"], "the values")
    await interaction.response.edit_message(content="Calm and sad.")
    equal((await story.seen_by("Max", message.id))["content"], "Calm and sad.", "the message")


@chapter.step("menus of members, roles and channels are chosen from")
async def entities(story):
    message = await shown(story)
    interaction, given = await story.press(message, "who", values=[story.members["Ada"], story.members["Mia"]])
    equal(sorted(one.display_name for one in given["values"]), ["Ada", "Mia"], "members")
    await interaction.response.defer()
    admin = next(str(role.id) for role in story.place.roles if role.name == "Admin")
    interaction, given = await story.press(message, "role", values=[admin])
    equal([role.name for role in given["values"]], ["Admin"], "roles")
    await interaction.response.defer()
    interaction, given = await story.press(message, "where", values=[story.channels["stage"]])
    equal([channel.name for channel in given["values"]], ["stage"], "channels")
    await interaction.response.defer()


@chapter.step("a modal is opened by a command, filled in and answered")
async def modal(story):
    opening, _ = await story.slash("plain")
    await opening.response.send_modal(Form(story.bot))
    outcome = await story.control.outcome(opening.id, "answered")
    equal(outcome["modal"]["title"], "A new character", "the modal that Max sees")
    number = await story.control.act("submit", interaction=str(opening.id), fields={"name": "Yorick"})
    interaction, given = await story.bot.interaction(number)
    equal((given["name"], given["about"]), ("Yorick", ""), "what was filled in")
    await interaction.response.send_message("Alas, poor Yorick!")
    outcome = await story.control.outcome(number, "answered")
    equal(outcome["original"]["content"], "Alas, poor Yorick!", "the answer")


@chapter.step("a modal that a button opened updates the button's message")
async def modal_of_button(story):
    message = await shown(story)
    opening, _ = await story.press(message, "next")
    await opening.response.send_modal(Form(story.bot))
    number = await story.control.act("submit", interaction=str(opening.id),
                                     fields={"name": "Portia", "about": "A lawyer\nof a kind"})
    interaction, given = await story.bot.interaction(number)
    equal(given["about"], "A lawyer\nof a kind", "a paragraph")
    equal(interaction.message.id, message.id, "the message below the modal")
    await interaction.response.edit_message(content="Portia it is.")
    equal((await story.seen_by("Mia", message.id))["content"], "Portia it is.", "the message")


@chapter.step("a layout of components alone is sent and used")
async def layout(story):
    view = discord.ui.LayoutView(timeout=60)
    pressed = discord.ui.Button(label="Bow", custom_id="bow")

    async def bow(interaction):
        await story.bot.hear(interaction)

    pressed.callback = bow
    view.add_item(discord.ui.Container(
        discord.ui.TextDisplay("# Curtain call"),
        discord.ui.Separator(),
        discord.ui.Section("Take a bow.", accessory=pressed),
        accent_colour=discord.Colour.red(),
    ))
    message = await story.general.send(view=view)
    check(message.flags.components_v2, "the flag of such a message", message.flags)
    equal(message.components[0].type, discord.ComponentType.container, "its first component")
    interaction, _ = await story.press(message, "bow")
    await interaction.response.send_message("Applause.", ephemeral=True)
    await refused(message.edit(content="Text"), discord.HTTPException, 50035, "giving it content")
