"""A gateway that goes away: nothing is lost, or the session begins anew."""

import asyncio

from tap import Chapter, check, equal

chapter = Chapter()


async def all_arrive(story, said):
    """Waits until the bot has seen every message, and says in which order and how often."""
    wanted = set(said)
    for _ in range(200):
        if wanted <= set(story.bot.seen):
            break
        await asyncio.sleep(0.04)
    equal([one for one in story.bot.seen if one in wanted], said, "messages seen, in order, each once")


@chapter.step("a dropped connection is resumed, and no event is lost")
async def dropped(story):
    resumed = story.bot.expect("resumed")
    said = [await story.say("Before.")]
    await story.control.post("/gateway/drop", {"app": story.app})
    said += [await story.say(f"Meanwhile {number}.") for number in range(5)]
    await resumed
    said.append(await story.say("After."))
    await all_arrive(story, said)


@chapter.step("a request to reconnect is followed, and no event is lost")
async def reconnect(story):
    resumed = story.bot.expect("resumed")
    said = [await story.say("Before.")]
    await story.control.post("/gateway/reconnect", {"app": story.app})
    said += [await story.say(f"Meanwhile {number}.") for number in range(5)]
    await resumed
    await all_arrive(story, said)


@chapter.step("a session closed with a code is resumed")
async def closed(story):
    resumed = story.bot.expect("resumed")
    await story.control.post("/gateway/close", {"app": story.app, "code": 4000})
    said = [await story.say("Meanwhile.")]
    await resumed
    await all_arrive(story, said)


@chapter.step("a session that is invalid but resumable is resumed")
async def invalid_resumable(story):
    resumed = story.bot.expect("resumed")
    await story.control.post("/gateway/invalidate", {"app": story.app, "resumable": True})
    said = [await story.say("Meanwhile.")]
    await resumed
    await all_arrive(story, said)


@chapter.step("an invalid session begins anew")
async def invalid(story):
    before = story.bot.ws.session_id
    ready = story.bot.expect("ready", seconds=20)
    await story.control.post("/gateway/invalidate", {"app": story.app, "resumable": False})
    await ready
    check(story.bot.ws.session_id != before, "another session", before)
    equal(story.place.name, "The Playhouse", "the guild")


@chapter.step("a refused resume begins anew")
async def refused(story):
    await story.control.post("/gateway/refuse-resume", {"app": story.app, "on": True})
    ready = story.bot.expect("ready", seconds=20)
    await story.control.post("/gateway/drop", {"app": story.app})
    await ready
    await story.control.post("/gateway/refuse-resume", {"app": story.app, "on": False})


@chapter.step("commands are heard in the new session")
async def works(story):
    interaction, _ = await story.slash("plain")
    await interaction.response.send_message("Here I am again.")
    outcome = await story.control.outcome(interaction.id, "answered")
    equal(outcome["original"]["content"], "Here I am again.", "the answer")
