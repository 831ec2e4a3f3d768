"""Looks into the queues in SQL. Tortoise would take ten times as long (performance.md, Limits)."""
from __future__ import annotations

import json
from collections.abc import Iterable
from enum import StrEnum

from models import clock
from models.database import as_list, listed, rows, tuples
from models.delivery import ItemState


class Due(StrEnum):
    """Whether a queue holds anything that is due, as a question of one instant. Most looks into a queue find nothing, and cost
    a twentieth this way; who gets a yes looks for itself, and may still find nothing.
    """

    ITEMS = "SELECT 1 FROM inbox_item WHERE state = 'new' AND due_at <= ? LIMIT 1"
    DELIVERIES = "SELECT 1 FROM delivery WHERE state = 'waiting' AND due_at <= ? LIMIT 1"
    HELD = "SELECT 1 FROM post WHERE held_until <= ? LIMIT 1"
    PUSHES = "SELECT 1 FROM outgoing_push WHERE due_at <= ? LIMIT 1"
    SCHEDULED = "SELECT 1 FROM scheduled_post WHERE due_at <= ? LIMIT 1"
    MAIL = "SELECT 1 FROM outgoing_mail WHERE due_at <= ? LIMIT 1"
    RECALLS = "SELECT 1 FROM recall WHERE created_at <= ? LIMIT 1"
    ERASURES = "SELECT 1 FROM erasure_request WHERE answered_at IS NULL AND created_at <= ? LIMIT 1"
    BROUGHT = "SELECT 1 FROM brought WHERE outcome = 'waiting' AND created_at <= ? LIMIT 1"
    #: Not IS NOT NULL: where nobody is carried along, SQLite would read all people instead of the index.
    MOVES = "SELECT 1 FROM actor WHERE carried_id > 0 AND created_at <= ? LIMIT 1"
    #: Not EXISTS: PostgreSQL would read all messages to find that none is newer.
    LOOKING_OVER = ("SELECT 1 FROM community WHERE signals_elsewhere <> 'nothing' AND created_at <= ? AND looked_over_id <"
                    " (SELECT MAX(id) FROM (SELECT MAX(id) AS id FROM post UNION ALL SELECT MAX(id) FROM revision) AS newest)")
    MEETINGS = "SELECT 1 FROM introduction WHERE state = 'met' AND created_at <= ? LIMIT 1"
    IMAGES = ("SELECT 1 FROM (SELECT created_at FROM attachment WHERE stored_at IS NULL AND remote_uri <> ''"
              " AND fetch_attempts BETWEEN 0 AND 2 UNION ALL SELECT created_at FROM emoji WHERE stored_at IS NULL"
              " AND fetch_attempts BETWEEN 0 AND 2) AS wanted WHERE created_at <= ? LIMIT 1")
    DIRECTORY = "SELECT 1 FROM actor WHERE name = 'directory' AND host = '' AND kind = 'Service' AND created_at <= ?"
    SUBSCRIBING = "SELECT 1 FROM community WHERE directory = 'automatic' AND directory_opened_at <= ?"
    POLLS = "SELECT 1 FROM poll WHERE told_at IS NULL AND closes_at <= ? LIMIT 1"
    WAITING_LISTS = "SELECT 1 FROM waiting WHERE created_at <= ? UNION ALL SELECT 1 FROM waiting_peer LIMIT 1"
    WAITING_NEWS = "SELECT 1 FROM waiting_peer WHERE is_new AND created_at <= ? LIMIT 1"
    WAITING_MATCHES = "SELECT 1 FROM waiting_match WHERE state = 'new' AND created_at <= ? LIMIT 1"


async def is_due(what: Due) -> bool:
    """Whether to look."""
    return bool(await tuples(what.value, [clock.now()]))


def marks(number: int) -> str:
    """As many placeholders: "?, ?, ?"."""
    return ", ".join("?" * number)


def stored(value: object) -> object:
    """A value as both databases take it."""
    return json.dumps(value) if isinstance(value, dict) else str(value) if isinstance(value, StrEnum) else value


async def finish_items(ids: Iterable[int], outcome: str) -> set[int]:
    """Mark what waits of these as done: the text goes, the id stays. Returns those that were still waiting."""
    ids = list(ids)
    if not ids:
        return set()
    done = await rows(f"UPDATE inbox_item SET state = ?, outcome = ?, body = '' WHERE state = ? AND {listed('id')} RETURNING id",  # noqa: S608
                      [str(ItemState.DONE), outcome, str(ItemState.NEW), as_list(ids)])
    return {int(one["id"]) for one in done}
