"""Connections to an SQLite file that only read. In WAL mode they wait for no writer, and no writer waits for them.

What is asked is looked up at once, in the thread of the event loop, as long as that is quick: to hand a question of a tenth of
a millisecond to a thread and to take the answer back costs several times as much, and under load it waits twice for its turn.
A question that turns out to be long is given up and handed to a thread, and after a slow one (a cold disk) all are, for a while.
"""
from __future__ import annotations

import asyncio
import sqlite3
import time
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
#: What takes longer is given up; looked at after so many steps of SQLite's machine, of which it does some 20 a microsecond.
QUICK_SECONDS = 0.004
STEPS = 5_000
#: What took longer nevertheless has waited for the disk; then nothing is looked up at once for a while.
SLOW_SECONDS = 0.02
REST_SECONDS = 10.0
#: How long one turn of the event loop may go on with questions that are answered at once.
TURN_SECONDS = 0.005

T = TypeVar("T")
Statement = tuple[str, Sequence[object]]
Answers: TypeAlias = list[list[Sequence[Any]]]
#: Asks some SELECTs, is sent the rows of each, asks again, and returns what came out.
Talk: TypeAlias = Generator[Sequence[Statement], Answers, T]


class Readers:
    """One connection that answers at once, and a few threads with one each. A connection is opened by the first question."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._threads: ThreadPoolExecutor | None = None
        self._mine = local()
        self._opened: list[sqlite3.Connection] = []
        self._here: sqlite3.Connection | None = None
        self._began = 0.0
        self._rests_until = 0.0
        self._turn_ends = 0.0

    async def answer(self, statements: Sequence[Statement]) -> Answers:
        """The rows of each statement; sqlite3.Error if one is wrong."""
        return await self.talk(_asked_once(statements))

    async def talk(self, steps: Talk[T]) -> T:
        """The same where some statements depend on the rows of others."""
        try:
            asked = next(steps)
            while (answers := await self._at_once(asked)) is not None:
                asked = steps.send(answers)
        except StopIteration as end:
            told: T = end.value
            return told
        return await self._in_thread(partial(copy_context().run, self._led, steps, asked))

    def close(self) -> None:
        """End the threads and connections; a question asked later opens new ones."""
        if self._threads:
            self._threads.shutdown()
        while self._opened:
            self._opened.pop().close()
        self._threads, self._mine, self._here = None, local(), None

    async def _at_once(self, statements: Sequence[Statement]) -> Answers | None:
        """The rows, or None: a thread has to look."""
        if (now := time.monotonic()) < self._rests_until:
            return None
        if now > self._turn_ends:
            if self._turn_ends:
                await asyncio.sleep(0)  # whoever asks a hundred times lets others have their turn
            self._begin_turn()
        try:
            return self._timed(self._here or self._open_here(), statements)
        except sqlite3.OperationalError:  # given up, or locked: a thread has patience, and says what is wrong
            return None

    def _begin_turn(self) -> None:
        self._turn_ends = time.monotonic() + TURN_SECONDS
        asyncio.get_running_loop().call_soon(self._end_turn)

    def _end_turn(self) -> None:
        self._turn_ends = 0.0

    def _timed(self, connection: sqlite3.Connection, statements: Sequence[Statement]) -> Answers:
        self._began = time.monotonic()
        try:
            return self._answer(connection, statements)
        finally:
            if (now := time.monotonic()) - self._began > SLOW_SECONDS:
                self._rests_until = now + REST_SECONDS

    def _is_long(self) -> bool:
        return time.monotonic() - self._began > QUICK_SECONDS

    async def _in_thread(self, work: Callable[[], T]) -> T:
        if self._threads is None:
            self._threads = ThreadPoolExecutor(READERS, thread_name_prefix="reader")
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    def _led(self, steps: Talk[T], asked: Sequence[Statement]) -> T:
        connection: sqlite3.Connection = getattr(self._mine, "connection", None) or self._open()
        self._mine.connection = connection
        try:
            while True:
                asked = steps.send(self._answer(connection, asked))
        except StopIteration as end:
            told: T = end.value
            return told

    def _answer(self, connection: sqlite3.Connection, statements: Sequence[Statement]) -> Answers:
        return [connection.execute(sql, values).fetchall() for sql, values in statements]

    def _open_here(self) -> sqlite3.Connection:
        self._here = self._open(0)
        self._here.set_progress_handler(self._is_long, STEPS)
        return self._here

    def _open(self, patience_ms: int = PATIENCE_MS) -> sqlite3.Connection:
        opened = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False, cached_statements=KEPT_STATEMENTS)
        opened.row_factory = sqlite3.Row
        opened.execute(f"PRAGMA busy_timeout={patience_ms}")
        opened.execute("PRAGMA query_only=ON")
        self._opened.append(opened)
        return opened


def _asked_once(statements: Sequence[Statement]) -> Talk[Answers]:
    return (yield statements)
