"""A clock that was set back: what waits for a time that now comes too late goes on at once, and ids go on from the highest.

A server may have run for hours or days with a clock that was ahead. What was written down meanwhile would sleep for as long.
"""
from __future__ import annotations

from datetime import datetime, timedelta

from models import ids
from models.database import in_transaction, rows, tuples
from models.post import IN_REVIEW

NOTHING = timedelta(0)
#: The most that the setting `undo_seconds` allows, and how long another server is leased.
LONGEST_UNDO, LONGEST_LEASE = timedelta(minutes=10), timedelta(minutes=1)
#: Longer than anything waits by itself: six hours a delivery, two a mail, a day where a server asks us to wait (`answers`).
LONGEST_WAIT = timedelta(hours=25)
#: No row is born later than now, but for the moment that its statement took.
MOMENT = timedelta(seconds=5)
#: Tables whose newest rows are looked for by their id.
NUMBERED = ("post", "announce", "notification", "revision", "inbox_item", "delivery")
#: Due at a time that nobody chose: to be tried again, or to be written down as leased.
QUEUES = ("inbox_item WHERE state = 'new'", "delivery WHERE state = 'waiting' AND attempts > 0", "outgoing_mail WHERE id > 0",
          "outgoing_push WHERE id > 0")
#: Due once they are born, or some time after.
BORN = ("recall WHERE id > 0", "erasure_request WHERE answered_at IS NULL", "brought WHERE outcome = 'waiting'",
        "introduction WHERE state = 'met'",
        "attachment WHERE stored_at IS NULL AND remote_uri <> '' AND fetch_attempts BETWEEN 0 AND 2",
        "emoji WHERE stored_at IS NULL AND fetch_attempts BETWEEN 0 AND 2", "waiting WHERE id > 0", "waiting_peer WHERE id > 0",
        "waiting_match WHERE state = 'new'", "actor WHERE carried_id > 0")


async def read_ids() -> None:
    """At the start of a process: no id that it makes is lower than what is there."""
    highest = " UNION ALL ".join(f"SELECT MAX(id) AS id FROM {table}" for table in NUMBERED)  # noqa: S608
    found = await tuples(f"SELECT MAX(id) FROM ({highest}) AS newest")  # noqa: S608
    ids.go_on_from(found[0][0] or 0)


async def wake(now: datetime, longest: timedelta = LONGEST_WAIT) -> int:
    """Let go on what sleeps for longer than `longest`, or was born later than now; how much there was. Where the clock is known
    to have been set back, `longest` is NOTHING: all is tried again at once, and a message that can be undone stays so for as long
    as ever, from now on. What people chose, such as when a message is published or a question ends, stays.
    """
    async with in_transaction():
        return await _queues(now, now + longest) + await _let_leave(now) + await _hosts(now, now + longest)


async def _queues(now: datetime, later: datetime) -> int:
    """What is done one after the other."""
    born, woken = now + MOMENT, 0
    for queue in QUEUES:
        table, _, condition = queue.partition(" WHERE ")
        woken += await _count(f"UPDATE {table} SET due_at = ? WHERE {condition} AND due_at > ?"  # noqa: S608
                              " AND (created_at > ? OR due_at > ?) RETURNING id", [now, now, born, later])
    for queue in BORN:
        table, _, condition = queue.partition(" WHERE ")
        woken += await _count(f"UPDATE {table} SET created_at = ? WHERE {condition} AND created_at > ? RETURNING id",  # noqa: S608
                              [now, born])
    return woken


async def _let_leave(now: datetime) -> int:
    """Messages that are held for undoing, and what was never tried as it waits for that. What the team reads first goes on
    waiting for it.
    """
    last, held = now + LONGEST_UNDO, 0
    for change in ("post SET held_until = ? WHERE held_until > ? AND held_until < ?",
                   "delivery SET due_at = ? WHERE state = 'waiting' AND attempts = 0 AND due_at > ? AND due_at < ?"):
        held += await _count(f"UPDATE {change} RETURNING id", [last, last, IN_REVIEW])  # noqa: S608
    return held


async def _hosts(now: datetime, later: datetime) -> int:
    """Other servers that rest, or are leased for longer than anybody leases them."""
    resting = await _count("UPDATE host SET retry_at = NULL WHERE retry_at > ? RETURNING id", [later])
    lease = now + LONGEST_LEASE
    return resting + await _count("UPDATE host SET leased_until = ? WHERE leased_until > ? RETURNING id", [lease, lease])


async def _count(sql: str, args: list[object]) -> int:
    return len(await rows(sql, args))
