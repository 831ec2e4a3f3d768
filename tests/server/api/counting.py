"""Counts the queries of requests, and leaves out those of jobs."""
from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from server.keys import DATABASE
from tests.live import LiveServer

KINDS = ("execute_query", "execute_query_dict", "execute_insert", "execute_many")


@asynccontextmanager
async def queries(server: LiveServer) -> AsyncIterator[list[str]]:
    """The SQL of what connections ask, as it comes: clear the list before a request, and look at it after."""
    asked: list[str] = []
    client: Any = server.app[DATABASE].db()

    def counted(kind: str) -> Any:
        real = getattr(client, kind)

        async def run(query: str, *args: Any, **more: Any) -> Any:
            task = asyncio.current_task()
            if task is not None and "RequestHandler.start" in str(task.get_coro()):
                asked.append(query)
            return await real(query, *args, **more)
        return run
    for kind in KINDS:
        setattr(client, kind, counted(kind))
    try:
        yield asked
    finally:
        for kind in KINDS:
            delattr(client, kind)
