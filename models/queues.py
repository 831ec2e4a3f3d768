"""The hot paths of both queues in SQL: many rows a statement. Tortoise would take ten times as long (performance.md, Limits).

Each statement runs inside the caller's transaction, on SQLite and PostgreSQL alike.
"""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from models.database import rows
from models.delivery import ItemState
from models.ids import new_id


@dataclass(frozen=True, slots=True)
class NewItem:
    """An activity that has come in: its id, who sent it, its text, when it came."""

    activity_uri: str
    sender_uri: str
    body: str
    at: datetime


def marks(number: int) -> str:
    """As many placeholders: "?, ?, ?"."""
    return ", ".join("?" * number)


async def add_items(items: Sequence[NewItem]) -> set[tuple[str, str]]:
    """Write activities down, each once; returns (activity, sender) of those that are new."""
    if not items:
        return set()
    row = f"({marks(8)})"
    values: list[object] = []
    for item in items:
        values += [new_id(), item.at, item.activity_uri, item.sender_uri, item.body, str(ItemState.NEW), item.at, ""]
    insert = "INSERT INTO inbox_item (id, created_at, activity_uri, sender_uri, body, state, due_at, outcome) VALUES "
    once = " ON CONFLICT (activity_uri, sender_uri) DO NOTHING RETURNING activity_uri, sender_uri"
    added = await rows(insert + ", ".join([row] * len(items)) + once, values)
    return {(str(one["activity_uri"]), str(one["sender_uri"])) for one in added}


async def finish_items(ids: Iterable[int], outcome: str) -> set[int]:
    """Mark what waits of these as done: the text goes, the id stays. Returns those that were still waiting."""
    ids = list(ids)
    if not ids:
        return set()
    update = "UPDATE inbox_item SET state = ?, outcome = ?, body = '' WHERE state = ? AND id IN "
    done = await rows(f"{update} ({marks(len(ids))}) RETURNING id", [str(ItemState.DONE), outcome, str(ItemState.NEW), *ids])
    return {int(one["id"]) for one in done}
