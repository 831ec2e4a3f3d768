"""Whether an error says that the database cannot be used just now."""
from __future__ import annotations

import asyncpg
from tortoise.exceptions import DBConnectionError, OperationalError

#: What SQLite says when a writer holds the file for longer than `busy_timeout`, or when the disk is full.
_SAYS = ("database is locked", "database table is locked", "disk is full", "disk i/o error", "unable to open database")
_AWAY = (DBConnectionError, ConnectionRefusedError, asyncpg.PostgresConnectionError, asyncpg.InterfaceError,
         asyncpg.CannotConnectNowError, asyncpg.TooManyConnectionsError, asyncpg.AdminShutdownError, asyncpg.DiskFullError)


def is_unavailable(error: BaseException) -> bool:
    """Locked, full or away: later the same may work. Nothing of it has been done."""
    if isinstance(error, _AWAY):
        return True
    return isinstance(error, OperationalError) and any(words in str(error).lower() for words in _SAYS)
