#!/usr/bin/env python3
"""The conformance story, told with discord.py: story.py http://127.0.0.1:PORT"""

import asyncio
import logging
import sys

import aiohttp
import discord
import yarl

from chapters import (answers, commands, components, connect, errors, gateway, guild, limits, messages,
                      money, options, places, report, webhooks)
from control import Control
from stage import Stage
from tap import play

TOTAL_SECONDS = 300
CHAPTERS = [connect, commands, options, answers, components, messages, places, webhooks, guild, money,
            errors, limits, gateway, report]


def point_at(url):
    """Has discord.py talk to the sandbox in place of Discord."""
    discord.http.Route.BASE = f"{url}/api/v10"
    discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(url.replace("http", "ws", 1) + "/")


async def tell(url):
    """Plays all chapters; says whether all went well."""
    point_at(url)
    async with aiohttp.ClientSession() as session:
        try:
            stage = await Stage.build(Control(session, url))
        except aiohttp.ClientConnectionError:
            sys.exit(f"no sandbox answers at {url}; start one with `troupe-sandbox serve`")
        try:
            return await asyncio.wait_for(play([chapter.chapter for chapter in CHAPTERS], stage), TOTAL_SECONDS)
        except asyncio.TimeoutError:
            print(f"Bail out! The story took more than {TOTAL_SECONDS} s.", flush=True)
            return False
        finally:
            await stage.leave()


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: story.py http://127.0.0.1:PORT (what `troupe-sandbox serve` prints)")
    # The library's own account of what it meets, for whoever reads a failure; never on standard output.
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING)
    sys.exit(0 if asyncio.run(tell(sys.argv[1].rstrip("/"))) else 1)


if __name__ == "__main__":
    main()
