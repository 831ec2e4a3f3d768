"""Whether an error says that the database, or the disk, cannot be used just now."""
from __future__ import annotations

import errno
import sqlite3

from tortoise.exceptions import DBConnectionError, OperationalError

#: What SQLite says when a writer holds the file for longer than `busy_timeout`, or when the disk is full.
_SAYS = ("database is locked", "database table is locked", "disk is full", "disk i/o error", "unable to open database")
#: What the driver of PostgreSQL raises when the server is away, full or ends; by name, as no other module may know the driver.
_AWAY = frozenset({"PostgresConnectionError", "InterfaceError", "CannotConnectNowError", "TooManyConnectionsError",
                   "AdminShutdownError", "CrashShutdownError", "DiskFullError",
                   "InternalClientError"})  # cut off while it spoke
#: What the system says of a file that cannot grow, or be written at all.
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO})


def is_unavailable(error: BaseException) -> bool:
    """Locked, full or away: later the same may work. Nothing of it has been done."""
    if isinstance(error, OperationalError | sqlite3.OperationalError):
        return any(words in str(error).lower() for words in _SAYS)
    if isinstance(error, OSError) and error.errno in _NO_ROOM:
        return True
    return isinstance(error, DBConnectionError | ConnectionRefusedError) or any(
        kind.__name__ in _AWAY and kind.__module__.startswith("asyncpg") for kind in type(error).__mro__)
