"""What waits for a commit happens after it, once, and never without it."""
from __future__ import annotations

import pytest
from tortoise.context import TortoiseContext

from models import Host
from models.commits import after_commit
from models.database import in_transaction, rows


async def test_what_waits_for_a_commit_is_done_after_it_once(db: TortoiseContext) -> None:
    done: list[int] = []

    def act() -> None:
        done.append(1)
    async with in_transaction():
        await Host.create(name="a.example")
        after_commit(act)
        async with in_transaction():
            after_commit(act)
        assert done == []
    assert done == [1]
    after_commit(act)  # nothing is open: at once
    assert done == [1, 1]


async def test_what_waits_for_a_commit_that_never_comes_is_not_done(db: TortoiseContext) -> None:
    done: list[int] = []
    with pytest.raises(ZeroDivisionError):
        async with in_transaction():
            await Host.create(name="a.example")
            after_commit(lambda: done.append(1))
            raise ZeroDivisionError
    async with in_transaction():
        assert await rows("SELECT 1 FROM host") == []
    assert done == []
