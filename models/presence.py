"""Whether another process works on the same database."""
from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tortoise.context import require_context

from models.database import dialect

#: Any number, the same in every process: PostgreSQL's advisory lock, per database.
PRESENCE_LOCK = 0x70726573


@asynccontextmanager
async def presence() -> AsyncIterator[bool]:
    """Be present for as long as the block lasts; yields whether nobody else is.

    An SQLite file belongs to one process (`server.serving` sees to it). In PostgreSQL everybody who is present shares a
    lock, which the database lets go when a process dies, however it dies: who gets it alone is alone.
    """
    if dialect() != "postgres":
        yield True
        return
    async with require_context().db().acquire_connection() as session:
        is_alone = await session.fetchval("SELECT pg_try_advisory_lock($1)", PRESENCE_LOCK)
        await session.execute("SELECT pg_advisory_lock_shared($1)", PRESENCE_LOCK)
        if is_alone:
            await session.execute("SELECT pg_advisory_unlock($1)", PRESENCE_LOCK)
        try:
            yield is_alone
        finally:
            await session.execute("SELECT pg_advisory_unlock_shared($1)", PRESENCE_LOCK)
