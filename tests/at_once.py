"""Two acts at the same moment, and always in the same way: the second begins while the first is not over."""
from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from tortoise.context import require_context

from models.database import dialect, in_transaction, rows
from tests.live import PATIENCE_SECONDS

Act = Callable[[], Awaitable[Any]]


async def at_once(first: Act, second: Act | None = None) -> list[Any]:
    """What each gave or raised. The first is done and not committed when the second, or the first once more, begins; it is
    committed once that one waits for it, or is done without waiting. What both know of before, the caller reads before.
    """
    written, over = asyncio.Event(), asyncio.Event()

    async def one() -> Any:
        async with in_transaction():
            try:
                given = await first()
            finally:
                written.set()
            await over.wait()
        return given

    async def other() -> Any:
        await written.wait()
        return await (second or first)()

    async with asyncio.timeout(PATIENCE_SECONDS):
        tasks = [asyncio.create_task(one()), asyncio.create_task(other())]
        await written.wait()
        while not tasks[1].done() and not await _stands_in_line():
            await asyncio.sleep(0.01)
        over.set()
        return await asyncio.gather(*tasks, return_exceptions=True)


async def _stands_in_line() -> bool:
    """Whether somebody waits for a lock of this database."""
    if dialect() == "sqlite":
        return bool(require_context().db()._lock._waiters)
    waiting = await rows("SELECT count(*) AS n FROM pg_stat_activity"
                         " WHERE datname = current_database() AND wait_event_type = 'Lock'")
    return bool(waiting[0]["n"])
