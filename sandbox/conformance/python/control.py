"""The sandbox's control API, as a driver of members and a witness of what they see."""

import aiohttp


class Refused(Exception):
    """The control API refused a request."""


class Control:
    """Calls to one sandbox. Ids go in and come out as they are in Discord's JSON: text."""

    def __init__(self, session, url):
        self.session = session
        self.url = url

    async def call(self, method, path, body=None, **query):
        """One request; its JSON answer."""
        query = {name.rstrip("_"): str(value) for name, value in query.items() if value is not None}
        timeout = aiohttp.ClientTimeout(total=20)
        url = f"{self.url}/_sandbox{path}"
        async with self.session.request(method, url, json=body, params=query, timeout=timeout) as answer:
            if answer.status >= 300:
                raise Refused(f"{method} {path} {body}: {answer.status} {await answer.text()}")
            if answer.status == 204:
                return None
            return await answer.json()

    async def get(self, path, **query):
        return await self.call("GET", path, **query)

    async def post(self, path, body=None, **query):
        return await self.call("POST", path, body or {}, **query)

    async def act(self, what, **given):
        """A member acts; the id of the interaction or message that comes of it."""
        given = {name: value for name, value in given.items() if value is not None}
        done = await self.post(f"/act/{what}", given)
        for name in ("interaction", "message"):
            if name in done:
                return done[name]["id"] if isinstance(done[name], dict) else done[name]
        return None

    async def outcome(self, interaction, until):
        """What the member sees of an interaction, once it is `acknowledged`, `answered` or `finished`."""
        return await self.get(f"/interactions/{interaction}", until=until, timeout_ms=8000, quiet_ms=100)

    async def seen(self, channel, viewer):
        """The messages of a channel that a member sees, oldest first."""
        return await self.get(f"/channels/{channel}/messages", as_=viewer, limit=100)

    async def advance(self, milliseconds):
        """Moves the sandbox's clock on."""
        await self.post("/clock", {"advance_ms": milliseconds})
