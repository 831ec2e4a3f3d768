"""Who works on the same database."""
from __future__ import annotations

import asyncio

import pytest

from models.availability import is_unavailable
from models.database import is_sqlite, open_database, rows
from models.presence import presence
from tests.conftest import NewDatabase

END_OTHERS = ("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
              " WHERE datname = current_database() AND pid <> pg_backend_pid()")
HOLDERS = ("SELECT 1 FROM pg_locks JOIN pg_database ON pg_database.oid = database"
           " WHERE locktype = 'advisory' AND mode = 'ShareLock' AND datname = current_database()")


async def test_the_first_is_alone_until_the_end_and_the_second_is_not(new_database: NewDatabase) -> None:
    url = await new_database()
    async with open_database(url), presence() as first:
        async with open_database(url), presence() as second:
            assert first and second is is_sqlite(url)  # an SQLite file is kept to one process by its lock
    async with open_database(url), presence() as later:
        assert later


async def test_who_was_cut_off_asks_again_and_is_present_again(new_database: NewDatabase, database_kind: str) -> None:
    if database_kind == "sqlite":
        pytest.skip("nobody cuts off an SQLite file")
    url = await new_database()
    async with open_database(url), presence():
        await asyncio.gather(*(rows("SELECT pg_sleep(0.05)") for _ in range(4)))  # as many connections
        slow = asyncio.create_task(rows("SELECT pg_sleep(10)"))
        await asyncio.sleep(0.1)
        await rows(END_OTHERS)
        with pytest.raises(Exception) as cut:  # noqa: PT011 - which one is the driver's affair
            await slow
        assert is_unavailable(cut.value)
        async with asyncio.timeout(10):
            while not await rows(HOLDERS):
                await asyncio.sleep(0.05)

