"""Who gets a copy of what leaves: one statement from follows, names and standings to the rows of the queue (performance.md).

It runs inside the caller's transaction, on SQLite and PostgreSQL alike. How we stand with a host is asked of its row, which says
what the domains above it say: the row of everybody's host is there since somebody of it was known (`Host.called`).
"""
from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from models import clock, memory
from models.commits import after_commit
from models.database import as_list, listed, rows, tuples
from models.delivery import DeliveryState
from models.host import RESTRICTED, Standing
from models.ids import new_block


@dataclass(frozen=True, slots=True)
class Audience:
    """Everybody elsewhere whom one of the first four names, as far as the last four let them; each inbox once. Actors by id."""

    people: Collection[int] = ()  # at their own inboxes
    servers_of: Collection[int] = ()  # at their shared inboxes, where they have one, as all below
    followers_of: int | None = None  # those whom the actor has let in, and who are neither suspended nor deleted
    holders_of: str = ""  # where this thing of ours was sent, or fetched from
    blocks_of: int | None = None  # the actor blocks no host among them; holders are told all the same
    standings: Collection[Standing] | None = None  # None: however we stand with them
    among: Collection[str] | None = None  # these hosts alone
    but: Collection[str] = ()  # none of these


NOBODY = Audience()


async def inboxes(audience: Audience) -> dict[str, str]:
    """Where it would go: inbox -> host."""
    chosen, values = _chosen(audience)
    return {str(inbox): str(host) for inbox, host in await tuples(chosen, values)} if chosen else {}


async def reaches(audience: Audience) -> bool:
    """Whether it would go anywhere. The first inbox that is found is enough."""
    chosen, values = _chosen(audience)
    return bool(chosen and await tuples(f"{chosen} LIMIT 1", values))


async def add_deliveries(activity_id: int, object_uri: str, audience: Audience, due_at: datetime) -> None:
    """One delivery for each inbox, once. Who sends hears of it with the commit."""
    chosen, values = _chosen(audience)
    if not chosen:
        return
    now = clock.now()
    await rows(
        "INSERT INTO delivery (id, inbox_uri, host, created_at, activity_id, object_uri, state, due_at)"  # noqa: S608
        " SELECT CAST(? AS bigint) + ROW_NUMBER() OVER (), inbox, MIN(host), ?, ?, ?, ?, ?"
        f" FROM ({chosen}) AS chosen GROUP BY inbox ON CONFLICT (activity_id, inbox_uri) DO NOTHING",
        [new_block(), now, activity_id, object_uri, str(DeliveryState.WAITING), due_at, *values])
    if due_at <= now:
        after_commit(memory.current().deliveries_written.set)


def _chosen(audience: Audience) -> tuple[str, list[object]]:
    """A SELECT of inbox and host, the same perhaps more than once, and its values; "" for nobody."""
    sources = _sources(audience)
    if not sources or audience.standings is not None and not audience.standings:
        return "", []
    wheres, values = list[str](), [value for _, given in sources for value in given]
    if audience.standings is not None:
        wheres.append(listed(_STANDING, "text"))
        values.append(as_list(sorted(audience.standings)))
    if audience.among is not None:
        wheres.append(listed("one.host", "text"))
        values.append(as_list(audience.among))
    if audience.but:
        wheres.append(f"NOT ({listed('one.host', 'text')})")
        values.append(as_list(audience.but))
    union = " UNION ALL ".join(sql for sql, _ in sources)
    return f"SELECT inbox, host FROM ({union}) AS one{' WHERE ' * bool(wheres)}{' AND '.join(wheres)}", values  # noqa: S608


def _sources(audience: Audience) -> list[tuple[str, list[object]]]:
    """Each a SELECT of inbox and host, and its values."""
    there = "(SELECT host FROM host_block WHERE owner_id = ?)"
    blocks = "" if audience.blocks_of is None else f" AND a.host NOT IN {there} AND a.domain NOT IN {there}"
    blocked: list[object] = [] if audience.blocks_of is None else [audience.blocks_of] * 2
    shut = [] if audience.standings is None else sorted(RESTRICTED - {*audience.standings})
    if shut:  # what is decided against the domain of an address holds too; no trust comes with it
        blocks += f" AND a.domain NOT IN (SELECT name FROM host WHERE {listed('standing', 'text')})"  # noqa: S608
        blocked.append(as_list(shut))
    found = list[tuple[str, list[object]]]()
    for inbox, ids in (("a.inbox_uri", audience.people), (_SHARED, audience.servers_of)):
        if ids:
            theirs = f"FROM actor a WHERE {listed('a.id')} AND a.host <> ''"
            found.append((f"SELECT {inbox} AS inbox, a.host AS host {theirs}{blocks}", [as_list(ids), *blocked]))
    if audience.followers_of is not None:
        found.append((f"SELECT {_SHARED} AS inbox, a.host AS host {FOLLOWERS}{blocks}", [audience.followers_of, *blocked]))
    if audience.holders_of:
        found += [(_SENT, [audience.holders_of]), (_FETCHED, [audience.holders_of] * 2)]
    return found


#: No join: before PostgreSQL has counted new rows it would look through all hosts for each follower.
_STANDING = "(SELECT h.standing FROM host h WHERE h.name = one.host)"
_SHARED = "CASE WHEN a.shared_inbox_uri <> '' THEN a.shared_inbox_uri ELSE a.inbox_uri END"
_PRESENT = "a.suspended_at IS NULL AND a.deleted_at IS NULL"
#: The present followers elsewhere of an actor.
FOLLOWERS = ("FROM follow f JOIN actor a ON a.id = f.follower_id WHERE f.target_id = ? AND f.accepted_at IS NOT NULL"
             f" AND a.host <> '' AND {_PRESENT}")
#: By way of the activity, whose index knows what it is about. Of what failed: no answer, so it may have come all the same.
_DELIVERIES = ("FROM outgoing_activity o JOIN delivery d ON d.activity_id = o.id AND (d.state <> 'failed'"
               " OR d.attempts > 0 AND (d.status = 0 OR d.status >= 500)) WHERE o.object_uri = ?")
_SENT = f"SELECT d.inbox_uri AS inbox, d.host AS host {_DELIVERIES}"
#: Whoever is there may take it for their server: one with a shared inbox, if there is one.
_FETCHED = (f"SELECT {_SHARED} AS inbox, a.host AS host FROM disclosure x JOIN actor a ON a.id = (SELECT a.id FROM actor a"  # noqa: S608
            f" WHERE a.host = x.host AND {_PRESENT} ORDER BY a.shared_inbox_uri DESC, a.id LIMIT 1)"
            f" WHERE x.object_uri = ? AND x.ended_at IS NULL AND x.host NOT IN (SELECT d.host {_DELIVERIES})")
