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

#: Triggers and foreign keys rest meanwhile. Tables without rows, which are most, cost a look each.
EMPTY = """
DO $$ DECLARE name text; filled boolean; BEGIN
  SET LOCAL session_replication_role = replica;
  FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'tortoise_migrations' LOOP
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I)', name) INTO filled;
    IF filled THEN EXECUTE format('DELETE FROM %I', name); END IF;
  END LOOP;
  FOR name IN SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL
      AND sequencename NOT LIKE 'tortoise%' LOOP
    EXECUTE format('ALTER SEQUENCE %I RESTART', name);
  END LOOP;
END $$
"""
#: What tables look like, in lines without the names of indexes, and which migrations are said to be done.
SHAPE = """
SELECT string_agg(line, '|' ORDER BY line) FROM (
  SELECT format('%s %s %s %s %s', c.relname, a.attname, a.atttypid, a.attnotnull, pg_get_expr(d.adbin, d.adrelid)) AS line
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0
  UNION ALL SELECT regexp_replace(indexdef, 'INDEX [^ ]+ ON', 'INDEX ON') FROM pg_indexes WHERE schemaname = 'public'
  UNION ALL SELECT format('%s %s', conrelid::regclass, pg_get_constraintdef(oid)) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace AND contype <> 'u'
  UNION ALL SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
  UNION ALL SELECT name FROM tortoise_migrations) AS lines
"""


class PostgresDatabases:
    """The databases of one PostgreSQL that are free to be used again."""

    def __init__(self, server: str) -> None:
        self.server = server
        self._free: list[str] = []
        self._shape: str | None = None

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
            shape = await connection.fetchval(SHAPE)
            self._shape = self._shape or await self._template_shape()
            if shape == self._shape:
                await connection.execute(EMPTY)
                self._free.append(name)
                return
        finally:
            await connection.close()
        await drop(self.server, url)

    async def _template_shape(self) -> str:
        connection = await _connect(self.server.format(db=TEMPLATE))
        try:
            return str(await connection.fetchval(SHAPE))
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
