"""What several tasks or processes want to do at the same moment: one after the other, or once more."""
from __future__ import annotations

from collections.abc import Awaitable, Callable
from hashlib import blake2b
from typing import TypeVar

from tortoise.exceptions import IntegrityError

from models.commits import in_transaction
from models.database import dialect, rows

T = TypeVar("T")


async def take_turn(act: str, whose: object = "") -> None:
    """Until the transaction that is open here ends, whoever else wants to do this act for them waits: what is looked for from
    now on and not found is still missing when it is made.

    Take it before anything else in the transaction, and one only: two that take two, in different orders, would wait for
    each other. SQLite has one writer at a time anyway.
    """
    if dialect() == "postgres":
        digest = blake2b(f"{act} {whose}".encode(), digest_size=8).digest()
        await rows("SELECT pg_advisory_xact_lock(?)", [int.from_bytes(digest, "big", signed=True)])


async def second_try(make: Callable[[], Awaitable[T]]) -> T:
    """Find or make something, in a transaction. Where another one makes it meanwhile, and is quicker, it is found the second
    time: for what often happens, and seldom twice at once.
    """
    try:
        async with in_transaction():
            return await make()
    except IntegrityError:
        async with in_transaction():
            return await make()
