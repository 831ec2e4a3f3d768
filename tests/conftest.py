"""Fixtures for every test. A test that takes `db` or `new_database` runs on SQLite and on PostgreSQL."""
from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from itertools import count
from pathlib import Path

import asyncpg
import pytest
from tortoise.context import TortoiseContext

from models.database import config, is_sqlite, open_database, sqlite_path
from models.migration import migrate
from tests import postgres
from tests.live import LiveServer
from tests.peer import Peer

NewDatabase = Callable[[], Awaitable[str]]
TEMPLATE = "template_dazzle"
_numbers = count(1)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL of this test process, started by the first test that needs it; TEST_POSTGRES names one that runs.

    It is a URL with "{db}" for the database's name. Without any PostgreSQL its tests are skipped, and say why.
    """
    if url := os.environ.get("TEST_POSTGRES"):
        yield url
        return
    try:
        running = postgres.server()
        url = running.__enter__()
    except postgres.NoPostgres as reason:
        pytest.skip(f"PostgreSQL: {reason}")
    yield url
    running.__exit__(None, None, None)


@pytest.fixture(scope="session")
def templates(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], str]:
    """Gives the URL of a migrated database of a kind, made once; tests get cheap copies of it."""
    made: dict[str, str] = {}

    def template(kind: str) -> str:
        if kind not in made:
            if kind == "sqlite":
                url = f"sqlite://{tmp_path_factory.mktemp('template')}/template.sqlite3"
            else:
                url = request.getfixturevalue("postgres_url").format(db=TEMPLATE)
                asyncio.run(administrate(request.getfixturevalue("postgres_url"), f'CREATE DATABASE "{TEMPLATE}"'))
            asyncio.run(migrate(url))
            made[kind] = url
        return made[kind]

    return template


@pytest.fixture(params=["sqlite", "postgres"])
def database_kind(request: pytest.FixtureRequest) -> str:
    """Both databases, one after the other."""
    kind: str = request.param
    return kind


@pytest.fixture
def server(database_kind: str, request: pytest.FixtureRequest) -> str:
    """The PostgreSQL of this test; nothing for SQLite, which needs none."""
    return request.getfixturevalue("postgres_url") if database_kind == "postgres" else ""


@pytest.fixture
def template(database_kind: str, server: str, templates: Callable[[str], str]) -> str:
    """The migrated database to copy; a fixture of its own, because it must be made outside any event loop."""
    return templates(database_kind)


@pytest.fixture
async def new_database(server: str, template: str, tmp_path: Path) -> AsyncIterator[NewDatabase]:
    """A function that makes an empty database with all tables and gives its URL."""
    make, clean = maker(server, tmp_path, template)
    yield make
    await clean()


@pytest.fixture
async def bare_database(server: str, tmp_path: Path) -> AsyncIterator[NewDatabase]:
    """A function that makes a database without any table and gives its URL."""
    make, clean = maker(server, tmp_path, "")
    yield make
    await clean()


@pytest.fixture
async def db(new_database: NewDatabase) -> AsyncIterator[TortoiseContext]:
    """A database with all tables and no rows, open for this test."""
    async with open_database(await new_database()) as context:
        yield context


def maker(server: str, folder: Path, template: str) -> tuple[NewDatabase, Callable[[], Awaitable[None]]]:
    """A function that makes databases, from a template if there is one, and one that drops them all."""
    names: list[str] = []

    async def make_file() -> str:
        path = folder / f"database{next(_numbers)}.sqlite3"
        if template:
            shutil.copyfile(sqlite_path(template), path)
        return f"sqlite://{path}"

    async def make_database() -> str:
        names.append(f"test{os.getpid()}_{next(_numbers)}")
        copied = f' TEMPLATE "{TEMPLATE}" STRATEGY file_copy' if template else ""
        await administrate(server, f'CREATE DATABASE "{names[-1]}"{copied}')
        return server.format(db=names[-1])

    async def clean() -> None:
        for name in names:
            await administrate(server, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    return (make_database if server else make_file), clean


async def administrate(server: str, statement: str) -> None:
    """Run one statement on the server itself, outside any transaction."""
    url = server.format(db="postgres")
    assert not is_sqlite(url)
    credentials = config(url)["connections"]["pg"]["credentials"]
    connection = await asyncpg.connect(**{key: credentials[key] for key in ("host", "port", "user", "password", "database")})
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


@pytest.fixture
async def alpha(new_database: NewDatabase, tmp_path: Path) -> AsyncIterator[LiveServer]:
    """A live server."""
    async with LiveServer(await new_database(), tmp_path / "alpha") as server:
        yield server


@pytest.fixture
async def beta(new_database: NewDatabase, tmp_path: Path, alpha: LiveServer) -> AsyncIterator[LiveServer]:
    """Another live server; alpha and beta are partners."""
    async with LiveServer(await new_database(), tmp_path / "beta") as server:
        await alpha.allow(server)
        await server.allow(alpha)
        yield server


@pytest.fixture
async def gamma(new_database: NewDatabase, tmp_path: Path, alpha: LiveServer, beta: LiveServer) -> AsyncIterator[LiveServer]:
    """A third live server; all three are partners."""
    async with LiveServer(await new_database(), tmp_path / "gamma") as server:
        await server.allow(alpha, beta)
        await alpha.allow(server)
        await beta.allow(server)
        yield server


@pytest.fixture
async def peer(alpha: LiveServer) -> AsyncIterator[Peer]:
    """A server of another make; alpha takes it for a partner."""
    async with Peer() as other:
        await other.become(alpha)
        yield other
