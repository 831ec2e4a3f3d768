"""Brings a database to this version's tables, without losing rows: Tortoise's migrations behind a safe runner.

What Tortoise 1.1.9 does on its own, and what is done about it here:

* it rebuilds SQLite tables with DROP TABLE while foreign keys cascade, so children vanish: here they are off,
  and checked before the commit;
* it forgets the indexes and triggers of a rebuilt table: here they are put back;
* it records a migration after its transaction: here in it, so that a crash leaves all of it or nothing;
* it lets two processes migrate at once: here one waits for the other;
* it ignores migrations it does not know: here a database from a newer version is refused.

`python -m models.migration make NAME` writes the next migration out of the difference between the tables
of the last one and the models. Read what it wrote before you commit it.
"""
from __future__ import annotations

import asyncio
import fcntl
import gc
import os
import pkgutil
import sqlite3
import sys
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.context import TortoiseContext
from tortoise.migrations.autodetector import MigrationAutodetector
from tortoise.migrations.executor import MigrationExecutor, MigrationTarget
from tortoise.migrations.migration import Migration
from tortoise.migrations.recorder import MigrationRecorder
from tortoise.migrations.schema_editor import AsyncpgSchemaEditor, BaseSchemaEditor
from tortoise.migrations.schema_editor.sqlite import SqliteSchemaEditor
from tortoise.migrations.schema_generator.state import State
from tortoise.migrations.writer import MigrationWriter, format_migration_name

from models.database import config, in_transaction, is_sqlite, open_database, prepare_file, sqlite_path
from models.errors import CommunityError
from models.tables import Moment, make_all

APP = "models"
PACKAGE = "models.migrations"
#: Any number, the same in every process: PostgreSQL's advisory lock, per database.
ADVISORY_LOCK = 0x64617A
LOCK_WAIT_SECONDS = 600.0
LOCK_POLL_SECONDS = 0.05
STATEMENT_SECONDS = 3600.0
USUAL_THRESHOLDS = gc.get_threshold()
TIDY_THRESHOLDS = (700, 3, 1)


class MigrationFailed(CommunityError):
    """The database could not be brought to this version; it is as it was before the failed migration."""

    status = 500


class NewerDatabase(MigrationFailed):
    """The database holds migrations that this version does not know: it was used by a newer one."""


class SafeSqliteEditor(SqliteSchemaEditor):
    """Rebuilds a table without losing children, indexes and triggers, and writes no comments into the schema."""

    def _get_table_comment_sql(self, table: str, comment: str) -> str:
        return ""

    def _get_column_comment_sql(self, table: str, column: str, comment: str) -> str:
        return ""

    async def _remake_table(self, model: Any, *args: Any, **kwargs: Any) -> None:
        if (await self.client.execute_query_dict("PRAGMA foreign_keys"))[0]["foreign_keys"]:
            raise MigrationFailed("refusing to rebuild a table while foreign keys are enforced")
        kept = await self.client.execute_query_dict(
            "SELECT name, sql FROM sqlite_master WHERE tbl_name=? AND type IN ('index','trigger') AND sql IS NOT NULL",
            [model._meta.db_table])
        await super()._remake_table(model, *args, **kwargs)
        for row in kept:
            if not await self.client.execute_query_dict("SELECT 1 FROM sqlite_master WHERE name=?", [row["name"]]):
                await self.client.execute_query(row["sql"])


async def migrate(url: str, target: str | None = None, *, package: str = PACKAGE) -> list[str]:
    """Apply what is missing, up to and with `target` (a migration's name) or all of it.

    Every migration is one transaction. An SQLite file that already holds tables is copied first,
    to "<file>.before-<first migration>"; for PostgreSQL make a dump before. `package` holds the migrations.

    Returns: the names applied, oldest first; empty if there was nothing to do.
    Raises: NewerDatabase; MigrationFailed when a migration fails, or another process migrates for over ten minutes.
    """
    extra: dict[str, Any] = {"foreign_keys": "OFF"} if is_sqlite(url) else {"command_timeout": STATEMENT_SECONDS}
    async with one_at_a_time(url, extra) as context:
        applied = await applied_names(context.db())
        if target is None and applied == on_disk(package):
            return []
        executor = MigrationExecutor(context.db(), {APP: config(url)["apps"][APP] | {"migrations": package}})
        missing = await pending(executor, applied, target)
        if missing and applied and is_sqlite(url):
            await asyncio.to_thread(back_up, sqlite_path(url), missing[0].name)
        if missing:
            with tidy():
                if applied or target:
                    await apply_each(executor, missing, applied)
                else:
                    await make_new(executor, missing)
    return [migration.name for migration in missing]


async def pending(executor: MigrationExecutor, applied: set[str], target: str | None = None) -> list[Migration]:
    """The migrations that are not in the database yet, oldest first; NewerDatabase, or MigrationFailed for a bad target."""
    plan = await executor.plan([])
    known = {key.name for key in executor.loader.disk_migrations}
    if unknown := sorted(applied - known):
        raise NewerDatabase(f"this version does not know {', '.join(unknown)}: install the newer version, or restore a backup")
    if target is not None and target not in known:
        raise MigrationFailed(f"there is no migration {target}; there are {', '.join(sorted(known))}")
    if target in applied:
        return []
    plan = await executor.plan([MigrationTarget(APP, target)] if target else None)
    return [step.migration for step in plan]


def on_disk(package: str) -> set[str]:
    """The names of the migrations of a package, without loading them: the usual start of a server needs none of them."""
    return {found.name for found in pkgutil.iter_modules(import_module(package).__path__)}


async def missing(url: str) -> list[str]:
    """The names of the migrations that the database lacks, oldest first; nothing is changed. NewerDatabase."""
    async with open_database(url) as context:
        executor = MigrationExecutor(context.db(), {APP: config(url)["apps"][APP]})
        return [migration.name for migration in await pending(executor, await applied_names(context.db()))]


@contextmanager
def tidy() -> Iterator[None]:
    """Collect garbage often: models of one moment are cycles, and would leave 30 MB behind in a server that goes on.

    What lives already is set aside meanwhile, so that looking is quick.
    """
    gc.freeze()
    gc.set_threshold(*TIDY_THRESHOLDS)
    try:
        yield
    finally:
        gc.set_threshold(*USUAL_THRESHOLDS)
        gc.collect()
        gc.unfreeze()


async def make_new(executor: MigrationExecutor, migrations: list[Migration]) -> None:
    """An empty database gets the tables as all migrations together leave them, in one transaction."""
    state = Moment.empty(executor.connection, APP)
    await state.follow(migrations)
    await executor.recorder.ensure_schema(schema_editor(executor.connection))  # runs a script, which would commit
    async with in_transaction() as connection:
        await make_all(state, schema_editor(connection), migrations)
        for migration in migrations:
            await MigrationRecorder(connection).record_applied(migration.app_label, migration.name)


async def apply_each(executor: MigrationExecutor, missing: list[Migration], applied: set[str]) -> None:
    """Run the missing migrations one after the other, on the tables as the others left them."""
    state = Moment.empty(executor.connection, APP)
    nodes = [executor.loader.graph.nodes[key] for key in executor._full_plan() if key.name in applied]
    await state.follow(node for node in nodes if isinstance(node, Migration))
    for migration in missing:
        await apply(executor, migration, state)


async def apply(executor: MigrationExecutor, migration: Migration, state: Moment) -> None:
    """Run one migration on the tables of `state`, which goes on with it, and record it, in one transaction.

    MigrationFailed when it fails.
    """
    await executor.recorder.ensure_schema(schema_editor(executor.connection))  # runs a script, which would commit
    try:
        async with in_transaction() as connection:
            await migration.apply(state, dry_run=False, schema_editor=schema_editor(connection))
            await MigrationRecorder(connection).record_applied(migration.app_label, migration.name)
            await check_foreign_keys(connection)
    except CommunityError:
        raise
    except Exception as error:
        raise MigrationFailed(f"{migration.name} failed and left no trace: {error}") from error


def schema_editor(connection: BaseDBAsyncClient) -> BaseSchemaEditor:
    """What turns operations into SQL on this connection, statement by statement inside its transaction."""
    if connection.capabilities.dialect == "sqlite":
        return SafeSqliteEditor(connection, atomic=True)
    return AsyncpgSchemaEditor(connection, atomic=True)


async def check_foreign_keys(connection: BaseDBAsyncClient) -> None:
    """MigrationFailed if a row points nowhere. PostgreSQL has enforced its keys all along."""
    if connection.capabilities.dialect == "sqlite":
        if broken := await connection.execute_query_dict("PRAGMA foreign_key_check"):
            tables = sorted({f"{row['table']} -> {row['parent']}" for row in broken})
            raise MigrationFailed(f"rows would point nowhere: {', '.join(tables)}")


async def applied_names(connection: BaseDBAsyncClient) -> set[str]:
    """The migrations that the database has seen; none for an empty one."""
    catalogue = {
        "sqlite": "SELECT 1 FROM sqlite_master WHERE name = 'tortoise_migrations'",
        "postgres": "SELECT 1 WHERE to_regclass('tortoise_migrations') IS NOT NULL",
    }
    if not await connection.execute_query_dict(catalogue[connection.capabilities.dialect]):
        return set()
    found = await connection.execute_query_dict("SELECT name FROM tortoise_migrations WHERE app = 'models'")
    return {row["name"] for row in found}


@asynccontextmanager
async def one_at_a_time(url: str, extra: dict[str, Any]) -> AsyncIterator[TortoiseContext]:
    """Open the database while no other process migrates it; the lock is polled, so that waiting blocks nobody else.

    An SQLite file is locked before it is opened: changing a new one to WAL from two processes fails at once.
    """
    if is_sqlite(url):
        prepare_file(sqlite_path(url))
        async with file_lock(sqlite_path(url)), open_database(url, **extra) as context:
            yield context
    else:
        async with open_database(url, **extra) as context, advisory_lock(context.db()):
            yield context


@asynccontextmanager
async def file_lock(path: Path) -> AsyncIterator[None]:
    """A lock beside an SQLite file, which the system drops when the process dies."""
    handle = os.open(f"{path}.lock", os.O_CREAT | os.O_RDWR, 0o600)
    try:
        async for _ in attempts():
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                continue
        yield
    finally:
        os.close(handle)


@asynccontextmanager
async def advisory_lock(connection: BaseDBAsyncClient) -> AsyncIterator[None]:
    """A lock in PostgreSQL, held by one connection of the pool, which lets go when it is given back."""
    async with connection.acquire_connection() as session:
        async for _ in attempts():
            if await session.fetchval("SELECT pg_try_advisory_lock($1)", ADVISORY_LOCK):
                break
        try:
            yield
        finally:
            await session.execute("SELECT pg_advisory_unlock($1)", ADVISORY_LOCK)


async def attempts() -> AsyncIterator[None]:
    """Moments to try for a lock; MigrationFailed when the time is over."""
    deadline = asyncio.get_running_loop().time() + LOCK_WAIT_SECONDS
    while asyncio.get_running_loop().time() < deadline:
        yield
        await asyncio.sleep(LOCK_POLL_SECONDS)
    raise MigrationFailed("another process has been migrating this database for too long")


def back_up(path: Path, name: str) -> Path:
    """Copy an SQLite file as it is before migration `name`, readable by its owner only.

    Older copies are deleted after: they hold what members may have erased since.
    """
    copy = path.with_name(f"{path.name}.before-{name}")
    draft = copy.with_name(f"{copy.name}.part")
    os.close(os.open(draft, os.O_CREAT | os.O_TRUNC | os.O_RDWR, 0o600))
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(draft)) as target:
        source.backup(target)
    draft.replace(copy)
    for old in path.parent.glob(f"{path.name}.before-*"):
        if old != copy:
            old.unlink()
    return copy


def forget_copies(url: str, before: datetime) -> None:
    """Delete the copies of an SQLite file that were made before a migration longer ago: they hold what was erased since."""
    if is_sqlite(url):
        path = sqlite_path(url)
        for old in path.parent.glob(f"{path.name}.before-*"):
            if old.stat().st_mtime < before.timestamp():
                old.unlink(missing_ok=True)


class QuietAutodetector(MigrationAutodetector):
    """Compares tables, not prose: a reworded docstring or a new enum value must not rebuild a table.

    Tortoise writes both into the schema as comments, and on SQLite a ";" in one would cut the statement.
    """

    def _current_state(self) -> State:
        return without_prose(super()._current_state())

    async def _project_state(self) -> State:
        state = Moment.empty()
        nodes = [self.loader.graph.nodes[key] for key in self._full_plan()]
        await state.follow(node for node in nodes if isinstance(node, Migration))
        return without_prose(state)


def without_prose(state: State) -> State:
    """The same tables without descriptions of tables and columns."""
    for model in state.models.values():
        model.options.pop("table_description", None)
        for field in model.fields.values():
            field.description = None
    return state


async def changes() -> list[MigrationWriter]:
    """What the models say and the migrations do not yet; empty when they agree. Needs no database."""
    settings = config("sqlite://unused")
    async with TortoiseContext() as context:
        await context.init(settings, init_connections=False)
        if context.apps is None:
            raise MigrationFailed("the models could not be loaded")
        return await QuietAutodetector(context.apps, settings["apps"]).changes()


async def make(name: str) -> list[Path]:
    """Write the next migration file; its paths, or none if the models have not changed."""
    written = []
    for writer in await changes():
        writer.name = format_migration_name(int(writer.name.split("_")[0]), name)
        path = writer.write()
        # Tortoise leaves `generated=False` out, and the database would count ids that we make ourselves.
        path.write_text(path.read_text().replace("primary_key=True, default=", "primary_key=True, generated=False, default="))
        written.append(path)
    return written


def main(argv: Iterable[str]) -> int:
    """`python -m models.migration make NAME`; the exit status."""
    match list(argv):
        case ["make", name]:
            paths = asyncio.run(make(name))
            print("\n".join(f"wrote {path}: read it before you commit it" for path in paths) or "the models have not changed")
            return 0
    print("usage: python -m models.migration make NAME", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
