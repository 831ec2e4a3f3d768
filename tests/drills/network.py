# ruff: noqa: E501 - statements read better in one line
"""The network of the server is gone for a while: nobody outside can be reached, by name or by address. Then it is back."""
from __future__ import annotations

from pathlib import Path
from typing import Any

from models import Delivery
from models.delivery import DeliveryState
from tests.bench.scene import Place
from tests.drills.judging import Broken, judged
from tests.drills.world import Crowd, served, world

CALM_SECONDS, GONE_SECONDS = 4.0, 20.0
LOG_BYTES = 100_000
BACK_SECONDS = 60.0  # from one retry to the next, which the drill makes short


async def gone(place: Place, folder: Path) -> dict[str, Any]:
    """See above."""
    async with world(place, folder) as there, served(there):
        async with Crowd(there) as crowd:
            await crowd.go_on("before", CALM_SECONDS)
            await there.sinks.ask(refuse=True)
            log = there.log.stat().st_size
            await crowd.go_on("gone", GONE_SECONDS)
            log = there.log.stat().st_size - log
            waiting = await Delivery.filter(state=DeliveryState.WAITING).count()
            if not waiting or await Delivery.filter(state=DeliveryState.FAILED).exists():
                raise Broken("deliveries do not wait for the network")
            await there.sinks.ask(listen=True)
            await crowd.go_on("back", CALM_SECONDS)
        row = await judged(there, crowd, {"log_bytes": log}, hard=(), bars={"log_bytes": LOG_BYTES})
        if row["settled_seconds"] > BACK_SECONDS:
            raise Broken(f"deliveries went on only after {row['settled_seconds']:.0f} s")
        return row
