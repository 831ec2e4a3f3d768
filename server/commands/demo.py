"""`dazzle demo`: two communities on this computer, full of invented people."""
from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from server.commands.output import Misused, Output
from server.serving import until_stopped
from server.settings import Settings


async def demo(
    _: Settings, out: Output,
    fresh: Annotated[bool, typer.Option("--fresh", help="Forget what was, and start anew.")] = False,
    folder: Annotated[Path, typer.Option(help="Where the demo keeps everything.")] = Path("var/demo"),
    ports: Annotated[str, typer.Option(help="The two ports to listen on; the next free ones if they are taken.")] = "8001,8002",
) -> None:
    """Run two communities of invented people that federate, on this computer, until Ctrl-C.

    A second start goes on where the first ended. JSON, once both are ready: as info.json in the folder, {"password",
    "first": {"name", "origin", "member": {"name", "nickname", "address", "link"}, "moderator", "host"}, "second": the same}.
    """
    from server.demo import communities, place  # 2 MB of stories, which no other command needs

    here = place.prepare(folder, _two_ports(ports), fresh=fresh)
    with place.held(here):
        stopped = asyncio.create_task(until_stopped())
        work = asyncio.create_task(communities.run(place.open_(here), out))
        await asyncio.wait({stopped, work}, return_when=asyncio.FIRST_COMPLETED)
        if stopped.done():
            out.say("Stopping both.")
        for task in (work, stopped):
            task.cancel()
        await asyncio.wait({stopped, work})
        if not work.cancelled():
            work.result()


def _two_ports(ports: str) -> tuple[int, int]:
    """Two different ports out of "8001,8002"; Misused."""
    parts = [part.strip() for part in ports.split(",")]
    if len(parts) != 2 or not all(part.isdecimal() and 0 < int(part) < 65536 for part in parts) or parts[0] == parts[1]:
        raise Misused("--ports takes two different numbers from 1 to 65535, with a comma between them.")
    return int(parts[0]), int(parts[1])
