"""What came in and waits to be carried out, as rows that are read and marked many at once."""
from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from models import vault
from models.database import as_list, listed, rows, skip_locked, tuples
from models.delivery import InboxItem, ItemState
from models.loading import makers, selected


async def due(now: datetime, *, without: Collection[str], sites: Collection[str], limit: int) -> list[InboxItem]:
    """What is due, the oldest first: not of these senders, nor of anybody at these domains or below them."""
    elsewhere = " AND i.sender_uri NOT LIKE ?" * 2 * len(sites)
    values = [pattern for site in sites for pattern in (f"%//{site}/%", f"%.{site}/%")]
    found = await tuples(
        f"SELECT {selected(InboxItem, 'i')} FROM inbox_item i WHERE i.state = ? AND i.due_at <= ?"  # noqa: S608
        f" AND NOT ({listed('i.sender_uri', 'text')}){elsewhere} ORDER BY i.id LIMIT ?",
        [str(ItemState.NEW), now, as_list(without), *values, limit])
    (item_of,) = makers(InboxItem)
    return [_opened(item_of(row)) for row in found]


def _opened(item: InboxItem) -> InboxItem:
    item.body = vault.out_of_passage(item.body)
    return item


async def still_waiting(ids: Collection[int]) -> set[int]:
    """Those of these that nobody has carried out meanwhile; nobody else does before this transaction ends."""
    found = await tuples(f"SELECT id FROM inbox_item WHERE state = ? AND {listed('id')} ORDER BY id {skip_locked()}",  # noqa: S608
                         [str(ItemState.NEW), as_list(ids)])
    return {int(row[0]) for row in found}


async def end(ids: Collection[int], state: ItemState, outcome: str) -> None:
    """They are over: the text goes, the id stays to end duplicates."""
    await rows(f"UPDATE inbox_item SET state = ?, outcome = ?, body = '' WHERE {listed('id')}",  # noqa: S608
               [str(state), outcome, as_list(ids)])
