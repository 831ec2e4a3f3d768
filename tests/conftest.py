"""Fixtures for every test. A test that takes `db` or `new_database` runs on SQLite and on PostgreSQL."""
from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest
import structlog
from tortoise.apps import Apps
from tortoise.context import TortoiseContext

from federation import keys
from models.database import open_database
from models.migration import migrate
from models.vault import Vault
from tests import postgres
from tests.databases import TEMPLATE, PostgresDatabases, administrate, copy_file, create, drop
from tests.keyring import Keyring
from tests.live import LiveServer
from tests.memory_disk import prefer_memory
from tests.model_tables import ModelTables
from tests.peer import Peer

NewDatabase = Callable[[], Awaitable[str]]
#: What takes longest, longest first; each begins early, so that no process is left alone with one at the end.
LONG = ("tests/test_browser.py", "tests/stories/test_demo.py", "tests/fuzz/test_api.py", "tests/stories/test_browser.py",
        "tests/wire/test_documents.py")
DATABASE_SERVER = pytest.StashKey[contextlib.ExitStack]()


def pytest_configure(config: pytest.Config) -> None:
    """Temporary files in memory, errors in plain text, and one PostgreSQL for all the test processes that this one starts."""
    prefer_memory()
    plain = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[*structlog.get_config()["processors"][:-1], plain])  # a rich traceback takes ten seconds
    config.stash[DATABASE_SERVER] = contextlib.ExitStack()
    if getattr(config.option, "numprocesses", None) and "TEST_POSTGRES" not in os.environ:
        with contextlib.suppress(postgres.NoPostgres):  # its tests are skipped, and say why
            os.environ["TEST_POSTGRES"] = config.stash[DATABASE_SERVER].enter_context(postgres.server())


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The LONG ones first in each of the equal parts that the test processes begin with (`--dist worksteal`)."""
    parts = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "0"))
    if not parts:
        return
    long = sorted((item for item in items if item.nodeid.startswith(LONG)),
                  key=lambda item: next(place for place, file in enumerate(LONG) if item.nodeid.startswith(file)))
    rest = [item for item in items if not item.nodeid.startswith(LONG)]
    size, at = len(items) // parts, 0
    ordered: list[pytest.Item] = []
    for part in range(parts):
        begin = long[part::parts]
        end = at + max(0, size - len(begin)) if part < parts - 1 else len(rest)
        ordered += [*begin, *rest[at:end]]
        at = end
    items[:] = ordered


def pytest_unconfigure(config: pytest.Config) -> None:
    """Away with it."""
    config.stash[DATABASE_SERVER].close()


@pytest.fixture(scope="session")
def keyring() -> Keyring:
    """The RSA keys of this test process."""
    return Keyring()


@pytest.fixture(autouse=True)
def keys_of_this_test(keyring: Keyring, monkeypatch: pytest.MonkeyPatch) -> None:
    """RSA keys are made once and used by one test after the other."""
    keyring.begin()
    monkeypatch.setattr(keys, "make_rsa", keyring.take)


@pytest.fixture(scope="session", autouse=True)
def model_tables() -> Iterator[None]:
    """What belongs to models is worked out once for each kind of database."""
    tables = ModelTables()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Apps, "_build_initial_querysets", lambda apps: tables.put(apps))
        yield


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


@pytest.fixture(scope="session")
def postgres_databases(postgres_url: str) -> PostgresDatabases:
    """Databases of this test process's PostgreSQL, used again and again."""
    return PostgresDatabases(postgres_url)


@pytest.fixture
def pool(database_kind: str, request: pytest.FixtureRequest) -> PostgresDatabases | None:
    """The PostgreSQL databases of this test; nothing for SQLite."""
    return request.getfixturevalue("postgres_databases") if database_kind == "postgres" else None


@pytest.fixture
async def new_database(pool: PostgresDatabases | None, template: str, tmp_path: Path) -> AsyncIterator[NewDatabase]:
    """A function that makes an empty database with all tables and gives its URL."""
    taken: list[str] = []

    async def make() -> str:
        taken.append(await pool.take() if pool else copy_file(tmp_path, template))
        return taken[-1]

    yield make
    if pool:
        for url in taken:
            await pool.give_back(url)


@pytest.fixture
async def bare_database(server: str, tmp_path: Path) -> AsyncIterator[NewDatabase]:
    """A function that makes a database without any table and gives its URL."""
    made: list[str] = []

    async def make() -> str:
        made.append(await create(server) if server else copy_file(tmp_path))
        return made[-1]

    yield make
    for url in made if server else ():
        await drop(server, url)


@pytest.fixture
async def db(new_database: NewDatabase, tmp_path: Path) -> AsyncIterator[TortoiseContext]:
    """A database with all tables and no rows, open for this test."""
    async with open_database(await new_database(), Vault(tmp_path / "keys")) as context:
        yield context


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
