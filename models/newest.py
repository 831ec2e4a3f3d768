"""Who wrote or passed something on last, kept where a list of messages looks for it.

A home is made of the newest of some thousand people. To look for the newest of each takes some thousand looks into an index;
kept beside each follow, in an index in this order, the sixty who wrote last are one look. What is kept may be too new, where
a message is gone; never too old.
"""
from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping

from models import memory
from models.database import as_list, dialect, listed, rows, skip_locked, write_rows

#: Nobody has looked yet: newer than everything, so that whoever looks for the newest sees it.
UNSETTLED = 2**62
READERS_AT_ONCE = 20
_OLDER = f"(newest_id < ? OR newest_id = {UNSETTLED})"


async def made(newest: Mapping[int, int]) -> None:
    """Keep what was just written: the newest id of each author. Inside the transaction that writes it."""
    if not newest:
        return
    if dialect() == "postgres":
        await rows(f"WITH {', '.join(together())} SELECT 1", [json.dumps(told(newest))])
    else:
        await write_rows(_set("follow", "target_id", "sqlite"), _values(newest))
    await write_rows(f"{_set('actor', 'id', dialect())} AND host = ''", _values(newest))


def made_at(connection: sqlite3.Connection, newest: Mapping[int, int]) -> None:
    """The same of people elsewhere, in the thread of SQLite's writer."""
    connection.executemany(_set("follow", "target_id", "sqlite"), _values(newest))


def together() -> tuple[str, ...]:
    """The same of people elsewhere for PostgreSQL, as parts of a WITH that take `told` as JSON. In the order of ids, so that no
    two who write wait for each other.
    """
    return ("made AS (SELECT * FROM json_to_recordset(CAST(CAST(? AS text) AS json)) AS made(author_id bigint, id bigint))",
            "older AS (SELECT f.id, made.id AS made_id FROM follow f JOIN made ON made.author_id = f.target_id"  # noqa: S608
            f" WHERE f.newest_id < made.id OR f.newest_id = {UNSETTLED} ORDER BY f.id FOR UPDATE OF f)",
            f"kept AS (UPDATE follow SET newest_id = {_newer('older.made_id', 'target_id', 'postgres')}"  # noqa: S608
            " FROM older WHERE follow.id = older.id)")


def told(newest: Mapping[int, int]) -> list[dict[str, int]]:
    """What these parts are given."""
    return [{"author_id": author_id, "id": id_} for author_id, id_ in newest.items()]


async def settle() -> int:
    """A job: look for the newest of those whom a reader came upon unsettled. Returns for how many readers."""
    if not (those := memory.current().unsettled.taken(READERS_AT_ONCE)):
        return 0
    theirs, ours = f"{listed('follower_id')} AND newest_id = {UNSETTLED}", f"host = '' AND newest_id = {UNSETTLED}"
    for table, who, unsettled, given in (("follow", "target_id", theirs, [as_list(those)]), ("actor", "actor.id", ours, [])):
        free = f"SELECT id FROM {table} WHERE {unsettled} {skip_locked()}"  # noqa: S608 - who writes just now settles it
        await rows(f"UPDATE {table} SET newest_id = {_newer('0', who, dialect())} WHERE id IN ({free})", given)  # noqa: S608
    return len(those)


def _set(table: str, who: str, kind: str) -> str:
    """The statement that keeps an id for an actor: given the id twice, the actor, and the id again."""
    return f"UPDATE {table} SET newest_id = {_newer('?', f'{table}.{who}', kind)} WHERE {who} = ? AND {_OLDER}"  # noqa: S608


def _newer(id_: str, who: str, kind: str) -> str:
    """An id, or where nobody has looked yet, the newest of the actor in a column `who` if that is newer."""
    latest, wrote = "MAX" if kind == "sqlite" else "GREATEST", "COALESCE((SELECT MAX(id) FROM {} WHERE {} = {}), 0)"
    found = ", ".join((id_, wrote.format("post", "author_id", who), wrote.format("announce", "actor_id", who)))
    return f"CASE newest_id WHEN {UNSETTLED} THEN {latest}({found}) ELSE {id_} END"


def _values(newest: Mapping[int, int]) -> list[list[object]]:
    return [[id_, id_, author_id, id_] for author_id, id_ in sorted(newest.items())]
