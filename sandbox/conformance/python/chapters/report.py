"""What the sandbox says of it all."""

from tap import Chapter, equal

chapter = Chapter()


@chapter.step("no request was unknown to the sandbox")
async def unknown(story):
    listed = await story.control.get("/requests/unknown")
    equal([(one.get("method"), one.get("path")) for one in listed], [], "unknown requests")
    equal((await story.control.get("/report"))["unknown"], 0, "how many")


@chapter.step("no request violated Discord's OpenAPI file")
async def violations(story):
    listed = await story.control.get("/requests/violations")
    # What the sandbox refused was wrong on purpose; what it took must be right.
    taken = [(one["method"], one["path"], one["violations"]) for one in listed if one["status"] != 400]
    equal(taken, [], "violations in what was not refused")
