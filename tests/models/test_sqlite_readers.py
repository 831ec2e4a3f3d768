"""Questions are answered at once as long as that is quick, and by a thread where it is not; the answer is the same."""
from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest

from models import sqlite_readers
from models.sqlite_readers import Readers, Statement, Talk

COUNT = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) SELECT MAX(i) FROM n"


@pytest.fixture
async def readers(tmp_path: Path) -> AsyncIterator[Readers]:
    path = str(tmp_path / "some.sqlite3")
    with sqlite3.connect(path) as made:
        made.execute("PRAGMA journal_mode=WAL")
        made.execute("CREATE TABLE thing (id INTEGER PRIMARY KEY)")
        made.executemany("INSERT INTO thing VALUES (?)", [(number,) for number in range(10)])
    opened = Readers(path)
    yield opened
    opened.close()


@pytest.fixture
def threads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Where each question was looked up."""
    found: list[str] = []
    answer = Readers._answer

    def noted(self: Readers, connection: sqlite3.Connection, statements: Sequence[Statement]) -> Any:
        found.append(threading.current_thread().name.partition("_")[0])
        return answer(self, connection, statements)
    monkeypatch.setattr(Readers, "_answer", noted)
    return found


async def test_a_quick_question_is_answered_at_once(readers: Readers, threads: list[str]) -> None:
    assert [tuple(row) for row in (await readers.answer([("SELECT MAX(id) FROM thing", ())]))[0]] == [(9,)]
    assert threads == ["MainThread"]


async def test_a_long_one_is_given_up_and_asked_in_a_thread(readers: Readers, threads: list[str]) -> None:
    (row,), = await readers.answer([(COUNT, (300_000,))])
    assert tuple(row) == (300_000,)
    assert threads == ["MainThread", "reader"]


async def test_a_talk_goes_on_where_it_was(readers: Readers, threads: list[str]) -> None:
    def steps() -> Talk[list[int]]:
        first = yield [(COUNT, (3,))]
        second = yield [(COUNT, (first[0][0][0] * 100_000,))]
        third = yield [(COUNT, (second[0][0][0] // 100_000 + 1,))]
        return [int(answer[0][0][0]) for answer in (first, second, third)]
    assert await readers.talk(steps()) == [3, 300_000, 4]
    assert threads == ["MainThread", "MainThread", "reader", "reader"]


async def test_after_a_slow_one_nothing_is_asked_at_once_for_a_while(
        readers: Readers, threads: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_readers, "SLOW_SECONDS", 0.0)
    monkeypatch.setattr(sqlite_readers, "REST_SECONDS", 0.3)
    for _ in range(3):
        await readers.answer([("SELECT 1", ())])
    await asyncio.sleep(0.4)
    await readers.answer([("SELECT 1", ())])
    assert threads == ["MainThread", "reader", "reader", "MainThread"]


async def test_what_is_wrong_is_said(readers: Readers) -> None:
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        await readers.answer([("SELECT 1 FROM nowhere", ())])
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        await readers.answer([("DELETE FROM thing", ())])
    assert (await readers.answer([("SELECT COUNT(*) FROM thing", ())]))[0][0][0] == 10


async def test_who_asks_a_thousand_times_lets_others_have_their_turn(readers: Readers) -> None:
    async def ask() -> None:
        ends = time.monotonic() + 0.3
        while time.monotonic() < ends:
            await readers.answer([(COUNT, (300,))])

    async def turns() -> AsyncIterator[float]:
        while True:
            began = time.monotonic()
            await asyncio.sleep(0)
            yield time.monotonic() - began
    asking = asyncio.create_task(ask())
    waits = []
    async with aclosing(turns()) as each:
        async for wait in each:
            waits.append(wait)
            if asking.done():
                break
    assert len(waits) > 10  # not one turn of three hundred milliseconds
