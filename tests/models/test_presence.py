"""Who works on the same database."""
from __future__ import annotations

from models.database import is_sqlite, open_database
from models.presence import presence
from tests.conftest import NewDatabase


async def test_the_first_is_alone_until_the_end_and_the_second_is_not(new_database: NewDatabase) -> None:
    url = await new_database()
    async with open_database(url), presence() as first:
        async with open_database(url), presence() as second:
            assert first and second is is_sqlite(url)  # an SQLite file is kept to one process by its lock
    async with open_database(url), presence() as later:
        assert later
