# ruff: noqa: E501 - statements read better in one line
"""The clock of the computer is put forward and back, by an hour and by two days, as by NTP after a start or a machine that slept."""
from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from models import Host
from models.post import Post
from server.background import timekeeping
from tests.bench.scene import Place
from tests.drills.judging import Broken, judged
from tests.drills.world import CHANGE, LOOK_SECONDS, Crowd, World, served, world
from tests.live import promised

HOUR, TWO_DAYS = 3660, 172_800  # an hour and a minute: past what signatures are allowed
STEPS = (HOUR, -HOUR, TWO_DAYS, -TWO_DAYS)
SEEN_SECONDS = 0.5  # until the server has read how far it is off, and what it was asked before is answered
CALM_SECONDS, WRONG_SECONDS, NOTICED_SECONDS, TAKEN_SECONDS = 4.0, 4.0, 20.0, 30.0
BACK_SECONDS = 30.0  # until nothing waits any more


async def clock_steps(place: Place, folder: Path) -> dict[str, Any]:
    """See above. The clock is the server's alone: others refuse what it signs while it is wrong, and say what time it is."""
    shift = folder / "shift"
    shift.write_text("0")
    async with world(place, folder) as there, served(there, module="tests.drills.shifted", DRILL_CLOCK=str(shift)):
        await there.sinks.ask(strict=[name.partition(":")[0] for name in await Host.all().values_list("name", flat=True)])
        worst = 0.0
        async with Crowd(there) as crowd:
            await crowd.go_on("before", CALM_SECONDS)
            for step in STEPS:
                shift.write_text(str(step))
                await crowd.go_on(_wrong(step), WRONG_SECONDS)
                await _told(there, step)
                shift.write_text("0")
                await crowd.go_on(CHANGE, SEEN_SECONDS)
                worst = max(worst, await crowd.until_taken(f"after {step}", promised(TAKEN_SECONDS)))
                await _told(there, 0)
            await crowd.go_on("end", CALM_SECONDS)
        row = await judged(there, crowd, {"taken_again_seconds": worst}, hard=(), bars={}, unproven=[_wrong(step) for step in STEPS])
        if row["settled_seconds"] > promised(BACK_SECONDS):
            raise Broken(f"what waited went on only after {row['settled_seconds']:.0f} s")
        if await Post.all().count() != len(set(await Post.all().values_list("id", flat=True))):
            raise Broken("two messages have one id")
        return row


def _wrong(step: int) -> str:
    return f"off by {step}"


async def _told(there: World, step: int) -> None:
    """Wait until `dazzle check` would say how far the clock is off."""
    folder = there.folder / "var"
    try:
        async with asyncio.timeout(promised(NOTICED_SECONDS)):
            while abs(timekeeping.read(folder).get("ahead_seconds", 0) - step) > timekeeping.NEAR_SECONDS:
                await asyncio.sleep(LOOK_SECONDS)
    except TimeoutError:
        raise Broken(f"off by {step}, the server says {timekeeping.read(folder)}") from None
