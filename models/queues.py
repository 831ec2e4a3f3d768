"""The hot path of what comes in, in SQL: many rows a statement. Tortoise would take ten times as long (performance.md, Limits).

Each statement runs inside the caller's transaction, on SQLite and PostgreSQL alike.
"""
from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from models import clock
from models.database import rows, tuples, write_rows
from models.delivery import ItemState
from models.ids import new_id, new_key


@dataclass(frozen=True, slots=True)
class NewItem:
    """An activity that has come in: its id, who sent it, its text, when it came; whether it is carried out already."""

    activity_uri: str
    sender_uri: str
    body: str
    at: datetime
    is_done: bool = False


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
    MOVES = "SELECT 1 FROM actor WHERE carried_id IS NOT NULL AND created_at <= ? LIMIT 1"
    LOOKING_OVER = ("SELECT 1 FROM community WHERE signals_elsewhere <> 'nothing' AND created_at <= ? AND (EXISTS (SELECT 1"
                    " FROM post WHERE id > looked_over_id) OR EXISTS (SELECT 1 FROM revision WHERE id > looked_over_id))")
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


async def add_items(items: Sequence[NewItem]) -> set[tuple[str, str]]:
    """Write activities down, each once; returns (activity, sender) of those that are new."""
    if not items:
        return set()
    row = f"({marks(8)})"
    values: list[object] = []
    for item in items:
        state, body, outcome = (ItemState.DONE, "", "done") if item.is_done else (ItemState.NEW, item.body, "")
        values += [new_id(), item.at, item.activity_uri, item.sender_uri, body, str(state), item.at, outcome]
    insert = "INSERT INTO inbox_item (id, created_at, activity_uri, sender_uri, body, state, due_at, outcome) VALUES "
    once = " ON CONFLICT (activity_uri, sender_uri) DO NOTHING RETURNING activity_uri, sender_uri"
    added = await rows(insert + ", ".join([row] * len(items)) + once, values)
    return {(str(one["activity_uri"]), str(one["sender_uri"])) for one in added}


async def senders_in_line(now: datetime, limit: int) -> set[str] | None:
    """Of whom something is due to be carried out; None if more than `limit` activities are."""
    waiting = "SELECT sender_uri FROM inbox_item WHERE state = ? AND due_at <= ? LIMIT ?"
    found = await rows(waiting, [str(ItemState.NEW), now, limit + 1])
    return {str(one["sender_uri"]) for one in found} if len(found) <= limit else None


async def senders(ids: Iterable[int]) -> dict[int, bool]:
    """Those of these actors that are neither suspended nor deleted, and of whose messages nobody asked to be told; and whether
    somebody here follows them.
    """
    ids = list(ids)
    if not ids:
        return {}
    ours = ("SELECT 1 FROM follow f JOIN actor reader ON reader.id = f.follower_id"
            " WHERE f.target_id = a.id AND f.accepted_at IS NOT NULL AND reader.host = ''")
    found = await rows(f"SELECT a.id, EXISTS ({ours}) AS is_followed FROM actor a WHERE a.suspended_at IS NULL"  # noqa: S608
                       f" AND a.deleted_at IS NULL AND a.id IN ({marks(len(ids))})"
                       f" AND NOT EXISTS ({ours} AND f.tells_posts)", ids)
    return {int(one["id"]): bool(one["is_followed"]) for one in found}


async def known_posts(uris: Sequence[str]) -> set[str]:
    """Those of these posts that we have, have erased, or have an answer to."""
    if not uris:
        return set()
    places = marks(len(uris))
    found = await rows(f"SELECT uri FROM post WHERE uri IN ({places}) UNION SELECT uri FROM tombstone WHERE uri IN ({places})"  # noqa: S608
                       f" UNION SELECT parent_uri FROM post WHERE parent_uri IN ({places})", [*uris, *uris, *uris])
    return {str(one["uri"]) for one in found}


async def add_posts(posts: Sequence[Mapping[str, object]]) -> list[int]:
    """Write posts that answer nothing; their ids. Each holds the same columns, as `Post` names them, but for what is new here."""
    now = clock.now()
    filled = [{"id": new_id(), "created_at": now, "key": new_key(), "note": ""} | dict(post) for post in posts]
    if filled:
        insert = f"INSERT INTO post ({', '.join(filled[0])}) VALUES ({marks(len(filled[0]))})"  # noqa: S608
        await write_rows(insert, [[_stored(value) for value in post.values()] for post in filled])
    return [int(str(post["id"])) for post in filled]


async def add_tags(named: Sequence[tuple[int, str]]) -> None:
    """Write what posts are about: (post, name)."""
    now = clock.now()
    await write_rows("INSERT INTO tag (id, created_at, post_id, name) VALUES (?, ?, ?, ?)",
                     [(new_id(), now, post_id, name) for post_id, name in named])


def _stored(value: object) -> object:
    """A value as both databases take it."""
    return json.dumps(value) if isinstance(value, dict) else str(value) if isinstance(value, StrEnum) else value


async def finish_items(ids: Iterable[int], outcome: str) -> set[int]:
    """Mark what waits of these as done: the text goes, the id stays. Returns those that were still waiting."""
    ids = list(ids)
    if not ids:
        return set()
    update = "UPDATE inbox_item SET state = ?, outcome = ?, body = '' WHERE state = ? AND id IN "
    done = await rows(f"{update} ({marks(len(ids))}) RETURNING id", [str(ItemState.DONE), outcome, str(ItemState.NEW), *ids])
    return {int(one["id"]) for one in done}
