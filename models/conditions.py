"""A condition of Tortoise (Q) as a piece of SQL that is worked out once and asked a thousand times.

The SQL is Tortoise's own, so that a rule that is written as a Q has one meaning, whichever way it is asked. What is only
known when it is asked stands in the Q as one of the values below, and is put in its place by `filled`.
"""
from __future__ import annotations

import re
from collections.abc import Callable, Collection, Hashable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from tortoise.expressions import Q

from models import clock
from models.database import as_list, dialect, listed, tuples
from models.post import Post

#: Stand for the id of the one who asks, for their host and for the instant; nothing has such a value.
WHO = -7_345_019_226
WHENCE = "the host of the one who asks"
NOW = datetime(1, 2, 3, 4, 5, 6, 7, tzinfo=UTC)
LITERAL = clock.literal(NOW)
PLACES = re.compile(rf"\?|\$\d+|{re.escape(LITERAL)}")
#: What a condition is about: a message and its author.
FROM = 'FROM "post" LEFT OUTER JOIN "actor" "post__author" ON "post__author"."id"="post"."author_id"'


@dataclass(frozen=True, slots=True)
class Condition:
    """A piece of SQL about the tables of FROM, with "?" for each of its values."""

    sql: str
    values: tuple[object, ...] = ()

    def filled(self, known: Mapping[object, object]) -> Condition:
        """The same with what stands for something put in its place."""
        return Condition(self.sql, tuple(known.get(value, value) for value in self.values))

    def beside(self, columns: Mapping[object, str]) -> Condition:
        """The same with a column of a table beside it in the place of what stands for something."""
        places = [columns.get(value, "?") for value in self.values]
        in_order = iter(places)
        left = tuple(value for value, place in zip(self.values, places, strict=True) if place == "?")
        return Condition(re.sub(r"\?", lambda _: next(in_order), self.sql), left)

    def __and__(self, other: Condition) -> Condition:
        return Condition(f"({self.sql}) AND ({other.sql})", (*self.values, *other.values))

    def __or__(self, other: Condition) -> Condition:
        return Condition(f"({self.sql}) OR ({other.sql})", (*self.values, *other.values))


def of(build: Callable[..., Q], *given: Hashable) -> Condition:
    """What `build(*given)` makes, a condition on Post and its author, as SQL for the database of this task."""
    return _compiled(dialect(), build, given)


@lru_cache(maxsize=256)
def _compiled(_: str, build: Callable[..., Q], given: tuple[Hashable, ...]) -> Condition:
    query = Post.filter(build(*given)).only("id")
    query.sql()  # chooses the database and makes the query
    sql, values = query.query.get_parameterized_sql()
    start, _, condition = sql.partition(" WHERE ")
    if start != f'SELECT "post"."id" "id" {FROM}':
        raise ValueError(f"a condition joins more than the author: {start}")
    ordered, in_order = list[object](), iter(values)

    def placed(match: re.Match[str]) -> str:
        place = match[0]
        ordered.append(NOW if place == LITERAL else values[int(place[1:]) - 1] if len(place) > 1 else next(in_order))
        return "?"
    return Condition(PLACES.sub(placed, condition), tuple(ordered))


async def meeting(condition: Condition, ids: Collection[int]) -> set[int]:
    """Those of these posts that meet a condition."""
    if not ids:
        return set()
    found = await tuples(f"SELECT post.id {FROM} WHERE {listed('post.id')} AND ({condition.sql})",  # noqa: S608
                         [as_list(ids), *condition.values])
    return {int(row[0]) for row in found}


async def meeting_each(condition: Condition, asked: Collection[tuple[str, int]]) -> set[tuple[str, int]]:
    """Of these pairs of a host and a post, those that meet a condition in which WHENCE stands for the host."""
    if not asked:
        return set()
    beside, pairs = condition.beside({WHENCE: "asked.host"}), list(asked)
    hosts, ids = as_list(host for host, _ in pairs), as_list(id_ for _, id_ in pairs)
    # the ids stand there twice: by the table alone, PostgreSQL reads all messages as long as it thinks that there are few
    found = await tuples(f"SELECT asked.host, post.id {FROM} JOIN {_asked()} ON asked.post_id = post.id"  # noqa: S608
                         f" WHERE {listed('post.id')} AND ({beside.sql})", [hosts, ids, ids, *beside.values])
    return {(str(host), int(id_)) for host, id_ in found}


def _asked() -> str:
    """Pairs as a table, out of two lists."""
    if dialect() == "postgres":
        return "unnest(CAST(? AS text[]), CAST(? AS bigint[])) AS asked(host, post_id)"
    lists = "json_each(?) AS hosts JOIN json_each(?) AS ids ON ids.key = hosts.key"
    return f"(SELECT hosts.value AS host, ids.value AS post_id FROM {lists}) AS asked"  # noqa: S608 - names of ours
