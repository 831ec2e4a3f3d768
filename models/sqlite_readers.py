"""Connections to an SQLite file that only read. In WAL mode they wait for no writer, and no writer waits for them."""
from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from threading import local
from typing import Any, TypeAlias, TypeVar

READERS = 2  # threads, each with one connection
KEPT_STATEMENTS = 256  # compiled, of each connection
#: As with the connection that writes: what waits for a checkpoint gets this long. Milliseconds.
PATIENCE_MS = 5000

T = TypeVar("T")
Statement = tuple[str, Sequence[object]]
#: Asks some SELECTs, is sent the rows of each, asks again, and returns what came out.
Talk: TypeAlias = Generator[Sequence[Statement], list[list[Sequence[Any]]], T]


class Readers:
    """A few threads that answer SELECTs. A connection is opened by the first question that its thread gets."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._threads: ThreadPoolExecutor | None = None
        self._mine = local()
        self._opened: list[sqlite3.Connection] = []

    async def answer(self, statements: Sequence[Statement]) -> list[list[Sequence[Any]]]:
        """The rows of each statement; sqlite3.Error if one is wrong. All in one thread: to change it costs most."""
        return await self._in_thread(partial(self._answer, statements))

    async def talk(self, steps: Talk[T]) -> T:
        """The same where some statements depend on the rows of others."""
        return await self._in_thread(partial(copy_context().run, self._led, steps))

    def close(self) -> None:
        """End the threads and connections; a question asked later opens new ones."""
        if self._threads:
            self._threads.shutdown()
        while self._opened:
            self._opened.pop().close()
        self._threads, self._mine = None, local()

    async def _in_thread(self, work: Callable[[], T]) -> T:
        if self._threads is None:
            self._threads = ThreadPoolExecutor(READERS, thread_name_prefix="reader")
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    def _led(self, steps: Talk[T]) -> T:
        try:
            asked = next(steps)
            while True:
                asked = steps.send(self._answer(asked))
        except StopIteration as end:
            told: T = end.value
            return told

    def _answer(self, statements: Sequence[Statement]) -> list[list[Sequence[Any]]]:
        connection = getattr(self._mine, "connection", None) or self._open()
        return [connection.execute(sql, values).fetchall() for sql, values in statements]

    def _open(self) -> sqlite3.Connection:
        opened = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False, cached_statements=KEPT_STATEMENTS)
        opened.row_factory = sqlite3.Row
        opened.execute(f"PRAGMA busy_timeout={PATIENCE_MS}")
        opened.execute("PRAGMA query_only=ON")
        self._mine.connection = opened
        self._opened.append(opened)
        return opened
