"""What pages ask the database, as tests count it: not what jobs ask meanwhile."""
from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from asyncpg.connection import Connection

from models import sqlite_readers
from models.sqlite_readers import Readers

PATIENCE_SECONDS = 60.0


def is_page() -> bool:
    """Whether a request is being answered in this task."""
    task = asyncio.current_task()
    return task is not None and getattr(task.get_coro(), "__qualname__", "") == "RequestHandler._handle_request"


@contextmanager
def by_pages() -> Iterator[list[str]]:
    """Every SELECT outside a transaction that pages ask in the block, on either database."""
    found: list[str] = []
    answer, fetch = Readers._answer, Connection.fetch

    def counted(self: Readers, connection: Any, statements: Any) -> Any:
        found.extend(sql for sql, _ in statements if is_page())
        return answer(self, connection, statements)

    async def counted_too(self: Any, sql: str, *values: Any, **options: Any) -> Any:
        found.extend([sql] if is_page() else [])
        return await fetch(self, sql, *values, **options)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Readers, "_answer", counted)
        patch.setattr(Connection, "fetch", counted_too)
        for name in ("SLOW_SECONDS", "QUICK_SECONDS"):
            patch.setattr(sqlite_readers, name, PATIENCE_SECONDS)  # a thread knows no page
        yield found
