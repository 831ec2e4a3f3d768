"""The database layer on SQLite and PostgreSQL."""
from __future__ import annotations

import asyncio
import multiprocessing
import sqlite3
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from queue import Queue

import pytest
from tortoise.context import TortoiseContext
from tortoise.exceptions import IntegrityError, OperationalError

from models import Actor, Host
from models.database import (
    BadDatabaseUrl,
    as_instant,
    config,
    dialect,
    in_transaction,
    open_database,
    rows,
    skip_locked,
    sqlite_path,
)
from tests.conftest import NewDatabase


async def test_rows_and_instants_come_back_the_same_on_both(db: TortoiseContext, database_kind: str) -> None:
    at = datetime(2026, 3, 1, 12, 0, tzinfo=timezone(timedelta(hours=2)))
    await Host.create(name="a.example", heard_at=at)
    await Host.create(name="b.example")

    found = await rows("SELECT name, heard_at FROM host WHERE name = ? AND failures = ?", ["a.example", 0])
    changed = await rows("UPDATE host SET failures = failures + 1 WHERE heard_at < ? RETURNING name", [datetime.now(UTC)])

    assert dialect() == database_kind
    assert [row["name"] for row in found] == ["a.example"]
    assert as_instant(found[0]["heard_at"]) == at
    assert as_instant(found[0]["heard_at"]).tzinfo is UTC
    assert changed == [{"name": "a.example"}]
    assert skip_locked() == ("FOR UPDATE SKIP LOCKED" if database_kind == "postgres" else "")


async def test_a_raise_undoes_the_transaction_and_a_savepoint_only_itself(db: TortoiseContext) -> None:
    with pytest.raises(ZeroDivisionError):
        async with in_transaction():
            await Host.create(name="lost.example")
            raise ZeroDivisionError
    async with in_transaction():
        await Host.create(name="a.example")
        with pytest.raises(IntegrityError):
            async with in_transaction():
                await Host.create(name="a.example")
        await Host.create(name="b.example")
        assert [row["name"] for row in await rows("SELECT name FROM host ORDER BY name")] == ["a.example", "b.example"]
    assert await Host.all().count() == 2


async def test_rows_that_point_nowhere_are_refused(db: TortoiseContext) -> None:
    with pytest.raises(IntegrityError):
        await rows("INSERT INTO revision (id, created_at, post_id) VALUES (?, ?, ?)", [1, datetime.now(UTC), 404])


async def test_two_databases_are_open_at_once_and_do_not_mix(new_database: NewDatabase) -> None:
    async with open_database(await new_database()):
        await Host.create(name="outer.example")
        async with open_database(await new_database()):
            assert await Host.all().count() == 0
        assert await Host.all().count() == 1


async def test_a_database_may_be_closed_by_another_task(new_database: NewDatabase) -> None:
    """As aiohttp does when it cleans up."""
    opened = open_database(await new_database())
    await opened.__aenter__()
    await asyncio.create_task(opened.__aexit__(None, None, None))


def write_often(url: str, times: int, results: Queue[int]) -> None:
    """Read, then write: what a deferred BEGIN cannot do while another process writes."""
    async def work() -> int:
        failures = 0
        async with open_database(url):
            for _ in range(times):
                try:
                    async with in_transaction():
                        host = await Host.get(name="shared.example").select_for_update()
                        await Host.filter(id=host.id).update(failures=host.failures + 1)
                except OperationalError:
                    failures += 1
        return failures
    results.put(asyncio.run(work()))


async def test_two_processes_write_and_nothing_is_lost(new_database: NewDatabase) -> None:
    url = await new_database()
    spawn = multiprocessing.get_context("spawn")
    async with open_database(url):
        await Host.create(name="shared.example")
        results = spawn.Queue()
        processes = [spawn.Process(target=write_often, args=(url, 50, results)) for _ in range(2)]
        for process in processes:
            process.start()
        failures = [await asyncio.to_thread(results.get, True, 60) for _ in processes]
        for process in processes:
            await asyncio.to_thread(process.join, 10)
        assert failures == [0, 0]
        assert (await Host.get(name="shared.example")).failures == 100


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_a_begin_that_fails_or_is_cancelled_does_not_hang_the_next(new_database: NewDatabase) -> None:
    url = await new_database()

    async def write(name: str) -> None:
        async with in_transaction():
            await Host.create(name=name)

    async with open_database(url, busy_timeout=200):
        other = sqlite3.connect(sqlite_path(url), isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(OperationalError):
            await write("busy.example")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(write("cancelled.example"), 0.02)
        other.execute("COMMIT")
        other.close()
        await asyncio.wait_for(write("a.example"), 15)
        await asyncio.wait_for(write("b.example"), 15)
        assert await Host.all().order_by("name").values_list("name", flat=True) == ["a.example", "b.example"]


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_a_cancelled_bulk_write_leaves_no_transaction_open(new_database: NewDatabase) -> None:
    url = await new_database()
    async with open_database(url, busy_timeout=200):
        other = sqlite3.connect(sqlite_path(url), isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(Host.bulk_create([Host(name="a.example"), Host(name="b.example")]), 0.05)
        other.execute("COMMIT")
        await Host.create(name="after.example")
        assert other.execute("SELECT name FROM host").fetchall() == [("after.example",)]
        other.close()


async def test_a_transaction_cancelled_at_any_step_gives_its_place_back(new_database: NewDatabase, database_kind: str) -> None:
    async def write(name: str) -> None:
        async with in_transaction():
            await Host.create(name=name)

    few = {"maxsize": 2} if database_kind == "postgres" else {}
    async with open_database(await new_database(), **few):
        for steps in [*range(30)] * 3:
            task = asyncio.create_task(write("h.example"))
            for _ in range(steps):
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.wait([task])
        await asyncio.wait_for(asyncio.gather(write("a.example"), write("b.example")), 5)


async def test_queries_of_many_tasks_go_through(db: TortoiseContext) -> None:
    async def write(number: int) -> None:
        async with in_transaction():
            await Host.create(name=f"h{number}.example")

    await asyncio.gather(*(write(number) for number in range(30)))
    assert await Host.all().count() == 30


async def test_a_new_file_is_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "x.sqlite3"
    async with open_database(f"sqlite://{path}"):
        assert await rows("PRAGMA journal_mode") == [{"journal_mode": "wal"}]
        assert await rows("PRAGMA foreign_keys") == [{"foreign_keys": 1}]
        assert path.stat().st_mode & 0o777 == 0o600
        assert path.parent.stat().st_mode & 0o777 == 0o700


async def test_one_local_actor_a_name(db: TortoiseContext) -> None:
    await Actor.create(uri="https://a.example/1", name="zoe", inbox_uri="x")
    await Actor.create(uri="https://b.example/1", name="zoe", inbox_uri="x", host="b.example")
    await Actor.create(uri="https://b.example/2", name="zoe", inbox_uri="x", host="b.example")
    with pytest.raises(IntegrityError):
        await Actor.create(uri="https://a.example/2", name="zoe", inbox_uri="x")


def test_urls_of_postgresql() -> None:
    url = "postgres://me:p%40ss@db.example:6000/dazzle?maxsize=3&ssl=require"
    credentials = config(url)["connections"]["pg"]["credentials"]
    assert credentials | {"host": "db.example", "port": 6000, "user": "me", "password": "p@ss", "database": "dazzle",
                          "maxsize": 3, "ssl": "require"} == credentials
    socket = config("postgresql://me@/dazzle?host=/run/postgresql")["connections"]["pg"]["credentials"]
    assert (socket["host"], socket["password"]) == ("/run/postgresql", None)


@pytest.mark.parametrize("url", [
    "", "dazzle.sqlite3", "sqlite://", "sqlite://var/", "sqlite://:memory:", "sqlite://x.sqlite3?mode=ro", "mysql://a/b",
    "postgres://secret@host", "postgres://:secret@host:port/db", "postgres://u:secret@host/db?pool=3", "postgres://u:secret@h/db?maxsize=x",
])
def test_bad_urls_are_refused_without_showing_the_password(url: str) -> None:
    with pytest.raises(BadDatabaseUrl) as refusal:
        config(url)
    assert "secret" not in str(refusal.value)
