"""Tortoise's SQLite engine with BEGIN IMMEDIATE and readers that wait for no writer, without its lock leak and hang at exit.

Tortoise 1.1 opens deferred transactions: two writing processes then fail with "database is locked"
at once, whatever busy_timeout says, because a reader cannot become a writer after another one wrote
(https://www.sqlite.org/lang_transaction.html). It also keeps its lock for ever when BEGIN fails or is
cancelled. `config` in `models.database` names this module as the engine; the name must hold
"sqlite", because Tortoise picks the dialect of migrations by it.
"""
from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

import aiosqlite
from tortoise.backends.base.client import TransactionalDBClient
from tortoise.backends.sqlite.client import SqliteClient, SqliteTransactionContext, SqliteTransactionWrapper
from tortoise.connection import get_connections
from tortoise.exceptions import IntegrityError, OperationalError

from models.sqlite_readers import Readers, Statement, Talk

Q = TypeVar("Q")
T = TypeVar("T")


class ImmediateTransaction(SqliteTransactionWrapper):
    """A transaction that takes the write lock when it begins, so that it cannot lose it later."""

    async def begin(self) -> None:
        """BEGIN IMMEDIATE; OperationalError when another process holds the lock past busy_timeout."""
        try:
            await self._connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            raise OperationalError(error) from error

    async def commit(self) -> None:
        """COMMIT; OperationalError when the disk is full, and then nothing is left open that would stop the next BEGIN."""
        try:
            await super().commit()
        except sqlite3.OperationalError as error:
            await self.rollback()
            raise OperationalError(error) from error


class ImmediateTransactionContext(SqliteTransactionContext):
    """Holds the one connection for a block, and gives it back however the block could not start."""

    async def __aenter__(self) -> TransactionalDBClient:
        await self._trxlock.acquire()
        try:
            await self.ensure_connection()
            await self.connection.begin()
        except BaseException:
            await self._give_back()
            raise
        self.token = get_connections().set(self.connection_name, self.connection)
        client: TransactionalDBClient = self.connection
        return client

    async def _give_back(self) -> None:
        """Undo a BEGIN that failed or was cancelled.

        A cancelled BEGIN may still run in the connection's thread. That thread works first in,
        first out, so this rollback comes after it and before anybody's next BEGIN.
        """
        try:
            if (connection := self.connection._connection) is not None:
                await asyncio.shield(connection.rollback())
        finally:
            self._trxlock.release()


class ImmediateClient(SqliteClient):
    """One connection that writes, in one thread, and a few that read. Its keyword arguments are PRAGMAs, run in the order given.

    A SELECT outside a transaction goes to the readers: on the connection that writes, it would wait until the transaction
    of somebody else is over.
    """

    def __init__(self, file_path: str, **options: Any) -> None:
        super().__init__(file_path, **options)
        self._readers = Readers(file_path)

    async def execute_query(self, query: str, values: list[Any] | None = None) -> tuple[int, Sequence[Any]]:
        """How many rows, and the rows."""
        if not query.startswith("SELECT"):
            written: tuple[int, Sequence[Any]] = await super().execute_query(query, values)
            return written
        found = (await self.read_all([(query, values or ())]))[0]
        return len(found), found

    async def execute_query_dict(self, query: str, values: list[Any] | None = None) -> list[dict[str, Any]]:
        """The rows as dictionaries."""
        if not query.startswith("SELECT"):
            written: list[dict[str, Any]] = await super().execute_query_dict(query, values)
            return written
        return [dict(row) for row in (await self.read_all([(query, values or ())]))[0]]

    async def read_all(self, statements: Sequence[Statement]) -> list[list[Sequence[Any]]]:
        """The rows of several SELECTs; OperationalError if one is wrong."""
        return await self._read(self._readers.answer, statements)

    async def talk(self, steps: Talk[T]) -> T:
        """The same where some depend on the rows of others (`models.database.talk`)."""
        return await self._read(self._readers.talk, steps)

    async def _read(self, read: Callable[[Q], Awaitable[T]], asked: Q) -> T:
        if self._connection is None:
            async with self.acquire_connection():
                pass  # the one that writes comes first: it turns WAL on
        try:
            return await read(asked)
        except sqlite3.OperationalError as error:
            raise OperationalError(error) from error

    async def in_writer(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Do something in one transaction, begun and ended in the thread of the connection that writes. Whoever is cancelled
        meanwhile does not stop it; the thread works first in, first out, so nothing comes between.
        """
        async with self.acquire_connection() as connection:
            try:
                done: T = await connection._execute(_in_transaction, connection._conn, work)
            except sqlite3.OperationalError as error:
                raise OperationalError(error) from error
            except sqlite3.IntegrityError as error:
                raise IntegrityError(error) from error
            return done

    async def close(self) -> None:
        """Close the readers, then the one that writes, which tidies the file up."""
        self._readers.close()
        await super().close()

    async def create_connection(self, with_db: bool) -> None:
        """Connect, unless already connected; the caller holds the connection's lock."""
        if self._connection:
            return
        connection = aiosqlite.connect(self.filename, isolation_level=None)
        # aiosqlite's thread is not a daemon: an error before close() would hang the process at exit.
        connection._thread.daemon = True
        await connection
        connection.row_factory = sqlite3.Row
        for pragma, setting in self.pragmas.items():
            await (await connection.execute(f"PRAGMA {pragma}={setting}")).close()
        self._connection = connection
        await self._post_connect()

    async def execute_many(self, query: str, values: list[list[Any]]) -> None:
        """All rows or none. The stock engine leaves its transaction open when it is cancelled."""
        async with self._in_transaction() as transaction:
            await transaction.execute_many(query, values)

    def _in_transaction(self) -> ImmediateTransactionContext:
        return ImmediateTransactionContext(ImmediateTransaction(self), self._lock)


def _in_transaction(connection: sqlite3.Connection, work: Callable[[sqlite3.Connection], T]) -> T:
    connection.execute("BEGIN IMMEDIATE")
    try:
        done = work(connection)
        connection.execute("COMMIT")
    except BaseException:
        connection.rollback()
        raise
    return done


client_class = ImmediateClient
