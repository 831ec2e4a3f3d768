"""The hot paths of both queues in SQL: many rows a statement. Tortoise would take ten times as long (performance.md, Limits).

Each statement runs inside the caller's transaction, on SQLite and PostgreSQL alike.
"""
from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from models import clock
from models.database import as_instant, dialect, rows, tuples, write_rows
from models.delivery import DeliveryState, ItemState
from models.host import Host
from models.ids import new_id, new_key

CHUNK = 500  # names asked for at once


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


@dataclass(frozen=True, slots=True)
class DueDelivery:
    """What a delivery needs to know of its row."""

    id: int
    created_at: datetime
    activity_id: int
    host: str
    inbox_uri: str
    object_uri: str
    attempts: int


@dataclass(frozen=True, slots=True)
class Told:
    """That a thing of a member has reached a host, how, and under which yes."""

    object_uri: str
    host: str
    actor_id: int
    kind: str
    consent_id: int | None


async def due_deliveries(hosts: Sequence[str], now: datetime, limit: int) -> list[DueDelivery]:
    """The next `limit` deliveries of each host, in order of writing. One that follows another about the same thing that is
    not due yet has to wait: a Delete never overtakes its Create.
    """
    waiting = str(DeliveryState.WAITING)
    earlier = ("SELECT 1 FROM delivery e WHERE e.host = d.host AND e.object_uri = d.object_uri AND e.id < d.id"
               " AND e.state = ? AND e.due_at > ?")
    columns = "id, created_at, activity_id, host, inbox_uri, object_uri, attempts"
    ranked = (f"SELECT {columns}, ROW_NUMBER() OVER (PARTITION BY host ORDER BY id) AS place FROM delivery d"  # noqa: S608
              f" WHERE state = ? AND due_at <= ? AND host IN ({marks(len(hosts))}) AND NOT EXISTS ({earlier})")
    found = await rows(f"SELECT {columns} FROM ({ranked}) AS ranked WHERE place <= ? ORDER BY id",  # noqa: S608
                       [waiting, now, *hosts, waiting, now, limit])
    return [DueDelivery(**one | {"created_at": as_instant(one["created_at"])}) for one in found]


async def claim_deliveries(ids: Sequence[int]) -> set[int]:
    """Count the try, before it is made; without those that were called back meanwhile."""
    if not ids:
        return set()
    update = "UPDATE delivery SET attempts = attempts + 1 WHERE state = ? AND id IN"
    claimed = await rows(f"{update} ({marks(len(ids))}) RETURNING id", [str(DeliveryState.WAITING), *ids])
    return {int(one["id"]) for one in claimed}


async def end_deliveries(ids: Sequence[int], state: DeliveryState, status: int, now: datetime) -> None:
    """These are over: they arrived, or were refused for good, with this HTTP status."""
    if ids:
        update = "UPDATE delivery SET state = ?, status = ?, done_at = ? WHERE id IN"
        await rows(f"{update} ({marks(len(ids))})", [str(state), status, now, *ids])


async def disclose(told: Iterable[Told], now: datetime, same_since: datetime) -> None:
    """Keep what reached whom. What was told after `same_since`, and not erased since, is not written down again."""
    newest = {(one.object_uri, one.host): one for one in told}
    if not newest:
        return
    values: list[object] = []
    for one in newest.values():
        values += [new_id(), now, one.object_uri, one.host, one.actor_id, one.kind, one.consent_id, now]
    insert = "INSERT INTO disclosure (id, created_at, object_uri, host, actor_id, kind, consent_id, last_at) VALUES "
    again = (" ON CONFLICT (object_uri, host) DO UPDATE SET last_at = excluded.last_at, ended_at = NULL"
             " WHERE disclosure.ended_at IS NOT NULL OR disclosure.last_at < ?")
    await rows(insert + ", ".join([f"({marks(8)})"] * len(newest)) + again, [*values, same_since])


async def lease_hosts(ids: Sequence[int], worker: str, now: datetime, until: datetime) -> set[int]:
    """Take those of these hosts that nobody has."""
    update = "UPDATE host SET leased_by = ?, leased_until = ? WHERE (leased_until IS NULL OR leased_until < ?) AND id IN"
    leased = await rows(f"{update} ({marks(len(ids))}) RETURNING id", [worker, until, now, *ids])
    return {int(one["id"]) for one in leased}


async def release_hosts(ids: Sequence[int], worker: str) -> None:
    """Give these hosts back, as far as the worker has them."""
    update = "UPDATE host SET leased_by = '', leased_until = NULL WHERE leased_by = ? AND id IN"
    await rows(f"{update} ({marks(len(ids))})", [worker, *ids])


async def hosts_live(ids: Sequence[int], now: datetime, is_slow: bool, signature: str) -> None:
    """These hosts have answered, in this way of signing: the breaker is closed."""
    if ids:
        update = "UPDATE host SET failures = 0, retry_at = NULL, reached_at = ?, is_slow = ?, signature = ? WHERE id IN"
        await rows(f"{update} ({marks(len(ids))})", [now, is_slow, signature, *ids])


async def add_deliveries(activity_id: int, object_uri: str, inboxes: Mapping[str, str], due_at: datetime) -> None:
    """One delivery for each inbox (uri -> host), once. A host that is new gets its row."""
    if not inboxes:
        return
    names, now = sorted(set(inboxes.values())), clock.now()
    for at in range(0, len(names), CHUNK):  # in one order, so that two transactions never wait for each other
        part = names[at:at + CHUNK]
        known = {str(one["name"]) for one in await rows(f"SELECT name FROM host WHERE name IN ({marks(len(part))})", part)}  # noqa: S608
        for name in part:
            if name not in known:
                await Host.called(name)
    given = _listed([(new_id(), host, inbox) for inbox, host in inboxes.items()])
    insert = "INSERT INTO delivery (id, host, inbox_uri, created_at, activity_id, object_uri, state, due_at)"
    await rows(f"{insert} {_WRITTEN[dialect()]} ON CONFLICT (activity_id, inbox_uri) DO NOTHING",
               [now, activity_id, object_uri, str(DeliveryState.WAITING), due_at, *given])


#: Rows given as one value, or as one for each column: as values of their own they take PostgreSQL's driver six times as long.
_WRITTEN = {
    "sqlite": "SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]'), ?, ?, ?, ?, ?"
              " FROM json_each(?) WHERE true",  # without a WHERE, SQLite would read ON CONFLICT as the ON of a join
    "postgres": "SELECT one.id, one.host, one.inbox, ?, ?, ?, ?, ?"
                " FROM unnest(CAST(? AS bigint[]), CAST(? AS text[]), CAST(? AS text[])) AS one (id, host, inbox)",
}


def _listed(given: Sequence[tuple[int, str, str]]) -> list[object]:
    """The values that stand for these rows."""
    return [json.dumps(given)] if dialect() == "sqlite" else [list(column) for column in zip(*given, strict=True)]


async def follower_inboxes(actor_id: int) -> dict[str, str]:
    """Where the present followers of an actor are read elsewhere: inbox -> host, each shared inbox once."""
    inbox = "CASE WHEN a.shared_inbox_uri <> '' THEN a.shared_inbox_uri ELSE a.inbox_uri END"
    found = await rows(
        f"SELECT DISTINCT {inbox} AS inbox, a.host AS host FROM follow f JOIN actor a ON a.id = f.follower_id"  # noqa: S608
        " WHERE f.target_id = ? AND f.accepted_at IS NOT NULL AND a.host <> '' AND a.suspended_at IS NULL"
        " AND a.deleted_at IS NULL", [actor_id])
    return {str(one["inbox"]): str(one["host"]) for one in found}
