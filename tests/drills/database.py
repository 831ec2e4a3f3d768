# ruff: noqa: E501 - statements read better in one line
"""PostgreSQL is stopped for some seconds, and its processes are killed, under load (security.md R7)."""
from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from tests import postgres
from tests.bench.scene import Place
from tests.drills.judging import judged
from tests.drills.world import Crowd, served, world
from tests.live import promised

AWAY_SECONDS, CALM_SECONDS = 5.0, 4.0
BACK_SECONDS = 10.0  # the pool heals
LOG_BYTES = 200_000  # each of fifty jobs says it once a minute
DURABLE = ("max_connections=100", "listen_addresses=")


async def restarted(folder: Path) -> dict[str, Any]:
    """Stopped and started; then all that serve clients killed; under load all the time."""
    with postgres.cluster(DURABLE) as database:
        async with world(Place(folder, database.url), folder) as there, served(there):
            async with Crowd(there) as crowd:
                await crowd.go_on("before", CALM_SECONDS)
                crowd.phase = "away"
                await asyncio.to_thread(database.stop)
                await crowd.go_on("away", AWAY_SECONDS)
                await asyncio.to_thread(database.start)
                back = await crowd.until_taken("back", promised(60))
                await crowd.go_on("between", CALM_SECONDS)
                crowd.phase = "killed"
                killed = database.kill_backends()
                again = await crowd.until_taken("again", promised(60))
                await crowd.go_on("after", CALM_SECONDS)
            figures = {"back_seconds": back, "again_seconds": again, "killed": killed, "log_bytes": there.log.stat().st_size}
            return await judged(there, crowd, figures, hard=("away", "back", "killed", "again"), dark="away",
                                bars={"back_seconds": BACK_SECONDS, "again_seconds": BACK_SECONDS, "log_bytes": LOG_BYTES})
