"""Lists of messages in SQL. Every statement is bounded by ids, so that none sorts or walks all messages there are.

A list is read by the newest messages first, keeping those that belong to it, which is cheapest where many do. Where few do
within the newest ones, candidates are collected by their authors instead, in ever wider spans of time (performance.md,
Limits: either way alone is slow for somebody).
"""
from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from models import memory
from models.actor import Actor
from models.conditions import FROM, Condition
from models.database import Statement, dialect, together, tuples
from models.loading import join, makers, selected
from models.post import Post
from models.queues import marks
from models.relation import Announce

PAGE_POSTS = 20
END_OF_TIME = 2**62  # above every id
NEWEST_ROWS = 2_000  # that are looked at one by one
WIDER = 10  # times the span before, where that held too little
#: Stand in the values of candidates for the ids between which they are asked; nothing else has such a value.
LOW, HIGH = -7_345_019_227, -7_345_019_228


@dataclass(frozen=True, slots=True)
class Span:
    """Which part of a list is wanted, by the ids of its entries: the newest `size` between two places, or, `upwards`, those
    that stand next above `after`.
    """

    before: int = END_OF_TIME  # only ids below this one
    after: int = 0  # only ids above this one
    upwards: bool = False
    size: int = PAGE_POSTS
    among: Collection[int] | None = None  # only these ids: of what is new, what belongs here


class Way(StrEnum):
    """How a list is found."""

    WALK = "walk"  # the newest rows one by one, then candidates: many of the newest are likely to belong to it
    COLLECT = "collect"  # candidates alone
    PLAN = "plan"  # as the database likes: an index gives just these, in the order of their ids


@dataclass(frozen=True, slots=True)
class Scope:
    """What belongs to a list: a condition, and a SELECT of the ids of all that may belong to it, and perhaps of others.

    Among the values of `candidates`, LOW and HIGH stand for the ids between which it is asked. Without candidates, a walk
    goes on until it has enough.
    """

    condition: Condition
    candidates: Condition | None = None
    way: Way = Way.WALK


@dataclass(frozen=True, slots=True)
class _Table:
    """What is listed. `joined`: what each row points at, as (table, its alias, the column with its id). `post`: the message;
    `passing`: the row itself where it passes one on, else nothing.
    """

    name: str
    joined: tuple[tuple[str, str, str], ...]
    post: str
    passing: str


@dataclass(frozen=True, slots=True)
class _Part:
    """Where the rows of a list are looked for: in one table, in one way, between two ids."""

    table: _Table
    scope: Scope
    way: Way
    low: int
    high: int


_AUTHOR = ("actor", "post__author", '"post"."author_id"')
POSTS = _Table("post", (_AUTHOR,), '"post"."id"', "0")
ANNOUNCES = _Table("announce", (("actor", "passer", '"announce"."actor_id"'), ("post", "post", '"announce"."post_id"'), _AUTHOR),
                   '"announce"."post_id"', '"announce"."id"')
POST_COLUMNS = ((Post, "post"), (Actor, "post__author"))
COLUMNS = (*POST_COLUMNS, (Announce, "announce"), (Actor, "passer"))
JOINED = (' INNER JOIN "post" ON "post"."id" = listed.post_id'
          ' INNER JOIN "actor" "post__author" ON "post__author"."id" = "post"."author_id"'
          ' LEFT JOIN "announce" ON "announce"."id" = listed.passing_id'
          ' LEFT JOIN "actor" "passer" ON "passer"."id" = "announce"."actor_id"')


async def listed(scope: Scope, passing: Scope | None, span: Span) -> tuple[list[Post], list[Announce]]:
    """The messages of a list with their authors, and what was passed on by the same rules, each with its actor, its message
    and that one's author: of both together one more than `span.size` if there are; upwards oldest first.
    """
    found = await _found([(POSTS, scope), *([(ANNOUNCES, passing)] if passing else [])], span)
    post_of, author_of, announce_of, passer_of = makers(*(model for model, _ in COLUMNS))
    posts, passed = list[Post](), list[Announce]()
    for row in found:
        post = with_author(post_of(row), author_of(row))
        if row[-1] == post.id:
            posts.append(post)
            continue
        announce: Announce = announce_of(row)
        join(announce, "actor", passer_of(row))
        join(announce, "post", post)
        passed.append(announce)
    return posts, passed


async def picked(condition: Condition, limit: int) -> list[Post]:
    """The messages that meet a condition, the oldest first, with their authors."""
    columns = ", ".join(selected(model, alias) for model, alias in POST_COLUMNS)
    found = await tuples(f'SELECT {columns} {FROM} WHERE {condition.sql} ORDER BY "post"."id" LIMIT ?',  # noqa: S608
                         [*condition.values, limit])
    post_of, author_of = makers(Post, Actor)
    return [with_author(post_of(row), author_of(row)) for row in found]


def with_author(post: Post, author: Actor) -> Post:
    """The message, its author loaded."""
    join(post, "author", author)
    return post


async def _found(wanted: Sequence[tuple[_Table, Scope]], span: Span) -> list[Sequence[Any]]:
    """The rows that stand on the page and one more, in their order: from the newest of each table, and where these are too
    few, out of ever wider spans beyond them.
    """
    if span.among is not None or all(scope.way is Way.PLAN for _, scope in wanted):
        return await _looked([_Part(*one, Way.PLAN, span.after, span.before) for one in wanted], span)
    parts = [_Part(table, scope, scope.way, *await _newest(table, span)) for table, scope in wanted]
    found = await _looked(parts, span)
    while parts := [wider for part in parts if (wider := _wider(part, found, span))]:
        found = sorted([*found, *await _looked(parts, span)], key=_place, reverse=not span.upwards)[:span.size + 1]
    return found


def _place(row: Sequence[Any]) -> int:
    place: int = row[-1]
    return place


def _wider(part: _Part, found: Sequence[Sequence[Any]], span: Span) -> _Part | None:
    """Where to look next for what a page may lack of a table; None where it lacks nothing, or there is no more."""
    way = Way.COLLECT if part.scope.candidates else Way.WALK
    last, width = _place(found[span.size]) if len(found) > span.size else None, (part.high - part.low) * WIDER  # ids count time
    if span.upwards:
        is_done = part.high >= span.before or last is not None and last < part.high
        return None if is_done else replace(part, way=way, low=part.high - 1, high=min(span.before, part.high + width))
    is_done = part.low <= span.after or last is not None and last > part.low
    return None if is_done else replace(part, way=way, low=max(span.after, part.low - width), high=part.low + 1)


async def _newest(table: _Table, span: Span) -> tuple[int, int]:
    """The ids between which the first NEWEST_ROWS of a span are; its own where there are fewer."""
    if span.upwards:
        return span.after, await _edge(table, span) or span.before
    if span.before < END_OF_TIME:
        return await _edge(table, span) or span.after, span.before
    newest = replace(span, after=0)
    return max(span.after, await memory.current().edges.get(table.name, lambda: _edge(table, newest))), span.before


async def _edge(table: _Table, span: Span) -> int:
    """The id that is NEWEST_ROWS into a span; 0 if there are fewer. Those who ask for the newest are told a recent one."""
    found = await tuples(
        f'SELECT id FROM "{table.name}" WHERE id > ? AND id < ? ORDER BY id {_order(span)} LIMIT 1 OFFSET {NEWEST_ROWS}',  # noqa: S608
        [span.after, span.before])
    return int(found[0][0]) if found else 0


async def _looked(parts: Sequence[_Part], span: Span) -> list[Sequence[Any]]:
    """The rows of some parts together, as many as the page needs. Whether they belong there is decided by their ids alone, and
    only those that do are read whole.
    """
    places, values = list[str](), list[object]()
    for number, part in enumerate(parts):
        sql, given = _places(part, span)
        places.append(f"SELECT * FROM ({sql}) AS part{number}")  # noqa: S608
        values += given
    wanted = ", ".join(selected(model, alias) for model, alias in COLUMNS)
    chosen = f"{' UNION ALL '.join(places)} ORDER BY place {_order(span)} LIMIT {span.size + 1}"
    sql = (f"SELECT {wanted}, listed.place FROM ({chosen}) AS listed"  # noqa: S608
           f"{JOINED} ORDER BY listed.place {_order(span)}")
    return (await together([(sql, values)]))[0]


def _places(part: _Part, span: Span) -> Statement:
    """What asks for the places of a part, with the ids of the message and of its passing-on."""
    table, where, values = part.table, [f"({part.scope.condition.sql})"], list(part.scope.condition.values)
    if part.way is Way.COLLECT and part.scope.candidates:
        where.append(f'"{table.name}"."id" IN ({part.scope.candidates.sql})')
        values += part.scope.candidates.filled({LOW: part.low, HIGH: part.high}).values
    if span.among is not None:
        where.append(f'"{table.name}"."id" IN ({marks(len(span.among))})')
        values += span.among
    order = f'ORDER BY "{table.name}"."id" {_order(span)}'
    if part.way is Way.WALK and dialect() == "postgres":
        source, values = _walked(table, order), [part.low, part.high, *values]
    else:
        source, values = _joined(table, part.way), [*values, part.low, part.high]
        where.append(f'"{table.name}"."id" > ? AND "{table.name}"."id" < ?')
    return (f'SELECT "{table.name}"."id" AS place, {table.post} AS post_id, {table.passing} AS passing_id'  # noqa: S608
            f' FROM {source} WHERE {" AND ".join(where)} {order} LIMIT {span.size + 1}', values)


def _joined(table: _Table, way: Way) -> str:
    """The table with what its rows point at, in the order that the database likes; SQLite would rather collect and sort all
    there is than walk.
    """
    hint = f' INDEXED BY "sqlite_autoindex_{table.name}_1"' if dialect() == "sqlite" and way is not Way.PLAN else ""
    joins = "".join(f' INNER JOIN "{name}" "{alias}" ON "{alias}"."id" = {column}' for name, alias, column in table.joined)
    return f'"{table.name}"{hint}{joins}'


def _walked(table: _Table, order: str) -> str:
    """The same between two ids, for PostgreSQL, row by row in their order and no further than wanted. It would read every author
    to sort two thousand messages; what ends in OFFSET 0 it leaves as it is written.
    """
    rows = f'SELECT * FROM "{table.name}" WHERE id > ? AND id < ? {order} OFFSET 0'  # noqa: S608
    joins = "".join(f' CROSS JOIN LATERAL (SELECT * FROM "{name}" one WHERE one.id = {column} OFFSET 0) "{alias}"'  # noqa: S608
                    for name, alias, column in table.joined)
    return f'({rows}) "{table.name}"{joins}'


def _order(span: Span) -> str:
    return "ASC" if span.upwards else "DESC"

