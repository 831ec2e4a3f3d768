"""Tortoise's PostgreSQL engine, without its leak: it keeps a connection of the pool for ever when BEGIN is cancelled or fails.

A server that stops cancels its jobs wherever they are, and then waited ten seconds for the connection to come back.
Whatever the system says when the database cannot be reached, or does not answer, becomes one error: DBConnectionError.
`config` in `models.database` names this module as the engine; the name must hold "asyncpg", because Tortoise picks the dialect
of migrations by it.
"""
from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from tortoise.backends.asyncpg.client import AsyncpgDBClient, TransactionWrapper
from tortoise.backends.base.client import PoolConnectionWrapper, TransactionalDBClient, TransactionContextPooled
from tortoise.connection import get_connections
from tortoise.exceptions import DBConnectionError

#: How long anybody waits for a free connection, or for a new one.
PATIENCE_SECONDS = 10.0


def _away(error: OSError) -> DBConnectionError:
    """No route, no socket file, a connection cut off, no answer in time: all the same for whoever asked."""
    return DBConnectionError(f"the database cannot be reached: {type(error).__name__}")


async def _acquired(pool: Any) -> Any:
    try:
        if pool.get_idle_size():
            return await pool.acquire()
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await pool.acquire()
    except OSError as error:  # TimeoutError too
        raise _away(error) from error


class Pooled(PoolConnectionWrapper[Any]):
    """A connection for a block."""

    async def __aenter__(self) -> Any:
        await self.ensure_connection()
        self.connection = await _acquired(self.client._pool)
        return self.connection


class PooledWrapper(TransactionWrapper):
    """A transaction."""

    async def _translate_exceptions(self, func: Callable[..., Awaitable[Any]], *args: Any, **kwargs: Any) -> Any:
        try:
            return await super()._translate_exceptions(func, *args, **kwargs)
        except OSError as error:
            raise _away(error) from error

    async def commit(self) -> None:
        """COMMIT."""
        try:
            await super().commit()
        except OSError as error:
            raise _away(error) from error


class PooledTransaction(TransactionContextPooled):
    """Holds a connection of the pool for a block, and gives it back however the block could not start."""

    async def __aenter__(self) -> TransactionalDBClient:
        await self.ensure_connection()
        client, pool = self.client, self.client._parent._pool
        client._connection = await _acquired(pool)
        try:
            await client.begin()
        except BaseException:
            await asyncio.shield(pool.release(client._connection))
            raise
        self.token = get_connections().set(self.connection_name, client)
        return client


class PoolClient(AsyncpgDBClient):
    """A pool of connections to a PostgreSQL."""

    def acquire_connection(self) -> Pooled:
        """A connection of the pool, for a block; DBConnectionError if none can be had."""
        return Pooled(self, self._pool_init_lock)

    async def _translate_exceptions(self, func: Callable[..., Awaitable[Any]], *args: Any, **kwargs: Any) -> Any:
        try:
            return await super()._translate_exceptions(func, *args, **kwargs)
        except OSError as error:
            raise _away(error) from error

    def _in_transaction(self) -> PooledTransaction:
        return PooledTransaction(PooledWrapper(self), self._pool_init_lock)


client_class = PoolClient
