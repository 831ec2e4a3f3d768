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
    again: no work may die unseen.
    """
    await asyncio.sleep(MOMENT_SECONDS if every_seconds >= LONG_REST_SECONDS else 0)
    while True:
        try:
            done = await run()
        except Exception as error:
            log.error("job failed", job=name, exc_info=error)
            if failed:
                failed(name, error)
            done = 0
        await asyncio.sleep(0 if done else every_seconds)
