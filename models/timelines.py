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
    """What is listed, and how it is read. `joined`: what each row points at, as (table, its alias, the column that holds its id)."""

    name: str
    columns: tuple[tuple[type[Any], str], ...]
    joined: tuple[tuple[str, str, str], ...]


_AUTHOR = ("actor", "post__author", '"post"."author_id"')
POSTS = _Table("post", ((Post, "post"), (Actor, "post__author")), (_AUTHOR,))
ANNOUNCES = _Table("announce", ((Announce, "announce"), (Actor, "passer"), *POSTS.columns),
                   (("actor", "passer", '"announce"."actor_id"'), ("post", "post", '"announce"."post_id"'), _AUTHOR))


async def listed(scope: Scope, passing: Scope | None, span: Span) -> tuple[list[Post], list[Announce]]:
    """The messages of a list with their authors, and what was passed on by the same rules, each with its actor, its message
    and that one's author: of both together one more than `span.size` if there are; upwards oldest first.
    """
    wanted = [(POSTS, scope), *([(ANNOUNCES, passing)] if passing else [])]
    found = _first(await _found(wanted, span), span)
    post_of, author_of = makers(Post, Actor)
    posts = [with_author(post_of(row), author_of(row)) for row in found[0]]
    return posts, [_announce(row) for row in found[1]] if passing else []


async def picked(condition: Condition, limit: int) -> list[Post]:
    """The messages that meet a condition, the oldest first, with their authors."""
    columns = ", ".join(selected(model, alias) for model, alias in POSTS.columns)
    found = await tuples(f'SELECT {columns} {FROM} WHERE {condition.sql} ORDER BY "post"."id" LIMIT ?',  # noqa: S608
                         [*condition.values, limit])
    post_of, author_of = makers(Post, Actor)
    return [with_author(post_of(row), author_of(row)) for row in found]


def _first(found: Sequence[list[Sequence[Any]]], span: Span) -> list[list[Sequence[Any]]]:
    """The rows that stand on the page, and one more: those beyond need not become models."""
    places = sorted((row[0] for rows in found for row in rows), reverse=not span.upwards)[:span.size + 1]
    if not places:
        return list(found)
    low, high = min(places), max(places)
    return [[row for row in rows if low <= row[0] <= high] for rows in found]


def _announce(row: Sequence[Any]) -> Announce:
    announce_of, passer_of, post_of, author_of = makers(Announce, Actor, Post, Actor)
    announce: Announce = announce_of(row)
    join(announce, "actor", passer_of(row))
    join(announce, "post", with_author(post_of(row), author_of(row)))
    return announce


def with_author(post: Post, author: Actor) -> Post:
    """The message, its author loaded."""
    join(post, "author", author)
    return post


async def _found(wanted: Sequence[tuple[_Table, Scope]], span: Span) -> list[list[Sequence[Any]]]:
    """The newest rows first, of all tables together; where these are too few, the rest of each."""
    if span.among is not None or all(scope.way is Way.PLAN for _, scope in wanted):
        return await together([_between(table, scope, Way.PLAN, span, span.after, span.before) for table, scope in wanted])
    bounds = [await _newest(table, span) for table, _ in wanted]
    found = await together([_between(table, scope, scope.way, span, *bound)
                            for (table, scope), bound in zip(wanted, bounds, strict=True)])
    return [await _rest(table, scope, span, rows, *bound)
            for (table, scope), rows, bound in zip(wanted, found, bounds, strict=True)]


async def _rest(table: _Table, scope: Scope, span: Span, found: list[Sequence[Any]], low: int, high: int) -> list[Sequence[Any]]:
    """What was found between two ids, and as much as is missing out of ever wider spans beyond them."""
    while len(found) <= span.size and (high < span.before if span.upwards else low > span.after):
        width = (high - low) * WIDER  # ids count time
        low, high = (high - 1, min(span.before, high + width)) if span.upwards else (max(span.after, low - width), low + 1)
        sql, values = _between(table, scope, Way.COLLECT if scope.candidates else Way.WALK, span, low, high)
        found += await tuples(sql, values)
    return found[:span.size + 1]


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


def _between(table: _Table, scope: Scope, way: Way, span: Span, low: int, high: int) -> Statement:
    """What asks for the rows of a list between two ids."""
    where, values = [f"({scope.condition.sql})"], list(scope.condition.values)
    if way is Way.COLLECT and scope.candidates:
        where.append(f'"{table.name}"."id" IN ({scope.candidates.sql})')
        values += scope.candidates.filled({LOW: low, HIGH: high}).values
    if span.among is not None:
        where.append(f'"{table.name}"."id" IN ({marks(len(span.among))})')
        values += span.among
    order = f'ORDER BY "{table.name}"."id" {_order(span)}'
    source = _walked(table, order) if way is Way.WALK and dialect() == "postgres" else _joined(table, way)
    between = f'"{table.name}"."id" > ? AND "{table.name}"."id" < ?'
    if "?" in source:
        values = [low, high, *values]
    else:
        where.append(between)
        values += [low, high]
    wanted = ", ".join(selected(model, alias) for model, alias in table.columns)
    return f'SELECT {wanted} FROM {source} WHERE {" AND ".join(where)} {order} LIMIT {span.size + 1}', values  # noqa: S608


def _joined(table: _Table, way: Way) -> str:
    """The table with what its rows point at, in the order that the database likes; SQLite would rather collect and sort all
    there is than walk.
    """
    hint = f' INDEXED BY "sqlite_autoindex_{table.name}_1"' if dialect() == "sqlite" and way is not Way.PLAN else ""
    joins = "".join(f' INNER JOIN "{name}" "{alias}" ON "{alias}"."id" = {column}' for name, alias, column in table.joined)
    return f'"{table.name}"{hint}{joins}'


def _walked(table: _Table, order: str) -> str:
    """The same between two ids, for PostgreSQL, row by row in their order and no further than wanted. It takes a page of a list for
    all there is, and would read every author to sort two thousand messages; what ends in OFFSET 0 it leaves as it is written.
    """
    rows = f'SELECT * FROM "{table.name}" WHERE id > ? AND id < ? {order} OFFSET 0'  # noqa: S608
    joins = "".join(f' CROSS JOIN LATERAL (SELECT * FROM "{name}" one WHERE one.id = {column} OFFSET 0) "{alias}"'  # noqa: S608
                    for name, alias, column in table.joined)
    return f'({rows}) "{table.name}"{joins}'


def _order(span: Span) -> str:
    return "ASC" if span.upwards else "DESC"

