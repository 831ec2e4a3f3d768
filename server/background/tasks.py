"""Work that goes on beside the answers to requests."""
from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable
from contextlib import asynccontextmanager, suppress
from typing import Any

import structlog

#: What rests for long begins a moment later: the first second of a server is of those who wait for it.
LONG_REST_SECONDS = 10.0
MOMENT_SECONDS = 1.0
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.2, 5.0
log = structlog.get_logger()


@asynccontextmanager
async def beside(work: Iterable[Coroutine[Any, Any, None]]) -> AsyncIterator[None]:
    """All of this goes on for as long as the block lasts, and has ended when it is left."""
    tasks = [asyncio.create_task(one) for one in work]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task


async def repeat(name: str, run: Callable[[], Awaitable[int]], every_seconds: float,
                 failed: Callable[[str, Exception], None] | None = None) -> None:
    """Do something for ever. `run` returns how much it did; when it was nothing, it rests. A failure is logged, told and tried
    again, later when it failed before: no work may die unseen, and none may spin.
    """
    await asyncio.sleep(MOMENT_SECONDS if every_seconds >= LONG_REST_SECONDS else 0)
    failures = 0
    while True:
        try:
            done, failures = await run(), 0
        except Exception as error:
            log.error("job failed", job=name, exc_info=error)
            if failed:
                failed(name, error)
            done, failures = 0, failures + 1
        await asyncio.sleep(0 if done else max(every_seconds, pause(failures)))


def pause(failures: int) -> float:
    """Seconds to rest after so many failures in a row: short enough that all goes on soon after the reason is gone."""
    return min(FIRST_PAUSE_SECONDS * 2.0 ** min(failures - 1, 10), LONGEST_PAUSE_SECONDS) if failures else 0.0
