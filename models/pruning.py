"""What has served its time goes in steps: one DELETE of a million rows keeps everybody who writes waiting for seconds."""
from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import TypeVar

from tortoise.queryset import QuerySet

from models.base import LedgerRow, Record

STEP = 500  # rows of one transaction: some milliseconds
Row = TypeVar("Row", bound=Record | LedgerRow)


async def forget(old: QuerySet[Row]) -> int:
    """Delete these rows, the oldest first, each step in a transaction of its own, and let others write in between. How many.

    Ask for them by `id` and not by `created_at`: a step has to find its rows without reading the table.
    """
    gone = 0
    async for ids in steps(old):
        gone += await old.filter(id__in=ids).delete()
    return gone


async def steps(found: QuerySet[Row]) -> AsyncIterator[list[int]]:
    """The ids of these rows, a step at a time, the oldest first; others write in between."""
    after, ordered = 0, found.order_by("id").limit(STEP)
    while ids := [int(str(id_)) for id_ in await ordered.filter(id__gt=after).values_list("id", flat=True)]:
        yield ids
        after = ids[-1]
        await asyncio.sleep(0)
