"""The one place that knows both databases: SQLite, embedded, and PostgreSQL."""
from __future__ import annotations

import json
import os
import re
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import lru_cache
from itertools import count
from pathlib import Path
from typing import Any, TypeVar, cast
from urllib.parse import parse_qsl, unquote, urlsplit

from tortoise.context import TortoiseContext, require_context
from tortoise.exceptions import BaseORMException

from models import memory, vault
from models.asyncpg_pool import PoolClient
from models.commits import in_transaction as in_transaction
from models.errors import CommunityError
from models.sqlite_immediate import ImmediateClient
from models.sqlite_readers import Statement as Statement
from models.sqlite_readers import Talk as Talk
from models.vault import Vault

T = TypeVar("T")
#: Whatever the database library raises, for those who only tell a person about it.
DatabaseError = BaseORMException
SQLITE_SCHEME = "sqlite://"
KEYS_FOLDER = "keys"
POSTGRES_SCHEMES = ("postgres", "postgresql")
#: In this order, because changing to WAL already needs the patience of busy_timeout (milliseconds).
#: synchronous=FULL keeps what was answered with 2xx through a power cut; it costs 0.2 ms a commit.
SQLITE_PRAGMAS = {
    "busy_timeout": 5000, "journal_mode": "WAL", "synchronous": "FULL", "foreign_keys": "ON",
    "journal_size_limit": 16 * 1024 * 1024, "wal_autocheckpoint": 4000,
}


async def _given_back(connection: Any) -> None:
    """What is left of a connection that goes back to the pool: nothing, but perhaps a transaction that was cut off.

    asyncpg would ask the database to reset it after each single statement, which doubles the questions. Nobody here leaves
    a setting or a lock on a connection.
    """
    if connection.is_in_transaction():
        await connection.reset()


#: A plan that is made without knowing the bounds of a list reads the whole table: each statement gets a plan of its own.
#: To compile one takes longer than any of ours runs.
POSTGRES_DEFAULTS = {"minsize": 1, "maxsize": 10, "command_timeout": 30, "reset": _given_back,
                     "server_settings": {"plan_cache_mode": "force_custom_plan", "jit": "off"}}
#: What may follow "?" in the URL of a PostgreSQL: `host` is the folder of its Unix socket.
POSTGRES_OPTIONS: dict[str, type] = {"host": str, "maxsize": int, "ssl": str, "command_timeout": float}


_dialect: ContextVar[str] = ContextVar("dialect of the open database")


class BadDatabaseUrl(CommunityError):
    """The setting `database_url` names no database that we can use."""

    status = 500


def config(url: str, **extra: Any) -> dict[str, Any]:
    """Tortoise's configuration for one database.

    Args:
        url: "sqlite://var/dazzle.sqlite3" (relative), "sqlite:///srv/dazzle.sqlite3" (absolute),
            "postgres://name:password@host:5432/database" or "postgres://name@/database?host=/run/postgresql".
        extra: more PRAGMAs (SQLite) or arguments of asyncpg's pool (PostgreSQL).
    Raises: BadDatabaseUrl.
    """
    # Connections are named by dialect, because Tortoise caches INSERT statements for the whole process by
    # (connection, schema, table): under one name SQLite's "?" placeholders would reach PostgreSQL.
    if is_sqlite(url):
        name, engine = "lite", "models.sqlite_immediate"
        credentials = {"file_path": str(sqlite_path(url)), **SQLITE_PRAGMAS, **extra}
    else:
        name, engine = "pg", "models.asyncpg_pool"
        credentials = {**postgres_credentials(url), **extra}
    return {
        "connections": {name: {"engine": engine, "credentials": credentials}},
        "apps": {"models": {"models": ["models"], "default_connection": name, "migrations": "models.migrations"}},
        "use_tz": True, "timezone": "UTC",
    }


def is_sqlite(url: str) -> bool:
    """Whether the URL names an SQLite file."""
    return url.startswith(SQLITE_SCHEME)


def sqlite_path(url: str) -> Path:
    """The file behind an "sqlite://…" URL; BadDatabaseUrl without a file, or for a database in memory."""
    name = url.removeprefix(SQLITE_SCHEME)
    if not name or name.endswith("/") or ":memory:" in name or "?" in name:
        raise BadDatabaseUrl(f"{url} names no file; write for example sqlite://var/dazzle.sqlite3")
    return Path(name)


def postgres_credentials(url: str) -> dict[str, Any]:
    """The parts of a "postgres://…" URL as arguments of asyncpg; BadDatabaseUrl for anything else.

    The message never holds the URL: there is a password in it.
    """
    try:
        parts = urlsplit(url)
        options = {key: POSTGRES_OPTIONS[key](text) for key, text in parse_qsl(parts.query, strict_parsing=bool(parts.query))}
        port = parts.port or 5432
    except (KeyError, ValueError) as error:
        raise BadDatabaseUrl(f"the port or an option is wrong; options are {', '.join(POSTGRES_OPTIONS)}") from error
    database = unquote(parts.path.lstrip("/"))
    if parts.scheme not in POSTGRES_SCHEMES or not database:
        raise BadDatabaseUrl("it must start with sqlite:// or postgres:// and name a database")
    return {
        "host": parts.hostname or "localhost", "port": port, "database": database,
        "user": unquote(parts.username or "postgres"),
        "password": unquote(parts.password) if parts.password else None,
        **POSTGRES_DEFAULTS, **options, "maxsize": max(2, options.get("maxsize", 10)),  # one is for `presence`
    }


def prepare_file(path: Path) -> None:
    """Create an SQLite file that only its owner can read, and its folder; leave what exists as it is."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with suppress(FileExistsError):  # SQLite gives its -wal and -shm files the same mode
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))


@asynccontextmanager
async def open_database(url: str, keys: Vault | None = None, **extra: Any) -> AsyncIterator[TortoiseContext]:
    """Open the database for this task and every task and connection it starts from now on.

    Never `Tortoise.init` or `register_tortoise`: they keep one state for the whole process, so that
    two servers in one test would silently share a database.

    It connects at once, so that a wrong address stops the start and not the first visitor.
    In aiohttp, use it first in `cleanup_ctx`. `extra` goes to `config`. `keys` open what is sealed; those of an SQLite file
    are looked for beside it if none are given, those of PostgreSQL nowhere.
    Raises: BadDatabaseUrl, OSError, tortoise.exceptions.DBConnectionError.
    """
    settings = config(url, **extra)
    if keys is None and is_sqlite(url):
        keys = Vault(sqlite_path(url).parent / KEYS_FOLDER)
    if is_sqlite(url):
        prepare_file(sqlite_path(url))
    context = TortoiseContext()
    context.__enter__()
    kept = _dialect.set("")
    try:
        await context.init(settings)
        await context.db().execute_query("SELECT 1")
        _dialect.set(_dialect_of(context))
        memory.start()
        vault.start(keys)
        yield context
    finally:
        if keys:
            keys.close()
        await context.close_connections()
        with suppress(ValueError):  # aiohttp may clean up in another task, which has no variable to put back
            _dialect.reset(kept)
            context.__exit__(None, None, None)


def dialect() -> str:
    """"sqlite" or "postgres", for the database of this task."""
    return _dialect.get("") or _dialect_of(require_context())


def _dialect_of(context: TortoiseContext) -> str:
    name: str = context.db().capabilities.dialect
    return name


async def rows(sql: str, args: Sequence[object] = ()) -> list[dict[str, Any]]:
    """Run one statement and return what it yields (SELECT, or RETURNING), inside the current transaction if any.

    Args:
        sql: written with "?" placeholders on both databases, so it may hold no other question mark.
        args: as many values; instants must be aware.
    Returns: a dictionary for each row. From SQLite, instants come as text (`as_instant`), truth as 0 or 1
        and JSON as text.
    """
    connection = require_context().db()
    found: list[dict[str, Any]] = await connection.execute_query_dict(_placed(connection, sql), list(args))
    return found


async def tuples(sql: str, args: Sequence[object] = ()) -> list[Sequence[Any]]:
    """The same with the columns of each row by their place: for many columns, a dictionary costs more than the query."""
    connection = require_context().db()
    found: Any = (await connection.execute_query(_placed(connection, sql), list(args)))[1]
    return list(found)


async def together(statements: Sequence[Statement]) -> list[list[Sequence[Any]]]:
    """The same for several SELECTs that do not wait for each other, on one connection. Those of PostgreSQL are planned once, for
    any values: what is asked here must be written so that one plan is good for all.
    """
    connection = require_context().db()
    if isinstance(connection, ImmediateClient):
        return await connection.read_all(statements)
    async with _reading(connection) as held:
        return await _told(held, connection, statements)


async def talk(steps: Talk[T]) -> T:
    """The same where some depend on the rows of others: `steps` yields some, is sent the rows of each, and returns what came out.
    On SQLite it may run in a thread, so it only asks and thinks.
    """
    connection = require_context().db()
    if isinstance(connection, ImmediateClient):
        return await connection.talk(steps)
    async with _reading(connection) as held:
        try:
            asked = next(steps)
            while True:
                asked = steps.send(await _told(held, connection, asked))
        except StopIteration as end:
            told: T = end.value
            return told


def _reading(connection: Any) -> AbstractAsyncContextManager[Any]:
    found: Any = connection.acquire_planning_once() if isinstance(connection, PoolClient) else connection.acquire_connection()
    return cast(AbstractAsyncContextManager[Any], found)


async def _told(held: Any, connection: Any, statements: Sequence[Statement]) -> list[list[Sequence[Any]]]:
    if connection.capabilities.dialect == "postgres":
        return [await held.fetch(_numbered(sql), *values) for sql, values in statements]
    return [list(await held.execute_fetchall(sql, values)) for sql, values in statements]


async def write_rows(sql: str, values: Sequence[Sequence[object]]) -> None:
    """Run one statement, written in the same way, once for each row of values: quicker than one statement of many rows."""
    connection = require_context().db()
    if values:
        await connection.execute_many(_placed(connection, sql), [list(row) for row in values])


async def in_writer(work: Callable[[sqlite3.Connection], T]) -> T:
    """Do something in one transaction of its own on SQLite, in the thread of the connection that writes: one change of threads
    for all of it. Not for PostgreSQL, nor inside another transaction.
    """
    client = require_context().db()
    if not isinstance(client, ImmediateClient):
        raise TypeError("this is no SQLite outside a transaction")
    return await client.in_writer(work)


def _placed(connection: Any, sql: str) -> str:
    return _numbered(sql) if connection.capabilities.dialect == "postgres" else sql


@lru_cache(maxsize=512)
def _numbered(sql: str) -> str:
    """With $1, $2 … for the question marks."""
    numbers = count(1)
    return re.sub(r"\?", lambda _: f"${next(numbers)}", sql)


def listed(column: str, kind: str = "bigint") -> str:
    """The condition that a column, of this kind in PostgreSQL, is one of a list, given as one value by `as_list`. So the
    statement is the same for every length, and is read and understood once.
    """
    if dialect() == "postgres":
        return f"{column} = ANY(CAST(? AS {kind}[]))"
    return f"{column} IN (SELECT value FROM json_each(?))"  # noqa: S608 - a column of ours


def as_list(values: Iterable[object]) -> object:
    """The value that stands for a list."""
    return list(values) if dialect() == "postgres" else json.dumps(list(values))


def skip_locked() -> str:
    """The clause that lets two workers claim different rows; SQLite needs none, as it has one writer at a time."""
    return "FOR UPDATE SKIP LOCKED" if dialect() == "postgres" else ""


def as_instant(value: datetime | str) -> datetime:
    """An instant out of `rows`, aware and in UTC, whichever database it came from."""
    instant = datetime.fromisoformat(value) if isinstance(value, str) else value
    return instant.astimezone(UTC)
