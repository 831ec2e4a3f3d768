"""Tortoise's PostgreSQL engine with a few connections that plan once, and without its leak: it keeps a connection of the pool for
ever when BEGIN is cancelled or fails.

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

#: Of the connections, those on which a statement is planned once, for any values, and not each time for those that it has.
PLANNING_ONCE = 3
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


class PlanningOnce:
    """The same of a connection that plans each statement once."""

    def __init__(self, client: PoolClient) -> None:
        self._client = client

    async def __aenter__(self) -> Any:
        self._pool = await self._client.planning_once()
        self._connection = await _acquired(self._pool)
        return self._connection

    async def __aexit__(self, *_: object) -> None:
        await self._pool.release(self._connection)


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
    """A pool of connections to a PostgreSQL, and a small one of those that plan once."""

    _planning_once: Any = None

    def acquire_connection(self) -> Pooled:
        """A connection of the pool, for a block; DBConnectionError if none can be had."""
        return Pooled(self, self._pool_init_lock)

    def acquire_planning_once(self) -> PlanningOnce:
        """The same for SELECTs that are written so that one plan is good for all values (`models.parts`)."""
        return PlanningOnce(self)

    async def planning_once(self) -> Any:
        """The pool of these."""
        if self._planning_once is None:
            async with self.acquire_connection():
                pass  # the first of the pool makes what others are made of
            async with self._pool_init_lock:
                settings = self._template["server_settings"] | {"plan_cache_mode": "force_generic_plan"}
                sizes = {"min_size": 0, "max_size": PLANNING_ONCE}
                self._planning_once = self._planning_once or await self.create_pool(
                    password=self.password, **self._template | sizes | {"server_settings": settings})
        return self._planning_once

    async def _close(self) -> None:
        pool, self._planning_once = self._planning_once, None
        if pool:
            pool.terminate()
        await super()._close()

    async def _translate_exceptions(self, func: Callable[..., Awaitable[Any]], *args: Any, **kwargs: Any) -> Any:
        try:
            return await super()._translate_exceptions(func, *args, **kwargs)
        except OSError as error:
            raise _away(error) from error

    def _in_transaction(self) -> PooledTransaction:
        return PooledTransaction(PooledWrapper(self), self._pool_init_lock)


client_class = PoolClient
