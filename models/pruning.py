"""What has served its time goes in steps: one DELETE of a million rows keeps everybody who writes waiting for seconds."""
from __future__ import annotations

import asyncio
from typing import TypeVar

from tortoise.queryset import QuerySet

from models.base import Record

STEP = 500  # rows of one transaction: some milliseconds
Row = TypeVar("Row", bound=Record)


async def forget(old: QuerySet[Row]) -> int:
    """Delete these rows, the oldest first, each step in a transaction of its own, and let others write in between. How many.

    Ask for them by `id` and not by `created_at`: a step has to find its rows without reading the table.
    """
    gone, after = 0, 0
    while ids := await old.filter(id__gt=after).order_by("id").limit(STEP).values_list("id", flat=True):
        gone += await old.filter(id__in=list(ids)).delete()
        after = int(str(ids[-1]))
        await asyncio.sleep(0)
    return gone
