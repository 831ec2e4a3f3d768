"""The hot path of what goes out, in SQL: many rows a statement. Tortoise would take ten times as long (performance.md, Limits).

Each statement runs inside the caller's transaction, on SQLite and PostgreSQL alike, and takes its rows as one value, or as one
for each column: so its text never changes, and PostgreSQL reads it once. As values of their own they take six times as long.
"""
from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from models.database import as_instant, as_list, dialect, listed, rows, tuples
from models.delivery import DeliveryState
from models.fan_out import FOLLOWERS
from models.ids import new_id


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
              f" WHERE state = ? AND due_at <= ? AND {listed('host', 'text')} AND NOT EXISTS ({earlier})")
    found = await tuples(f"SELECT {columns} FROM ({ranked}) AS ranked WHERE place <= ? ORDER BY id",  # noqa: S608
                         [waiting, now, as_list(hosts), waiting, now, limit])
    return [DueDelivery(one[0], as_instant(one[1]), *one[2:]) for one in found]


async def claim(ids: Sequence[int]) -> set[int]:
    """Count the try, before it is made; without those deliveries that were called back meanwhile."""
    if not ids:
        return set()
    # a bare `state = ?` makes SQLite read all that waits, of all hosts, to find these
    update = f"UPDATE delivery SET attempts = attempts + 1 WHERE {listed('id')} AND COALESCE(state, '') = ? RETURNING id"  # noqa: S608
    return {int(one["id"]) for one in await rows(update, [as_list(ids), str(DeliveryState.WAITING)])}


async def indebted(limit: int) -> frozenset[str]:
    """The hosts to which more than so many deliveries wait."""
    found = await tuples("SELECT host FROM delivery WHERE state = ? GROUP BY host HAVING COUNT(*) > ?",
                         [str(DeliveryState.WAITING), limit])
    return frozenset(str(row[0]) for row in found)


async def end(ids: Sequence[int], state: DeliveryState, status: int, now: datetime) -> None:
    """These deliveries are over: they arrived, or were refused for good, with this HTTP status."""
    if ids:
        update = f"UPDATE delivery SET state = ?, status = ?, done_at = ? WHERE {listed('id')}"  # noqa: S608
        await rows(update, [str(state), status, now, as_list(ids)])


async def disclose(told: Iterable[Told], now: datetime, same_since: datetime) -> None:
    """Keep what reached whom. What was told after `same_since`, and not erased since, is not written down again."""
    newest = {(one.object_uri, one.host): one for one in told}
    if newest:
        insert = "INSERT INTO disclosure (id, object_uri, host, actor_id, kind, consent_id, created_at, last_at)"
        again = (" ON CONFLICT (object_uri, host) DO UPDATE SET last_at = excluded.last_at, ended_at = NULL"
                 " WHERE disclosure.ended_at IS NOT NULL OR disclosure.last_at < ?")
        given = [(new_id(), one.object_uri, one.host, one.actor_id, one.kind, one.consent_id) for one in newest.values()]
        await rows(f"{insert} {_TOLD[dialect()]} {again}", [now, now, *_columns(given), same_since])


async def present_actors(ids: Iterable[int]) -> set[int]:
    """Those of these actors that are neither suspended nor deleted."""
    present = f"SELECT id FROM actor WHERE suspended_at IS NULL AND deleted_at IS NULL AND {listed('id')}"  # noqa: S608
    return {int(one[0]) for one in await tuples(present, [as_list(ids)])}


async def lease_hosts(ids: Sequence[int], worker: str, now: datetime, until: datetime) -> set[int]:
    """Take those of these hosts that nobody has."""
    update = ("UPDATE host SET leased_by = ?, leased_until = ? WHERE (leased_until IS NULL OR leased_until < ?)"  # noqa: S608
              f" AND {listed('id')} RETURNING id")
    return {int(one["id"]) for one in await rows(update, [worker, until, now, as_list(ids)])}


async def release_hosts(ids: Sequence[int], worker: str) -> None:
    """Give these hosts back, as far as the worker has them."""
    if ids:
        update = f"UPDATE host SET leased_by = '', leased_until = NULL WHERE leased_by = ? AND {listed('id')}"  # noqa: S608
        await rows(update, [worker, as_list(ids)])


async def hosts_live(ids: Sequence[int], now: datetime, is_slow: bool, signature: str) -> None:
    """These hosts have answered, in this way of signing: the breaker is closed."""
    if ids:
        update = ("UPDATE host SET failures = 0, retry_at = NULL, reached_at = ?, is_slow = ?, signature = ?"  # noqa: S608
                  f" WHERE {listed('id')}")
        await rows(update, [now, is_slow, signature, as_list(ids)])


#: Rows given as one value, or as one for each column.
_TOLD = {
    "sqlite": "SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]'),"
              " json_extract(value, '$[3]'), json_extract(value, '$[4]'), json_extract(value, '$[5]'), ?, ?"
              " FROM json_each(?) WHERE true",
    "postgres": "SELECT one.id, one.object, one.host, one.actor, one.kind, one.consent, ?, ? FROM unnest(CAST(? AS bigint[]),"
                " CAST(? AS text[]), CAST(? AS text[]), CAST(? AS bigint[]), CAST(? AS text[]), CAST(? AS bigint[]))"
                " AS one (id, object, host, actor, kind, consent)",
}


def _columns(given: Sequence[tuple[object, ...]]) -> list[object]:
    """The values that stand for these rows."""
    return [json.dumps(given)] if dialect() == "sqlite" else [list(column) for column in zip(*given, strict=True)]


async def followers_elsewhere(actor_id: int) -> list[tuple[str, str]]:
    """Host and id of each present follower of an actor elsewhere."""
    return [(str(one[0]), str(one[1])) for one in await tuples(f"SELECT a.host, a.uri {FOLLOWERS}", [actor_id])]
