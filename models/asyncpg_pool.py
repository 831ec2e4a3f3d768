"""Tortoise's PostgreSQL engine, without its leak: it keeps a connection of the pool for ever when BEGIN is cancelled or fails.

A server that stops cancels its jobs wherever they are, and then waited ten seconds for the connection to come back.
`config` in `models.database` names this module as the engine; the name must hold "asyncpg", because Tortoise picks the dialect
of migrations by it.
"""
from __future__ import annotations

import asyncio

from tortoise.backends.asyncpg.client import AsyncpgDBClient, TransactionWrapper
from tortoise.backends.base.client import TransactionalDBClient, TransactionContextPooled
from tortoise.connection import get_connections


class PooledTransaction(TransactionContextPooled):
    """Holds a connection of the pool for a block, and gives it back however the block could not start."""

    async def __aenter__(self) -> TransactionalDBClient:
        await self.ensure_connection()
        client, pool = self.client, self.client._parent._pool
        client._connection = await pool.acquire()
        try:
            await client.begin()
        except BaseException:
            await asyncio.shield(pool.release(client._connection))
            raise
        self.token = get_connections().set(self.connection_name, client)
        return client


class PoolClient(AsyncpgDBClient):
    """A pool of connections to a PostgreSQL."""

    def _in_transaction(self) -> PooledTransaction:
        return PooledTransaction(TransactionWrapper(self), self._pool_init_lock)


client_class = PoolClient
