"""Empty databases for tests, cheaply: SQLite files are copied, PostgreSQL databases emptied and used again.

CREATE DATABASE takes half a second, emptying 20 ms; a thousand tests notice.
"""
from __future__ import annotations

import os
import shutil
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg

from models.database import config, is_sqlite, sqlite_path

TEMPLATE = f"template{os.getpid()}"  # each test process makes its own
_numbers = count(1)

#: Triggers and foreign keys rest meanwhile. Most tables never had a row, hence no page: those are not even opened.
EMPTY = """
DO $$ DECLARE name text; filled boolean; BEGIN
  SET LOCAL session_replication_role = replica;
  FOR name IN SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
      AND relname <> 'tortoise_migrations' AND pg_relation_size(oid) > 0 LOOP
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I)', name) INTO filled;
    IF filled THEN EXECUTE format('DELETE FROM %I', name); END IF;
  END LOOP;
  FOR name IN SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL
      AND sequencename NOT LIKE 'tortoise%' LOOP
    EXECUTE format('ALTER SEQUENCE %I RESTART', name);
  END LOOP;
END $$
"""
#: Changes with every change of a table, an index, a constraint or a trigger, and with every migration that is done: each
#: writes a row of the catalogue anew or takes one away. Sequences do not count, because EMPTY starts them again.
CATALOGUE = """
SELECT array_agg(ARRAY[rows, newest] ORDER BY kind)::text FROM (
  SELECT 1 AS kind, count(*) AS rows, max(xmin::text::bigint) AS newest FROM pg_class WHERE relkind IN ('r', 'i')
  UNION ALL SELECT 2, count(*), max(xmin::text::bigint) FROM pg_attribute
  UNION ALL SELECT 3, count(*), max(xmin::text::bigint) FROM pg_attrdef
  UNION ALL SELECT 4, count(*), max(xmin::text::bigint) FROM pg_constraint
  UNION ALL SELECT 5, count(*), max(xmin::text::bigint) FROM pg_trigger
  UNION ALL SELECT 6, count(*), max(xmin::text::bigint) FROM tortoise_migrations) AS marks
"""


class PostgresDatabases:
    """The databases of one PostgreSQL that are free to be used again."""

    def __init__(self, server: str) -> None:
        self.server = server
        self._free: list[str] = []
        self._catalogue: str | None = None

    async def take(self) -> str:
        """The URL of a migrated database without rows."""
        return self.server.format(db=self._free.pop()) if self._free else await create(self.server, TEMPLATE)

    async def give_back(self, url: str) -> None:
        """Empty it for the next test; one whose tables were changed is dropped."""
        name = urlsplit(url).path.removeprefix("/")
        connection = await _connect(url)
        try:
            await connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                                     "WHERE datname = current_database() AND pid <> pg_backend_pid()")
            catalogue = await connection.fetchval(CATALOGUE)
            self._catalogue = self._catalogue or await self._of_template()
            if catalogue == self._catalogue:
                await connection.execute(EMPTY)
                self._free.append(name)
                return
        finally:
            await connection.close()
        await drop(self.server, url)

    async def _of_template(self) -> str:
        connection = await _connect(self.server.format(db=TEMPLATE))
        try:
            return str(await connection.fetchval(CATALOGUE))
        finally:
            await connection.close()


async def create(server: str, template: str = "") -> str:
    """The URL of a new PostgreSQL database."""
    name = f"test{os.getpid()}_{next(_numbers)}"
    copied = f' TEMPLATE "{template}" STRATEGY file_copy' if template else ""
    await administrate(server, f'CREATE DATABASE "{name}"{copied}')
    return server.format(db=name)


async def drop(server: str, url: str) -> None:
    """Away with a database, whoever is still connected to it."""
    name = urlsplit(url).path.removeprefix("/")
    await administrate(server, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def copy_file(folder: Path, template: str = "") -> str:
    """The URL of a new SQLite database."""
    path = folder / f"database{next(_numbers)}.sqlite3"
    if template:
        shutil.copyfile(sqlite_path(template), path)
    return f"sqlite://{path}"


async def administrate(server: str, statement: str) -> None:
    """Run one statement on the server itself, outside any transaction."""
    connection = await _connect(server.format(db="postgres"))
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


async def _connect(url: str) -> asyncpg.Connection:
    assert not is_sqlite(url)
    credentials = config(url)["connections"]["pg"]["credentials"]
    return await asyncpg.connect(**{key: credentials[key] for key in ("host", "port", "user", "password", "database")})
