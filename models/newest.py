"""Who wrote or passed something on last, kept where a list of messages looks for it.

A home is made of the newest of some thousand people. To look for the newest of each takes some thousand looks into an index;
kept beside each follow, in an index in this order, those who wrote last are one look. What is kept may be too new, where
a message is gone; never too old.
"""
from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Mapping

from models import memory
from models.database import as_list, dialect, in_transaction, listed, rows, skip_locked, write_rows

#: Nobody has looked yet, or looks just now: newer than everything, so that whoever looks for the newest sees it. Follows from
#: elsewhere stay like that.
UNSETTLED = 2**62
SETTLING = UNSETTLED - 1
READERS_AT_ONCE = 20
_OLDER = f"(newest_id < ? OR newest_id = {SETTLING})"
_FOLLOWS = f"UPDATE follow SET newest_id = ? WHERE target_id = ? AND {_OLDER}"  # noqa: S608 - numbers
_OURS = f"UPDATE actor SET newest_id = ? WHERE id = ? AND host = '' AND {_OLDER}"  # noqa: S608
#: The same of people elsewhere for PostgreSQL, as parts of a WITH that take `told` as JSON. In the order of ids, so that no two
#: who write wait for each other.
TOGETHER = (
    "made AS (SELECT * FROM json_to_recordset(CAST(CAST(? AS text) AS json)) AS made(author_id bigint, id bigint))",
    "older AS (SELECT f.id, made.id AS made_id FROM follow f JOIN made ON made.author_id = f.target_id"  # noqa: S608
    f" WHERE f.newest_id < made.id OR f.newest_id = {SETTLING} ORDER BY f.id FOR UPDATE OF f)",
    "kept AS (UPDATE follow SET newest_id = older.made_id FROM older WHERE follow.id = older.id)")


async def made(newest: Mapping[int, int]) -> None:
    """Keep what was just written: the newest id of each author. Inside the transaction that writes it."""
    await made_elsewhere(newest)
    await write_rows(_OURS, _values(newest))


async def made_elsewhere(newest: Mapping[int, int]) -> None:
    """The same of people elsewhere alone."""
    if dialect() == "sqlite":
        await write_rows(_FOLLOWS, _values(newest))
    elif newest:
        await rows(f"WITH {', '.join(TOGETHER)} SELECT 1", [json.dumps(told(newest))])


def made_at(connection: sqlite3.Connection, newest: Mapping[int, int]) -> None:
    """The same of people elsewhere, in the thread of SQLite's writer."""
    connection.executemany(_FOLLOWS, _values(newest))


def told(newest: Mapping[int, int]) -> list[dict[str, int]]:
    """What these parts are given."""
    return [{"author_id": author_id, "id": id_} for author_id, id_ in newest.items()]


async def settle() -> int:
    """A job: look for the newest of those whom a reader came upon unsettled. Returns for how many readers."""
    if not (those := memory.current().unsettled.taken(READERS_AT_ONCE)):
        return 0
    for change in (_begin, _end):  # who writes between the two keeps it; who wrote before is found by the second
        async with in_transaction():
            await change(those)
    return len(those)


async def _begin(readers: Collection[int]) -> None:
    begun = f"newest_id = {SETTLING} WHERE newest_id = {UNSETTLED}"
    await rows(f"UPDATE follow SET {begun} AND {listed('follower_id')}", [as_list(readers)])  # noqa: S608 - numbers
    await rows(f"UPDATE actor SET {begun} AND host = ''")  # noqa: S608


async def _end(readers: Collection[int]) -> None:
    for table, who, whose, given in (("follow", "target_id", listed("follower_id"), [as_list(readers)]),
                                     ("actor", "actor.id", "host = ''", [])):
        free = f"SELECT id FROM {table} WHERE {whose} {skip_locked()}"  # noqa: S608 - who writes just now keeps it
        await rows(f"UPDATE {table} SET newest_id = {_found(who)} WHERE id IN ({free})", given)  # noqa: S608


def _found(who: str) -> str:
    """The newest of the actor in a column `who`, or what was kept meanwhile."""
    latest, wrote = "MAX" if dialect() == "sqlite" else "GREATEST", "COALESCE((SELECT MAX(id) FROM {} WHERE {} = {}), 0)"
    return (f"{latest}(CASE WHEN newest_id >= {SETTLING} THEN 0 ELSE newest_id END,"
            f" {wrote.format('post', 'author_id', who)}, {wrote.format('announce', 'actor_id', who)})")


def _values(newest: Mapping[int, int]) -> list[list[object]]:
    return [[id_, author_id, id_] for author_id, id_ in sorted(newest.items())]
