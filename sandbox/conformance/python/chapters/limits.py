"""Rate limits, met by the library's own limiter; and what it tries again."""

import asyncio

import aiohttp

from tap import Chapter, check, comment, equal

chapter = Chapter()


async def limited(story):
    """How many requests the sandbox has answered with 429 so far."""
    return (await story.control.get("/report"))["rate_limited"]


@chapter.step("seven messages at once all arrive, paced by the library")
async def burst(story):
    place = story.channel("off-topic")
    before = await limited(story)
    sent = await asyncio.gather(*(place.send(f"Burst {number}") for number in range(7)))
    seen = await story.control.seen(story.channels["off-topic"], story.members["Max"])
    # The library lets the messages overtake each other; it is their number that counts.
    contents = sorted(one["content"] for one in seen[-7:])
    equal(contents, [f"Burst {number}" for number in range(7)], "what Max sees")
    equal(len({message.id for message in sent}), 7, "as many messages")
    comment(f"the sandbox sent {await limited(story) - before} times 429")


@chapter.step("a 429 is waited out: another process used the channel's bucket up")
async def used_up(story):
    url = f"{story.control.url}/api/v10/channels/{story.channels['off-topic']}/messages"
    headers = {"Authorization": f"Bot {story.token}"}
    for number in range(12):
        async with story.control.session.post(url, headers=headers, json={"content": f"Raw {number}"}) as answer:
            body = await answer.json()
            if answer.status == 429:
                break
    equal(answer.status, 429, "the status in the end")
    check(body["retry_after"] > 0 and body["global"] is False, "Discord's body", body)
    check(float(answer.headers["Retry-After"]) > 0, "Retry-After", answer.headers)
    equal((answer.headers["X-RateLimit-Remaining"], answer.headers["X-RateLimit-Scope"]), ("0", "user"), "headers")
    for name in ("Limit", "Reset", "Reset-After", "Bucket"):
        check(f"X-RateLimit-{name}" in answer.headers, f"X-RateLimit-{name}", answer.headers)
    message = await story.channel("off-topic").send("After the wait.")
    equal(message.content, "After the wait.", "the message")


@chapter.step("a 429 for all routes is waited out")
async def everywhere(story):
    await story.control.post("/faults", {"times": 1, "route": "/users/@me", "effect": {
        "kind": "rate_limit", "retry_after_ms": 300, "scope": "global"}})
    before = await limited(story)
    equal((await story.bot.http.get_user("@me"))["id"], story.app, "the bot, in the end")
    equal(await limited(story) - before, 1, "429s sent")


@chapter.step("a 502 is tried again")
async def bad_gateway(story):
    await story.control.post("/faults", {"times": 1, "method": "GET", "route": "/channels/{}", "effect": {
        "kind": "status", "status": 502, "body": "html"}})
    channel = await story.bot.fetch_channel(story.general.id)
    equal(channel.name, "general", "the channel, in the end")


@chapter.step("a connection reset on the way is tried again, or told")
async def reset(story):
    await story.control.post("/faults", {"times": 1, "method": "GET", "route": "/channels/{}", "effect": {"kind": "reset"}})
    try:
        channel = await story.bot.fetch_channel(story.general.id)
        equal(channel.name, "general", "the channel, in the end")
    except aiohttp.ClientError:
        pass
    equal((await story.bot.fetch_channel(story.general.id)).name, "general", "the channel afterwards")
