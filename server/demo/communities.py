"""The two communities of the demo: made once, then run until one of them ends."""
from __future__ import annotations

import asyncio
import time
from asyncio.subprocess import Process
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from server.commands.output import Failed, Output
from server.demo import crossing, place, processes
from server.demo.caring import care
from server.demo.desk import desk
from server.demo.guests import PASSWORD, describe
from server.demo.past import fill
from server.demo.story import SIDES, story
from server.demo.story import crossing as crossing_story


async def run(here: place.Place, out: Output) -> None:
    """Make both communities if they are not there yet, and run them. Failed when one of the two ends by itself."""
    started = time.monotonic()
    if not here.is_filled:
        out.say(f"Making two communities in {here.folder}; this takes some twenty seconds, once.")
        for side in SIDES:
            await _alone(_past(here, side, out))
    out.say("Starting both servers.")
    async with processes.running(here) as servers:
        if not here.is_filled:
            await _alone(_together(here, out))
            here.filled()
        info: dict[str, Any] = {"password": PASSWORD}
        for side in SIDES:
            info[side] = await _alone(_describe(here, side))
        path = place.save_info(here.folder, info)
        out.show(info, *_report(info, path, time.monotonic() - started))
        await _until_one_ends(servers)


async def _past(here: place.Place, side: str, out: Output) -> None:
    told = story(side)
    out.say(f"{told.community['name']}: letting {len(told.people)} people in, and {len(told.messages)} messages.")
    async with desk(here.settings(side)) as at:
        await fill(at, told, PASSWORD)
        await care(at, told)


async def _together(here: place.Place, out: Output) -> None:
    async with AsyncExitStack() as stack:
        desks = {side: await stack.enter_async_context(desk(here.settings(side))) for side in SIDES}
        languages = {side: at.settings.language for side, at in desks.items()}
        out.say("The two become partners: one asks, the other says yes.")
        await crossing.become_partners(desks)
        out.say("Their members follow each other, write and answer.")
        for acts in crossing_story():
            await crossing.carry_out(desks, languages, acts)


async def _describe(here: place.Place, side: str) -> dict[str, Any]:
    async with desk(here.settings(side)) as at:
        return await describe(at, side)


async def _alone(work: Coroutine[Any, Any, Any]) -> Any:
    """In a task of its own, so that the database it opens is nobody else's."""
    return await asyncio.create_task(work)


async def _until_one_ends(servers: list[Process]) -> None:
    """A server of the demo that ends by itself ends the demo."""
    endings = [asyncio.create_task(server.wait()) for server in servers]
    try:
        await asyncio.wait(endings, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for ending in endings:
            ending.cancel()
    raise Failed("One of the two servers has ended; server.log in its folder says why.")


def _report(info: dict[str, Any], path: Path, seconds: float) -> tuple[str, ...]:
    """What a newcomer needs, in lines."""
    lines = ["", f"Ready after {seconds:.0f} s. Everybody here is invented."]
    for side in SIDES:
        one = info[side]
        lines += ["", f"{one['name']}  {one['origin']}"]
        lines += [f"  {role:9}  {one[role]['name']:10}  {one[role]['link']}" for role in ("member", "moderator", "host")]
    return (*lines, "", "Each link signs in once. After that, or at any time: the member's name and the password",
            f"  {PASSWORD}", f"The same, for programs: {path}", "Ctrl-C stops both.")
