"""Whether another process works on the same database."""
from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from tortoise.context import require_context

from models.database import dialect

#: Any number, the same in every process: PostgreSQL's advisory lock, per database.
PRESENCE_LOCK = 0x70726573
LOOK_SECONDS = 1.0


@asynccontextmanager
async def presence() -> AsyncIterator[bool]:
    """Be present for as long as the block lasts; yields whether nobody else is.

    An SQLite file belongs to one process (`server.serving` sees to it). In PostgreSQL everybody who is present shares a
    lock, which the database lets go when a process dies, however it dies: who gets it alone is alone.
    """
    if dialect() != "postgres":
        yield True
        return
    found: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
    staying = asyncio.create_task(_stay(found))
    try:
        yield await found
    finally:
        staying.cancel()
        with suppress(asyncio.CancelledError):
            await staying


async def _stay(found: asyncio.Future[bool]) -> None:
    """Hold the lock; again, whenever the database has ended the connection that held it."""
    while True:
        try:
            async with require_context().db().acquire_connection() as session:
                await _hold(session, found)
        except Exception as error:  # the database is on its way back
            if not found.done():
                found.set_exception(error)
                return
        await asyncio.sleep(LOOK_SECONDS)


async def _hold(session: Any, found: asyncio.Future[bool]) -> None:
    is_alone = await session.fetchval("SELECT pg_try_advisory_lock($1)", PRESENCE_LOCK)
    await session.execute("SELECT pg_advisory_lock_shared($1)", PRESENCE_LOCK)
    if is_alone:
        await session.execute("SELECT pg_advisory_unlock($1)", PRESENCE_LOCK)
    if not found.done():
        found.set_result(is_alone)
    try:
        while not session.is_closed():  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(LOOK_SECONDS)
    finally:
        with suppress(Exception):  # of a connection that ends just now: with it, the lock goes too
            await session.execute("SELECT pg_advisory_unlock_shared($1)", PRESENCE_LOCK)
