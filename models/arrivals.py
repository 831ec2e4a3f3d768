"""What comes in at the door, in SQL: one question for a whole group, and one visit to the database that writes all of it.

What takes time there is the number of visits: a change of threads on SQLite, a message and its answer on PostgreSQL.
"""
from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache, partial
from typing import Any, cast

import orjson

from models import newest
from models.database import as_list, dialect, in_writer, listed, tuples, write_rows
from models.delivery import ItemState
from models.ids import new_id
from models.queues import stored

Row = Mapping[str, object]
#: Rows by table; all rows of one table have the same columns.
Rows = Mapping[str, Sequence[Row]]
#: What a message is made of; a row of a later table may name one of an earlier.
TABLES = ("post", "tag", "attachment")
_ITEM = ("id", "created_at", "activity_uri", "sender_uri", "body", "state", "due_at")
_PLAIN = frozenset({bool, datetime, int, str, type(None)})


@dataclass(frozen=True, slots=True)
class NewItem:
    """An activity that waits to be carried out: its id, who sent it, its text, when it came."""

    activity_uri: str
    sender_uri: str
    body: str
    at: datetime
    id: int = field(default_factory=new_id)

    def _row(self) -> tuple[object, ...]:
        return self.id, self.at, self.activity_uri, self.sender_uri, self.body, str(ItemState.NEW), self.at


async def take_in(items: Sequence[NewItem], made: Sequence[Rows]) -> set[tuple[str, str]]:
    """Write down activities that wait, each once, and the rows that messages are made of: all of it or nothing. On SQLite, in
    a transaction of its own. Returns (activity, sender) of those that are new.
    """
    by_table = _by_table(made)
    if not items and not by_table:
        return set()
    ids = await (in_writer(partial(_write, items, by_table)) if dialect() == "sqlite" else _in_one_statement(items, by_table))
    return {(item.activity_uri, item.sender_uri) for item in items if item.id in ids}


async def add_rows(made: Sequence[Rows]) -> None:
    """Write the rows that messages are made of, inside the caller's transaction."""
    by_table = _by_table(made)
    for table, found in by_table.items():
        await write_rows(_insert(table, tuple(found[0])), [_values(row) for row in found])
    await newest.made_elsewhere(_newest(by_table))


def _by_table(made: Sequence[Rows]) -> dict[str, list[Row]]:
    found = {table: [row for rows_ in made for row in rows_.get(table, ())] for table in TABLES}
    return {table: rows_ for table, rows_ in found.items() if rows_}


def _write(items: Sequence[NewItem], made: Mapping[str, Sequence[Row]], connection: sqlite3.Connection) -> set[int]:
    insert = f"{_insert('inbox_item', _ITEM)} ON CONFLICT (activity_uri, sender_uri) DO NOTHING"
    new = {item.id for item in items if connection.execute(insert, item._row()).rowcount}
    for table, found in made.items():
        connection.executemany(_insert(table, tuple(found[0])), [_values(row) for row in found])
    newest.made_at(connection, _newest(made))
    return new


def _newest(made: Mapping[str, Sequence[Row]]) -> dict[int, int]:
    """The newest message of each author: they come in the order of their ids."""
    return {cast(int, row["author_id"]): cast(int, row["id"]) for row in made.get("post", ())}


async def _in_one_statement(items: Sequence[NewItem], made: Mapping[str, Sequence[Row]]) -> set[int]:
    """The rows go as JSON: as values of their own they take the driver six times as long."""
    statement = _statement(tuple((table, tuple(found[0])) for table, found in made.items()))
    given = ([dict(zip(_ITEM, item._row(), strict=True)) for item in items], *made.values(), newest.told(_newest(made)))
    return {int(row[0]) for row in await tuples(statement, [orjson.dumps(one).decode() for one in given])}


@lru_cache(maxsize=32)
def _statement(tables: tuple[tuple[str, tuple[str, ...]], ...]) -> str:
    """Writes items, and rows of these tables (name, columns); the ids of the items that are new."""
    items = f"{_from_json('inbox_item', _ITEM)} ON CONFLICT (activity_uri, sender_uri) DO NOTHING RETURNING id"
    parts = [f"new_item AS ({items})", *(f"new_{table} AS ({_from_json(table, columns)})" for table, columns in tables),
             *newest.TOGETHER]
    return f"WITH {', '.join(parts)} SELECT id FROM new_item"  # noqa: S608 - names of ours


def _from_json(table: str, columns: Sequence[str]) -> str:
    named = _named(columns)
    return (f"INSERT INTO {table} ({named}) SELECT {named}"  # noqa: S608 - names of ours
            f" FROM json_populate_recordset(CAST(NULL AS {table}), CAST(CAST(? AS text) AS json))")


@lru_cache(maxsize=32)
def _insert(table: str, columns: tuple[str, ...]) -> str:
    return f"INSERT INTO {table} ({_named(columns)}) VALUES ({', '.join('?' * len(columns))})"  # noqa: S608 - names of ours


def _named(columns: Sequence[str]) -> str:
    return ", ".join(f'"{column}"' for column in columns)


def _values(row: Row) -> list[object]:
    """The values of a row as both drivers take them."""
    return [value if type(value) in _PLAIN else stored(value) for value in row.values()]


@dataclass(frozen=True, slots=True)
class Known:
    """What has to be known before messages are stored together.

    `in_line`: of whom something is due to be carried out, None if more than the limit; `followed`: actors who are neither
    suspended nor deleted, and of whose messages nobody asked to be told, and whether somebody here follows them; `taken`: posts
    that we have, have erased, or have an answer to; `partners`: the audience that stands for the partners of a host.
    """

    in_line: frozenset[str] | None
    followed: Mapping[int, bool]
    taken: frozenset[str]
    partners: Mapping[str, str]


#: What members of ours who follow an actor want: 2 if one of them asked to be told of each message, 1 if none; NULL without any.
#: CROSS: in another order, SQLite looks through all members for each actor.
_FOLLOWED, _TOLD = "1", "2"
_WANTED = ("(SELECT MAX(CASE WHEN f.tells_posts THEN 2 ELSE 1 END) FROM follow f CROSS JOIN actor reader"
           " WHERE reader.id = f.follower_id AND f.target_id = a.id AND f.accepted_at IS NOT NULL AND reader.host = '')")


def _ask(question: str, values: Sequence[Any], connection: sqlite3.Connection) -> list[Any]:
    return connection.execute(question, values).fetchall()


#: How much is due of whom; in all, no more than is asked for.
_LINE = ("SELECT sender_uri, COUNT(*) AS number FROM (SELECT sender_uri FROM inbox_item WHERE state = ? AND due_at <= ? LIMIT ?)"
         " AS waiting GROUP BY sender_uri")


async def in_line(now: datetime, limit: int) -> frozenset[str] | None:
    """Of whom something is due to be carried out; None if more than the limit is, of anybody."""
    return _at_most(limit, await tuples(_LINE, [str(ItemState.NEW), now, limit + 1]))


def _at_most(limit: int, line: Iterable[Sequence[Any]]) -> frozenset[str] | None:
    counts = {str(sender): int(number) for sender, number in line}
    return frozenset(counts) if sum(counts.values()) <= limit else None


@lru_cache(maxsize=2)
def _question(_dialect: str) -> str:
    actors = f"{listed('a.id')} AND a.suspended_at IS NULL AND a.deleted_at IS NULL"
    return " UNION ALL ".join((
        f"SELECT 'line', sender_uri, CAST(number AS text) FROM ({_LINE}) AS line",  # noqa: S608 - names of ours
        f"SELECT 'actor', CAST(a.id AS text), CAST(COALESCE({_WANTED}, 0) AS text) FROM actor a WHERE {actors}",  # noqa: S608
        f"SELECT 'post', uri, '' FROM post WHERE {listed('uri', 'text')}",  # noqa: S608
        f"SELECT 'post', uri, '' FROM tombstone WHERE {listed('uri', 'text')}",  # noqa: S608
        f"SELECT 'post', parent_uri, '' FROM post WHERE {listed('parent_uri', 'text')}",  # noqa: S608
        f"SELECT 'host', name, partners_uri FROM host WHERE {listed('name', 'text')}"))  # noqa: S608


async def known(actor_ids: Collection[int], hosts: Collection[str], uris: Collection[str], now: datetime, limit: int) -> Known:
    """What is known of these actors, hosts and posts, and of whatever is in line now, in one question.

    `limit`: how much may be in line, of anybody.
    """
    posts, names, ids = as_list(uris), as_list(hosts), as_list(actor_ids)
    values = [str(ItemState.NEW), now, limit + 1, ids, posts, posts, posts, names]
    question = _question(dialect())
    # a connection that only reads forgets with each commit what it has read; the one that writes does not
    found = await (in_writer(partial(_ask, question, values)) if dialect() == "sqlite" else tuples(question, values))
    told: dict[str, list[tuple[str, str]]] = {"line": [], "actor": [], "post": [], "host": []}
    for what, name, said in found:
        told[what].append((name, said))
    return Known(_at_most(limit, told["line"]), {int(name): said == _FOLLOWED for name, said in told["actor"] if said != _TOLD},
                 frozenset(name for name, _ in told["post"]), {name: said for name, said in told["host"] if said})


async def count_waiting(limit: int) -> int:
    """How many activities wait to be carried out, due or not; `limit` if there are more."""
    waiting = "SELECT COUNT(*) FROM (SELECT 1 FROM inbox_item WHERE state = ? LIMIT ?) AS waiting"
    return int((await tuples(waiting, [str(ItemState.NEW), limit]))[0][0])
