"""Steps, what they expect, and their outcome as TAP."""

import asyncio
import traceback

STEP_SECONDS = 30


class Unexpected(Exception):
    """Something else was seen than what was expected."""


def equal(seen, expected, what):
    """`seen` is `expected`."""
    if seen != expected:
        raise Unexpected(f"{what}: expected {expected!r}, saw {seen!r}")


def check(true, what, seen=None):
    """`true` holds; `seen` says what was there instead."""
    if not true:
        raise Unexpected(f"expected {what}, saw {seen!r}")


def contains(seen, expected, what):
    """`expected` is in `seen`."""
    if expected not in seen:
        raise Unexpected(f"{what}: expected {expected!r} in it, saw {seen!r}")


async def refused(call, kind, code, what):
    """`call` is refused with an exception of `kind` that carries Discord's `code`; returns it."""
    try:
        await call
    except kind as error:
        equal(error.code, code, f"{what}: the code in {error}")
        return error
    except Exception as error:
        raise Unexpected(f"{what}: expected {kind.__name__} {code}, saw {error!r}") from error
    raise Unexpected(f"{what}: expected {kind.__name__} {code}, but it was accepted")


class Chapter:
    """The steps of one subject, in the order they were declared."""

    def __init__(self):
        self.steps = []

    def step(self, name, vital=False):
        """Declares a step; when a vital one fails, the story ends."""

        def declare(run):
            self.steps.append((name, run, vital))
            return run

        return declare


def comment(text):
    """Prints a note among the outcomes."""
    for line in str(text).splitlines():
        print(f"# {line}", flush=True)


async def play(chapters, story):
    """Runs every step and prints its outcome; says whether all went well."""
    steps = [step for chapter in chapters for step in chapter.steps]
    print(f"1..{len(steps)}", flush=True)
    failed = 0
    for number, (name, run, vital) in enumerate(steps, 1):
        try:
            await asyncio.wait_for(run(story), STEP_SECONDS)
            print(f"ok {number} - {name}", flush=True)
            continue
        except asyncio.TimeoutError:
            reason = f"expected an end within {STEP_SECONDS} s, or something waited for never came:\n"
            reason += traceback.format_exc(limit=-3)
        except Unexpected as unexpected:
            reason = unexpected
        except Exception:  # A step that breaks is a step that failed; the others still run.
            reason = traceback.format_exc(limit=-6)
        failed += 1
        print(f"not ok {number} - {name}", flush=True)
        comment(reason)
        if vital:
            print("Bail out! Nothing after this step can work.", flush=True)
            return False
    comment(f"{len(steps) - failed} of {len(steps)} steps went well")
    return failed == 0
