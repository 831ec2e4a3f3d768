"""What is done once a transaction is committed, such as waking whoever waits for its rows; never if it is not."""
from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import Any

from tortoise import transactions

_waiting: ContextVar[list[Callable[[], object]] | None] = ContextVar("what waits for the commit", default=None)


def after_commit(act: Callable[[], object]) -> None:
    """Call this when the transaction that is open here has been committed; at once if there is none. It must neither wait nor
    fail, and nothing may depend on it: a process that dies in between never calls it.
    """
    waiting = _waiting.get()
    if waiting is None:
        act()
    elif act not in waiting:
        waiting.append(act)


@asynccontextmanager
async def in_transaction() -> AsyncIterator[Any]:
    """All that is written in this block, or nothing. One inside another belongs to it."""
    if _waiting.get() is not None:
        async with transactions.in_transaction() as connection:
            yield connection
        return
    waiting = list[Callable[[], object]]()
    token = _waiting.set(waiting)
    try:
        async with transactions.in_transaction() as connection:
            yield connection
    finally:
        _waiting.reset(token)
    for act in waiting:
        act()
