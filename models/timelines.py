"""Lists of messages in SQL. Every statement is bounded by ids, so that none sorts or walks all messages there are.

A home begins with those who wrote last, which is kept (`models.newest`). Other lists are read by the newest messages first,
keeping those that belong to it, which is cheapest where many do. Where few do within the newest ones, candidates are collected
by their authors instead: of all whose messages belong to it, those who wrote last, also while thousands of messages of others
come in; and then ever wider spans (performance.md, Limits: either way alone is slow for somebody).
"""
from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from models import memory, near
from models.actor import Actor
from models.conditions import FROM, Condition
from models.database import Statement, Talk, talk, tuples
from models.ids import RANDOM_BITS, new_id
from models.loading import join, makers, selected
from models.newest import SETTLING
from models.parts import ANNOUNCES, END_OF_TIME, POSTS, Part, Scope, Span, Table, Way, order, places
from models.post import Post
from models.relation import Announce

NEWEST_ROWS = 500  # that are looked at one by one
NEAREST_AUTHORS = 32  # whose messages are collected at a time
WIDER = 10  # times the span before, where that held too little
A_MONTH = 30 * 24 * 3600 * 1000 << RANDOM_BITS  # of ids
Row = Sequence[Any]
POST_COLUMNS = ((Post, "post"), (Actor, "post__author"))
COLUMNS = (*POST_COLUMNS, (Announce, "announce"), (Actor, "passer"))
JOINED = (' LEFT JOIN "post" ON "post"."id" = listed.post_id'
          ' LEFT JOIN "actor" "post__author" ON "post__author"."id" = "post"."author_id"'
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


async def _found(wanted: Sequence[tuple[Table, Scope]], span: Span) -> list[Row]:
    """The rows that stand on the page and one more, in their order: from the newest of each table, and where these are too
    few, out of ever wider spans beyond them.
    """
    if span.among is not None or all(scope.way is Way.PLAN for _, scope in wanted):
        return (await talk(_looked([Part(*one, Way.PLAN, span.after, span.before) for one in wanted], span)))[0]
    remembered = memory.current()
    found, sparse, unsettled = await talk(_search([await _begin(*one, span) for one in wanted], span))
    for one in sparse:
        remembered.sparse.put(one, True)
    for reader in unsettled:
        remembered.unsettled.put(reader, True)
    return found


async def _begin(table: Table, scope: Scope, span: Span) -> Part:
    """The newest rows; none where few of them belonged to this list a moment ago, or it is kept who wrote last, and there are
    more rows than are looked at anyway.
    """
    low, high = await _newest(table, span)
    is_kept = bool(scope.latest) and high == END_OF_TIME and low > span.after
    if scope.authors and not span.upwards and (is_kept or memory.current().sparse.has((table.name, scope.authors))):
        return Part(table, scope, scope.way, high - 1, high)
    return Part(table, scope, scope.way, low, high)


async def _newest(table: Table, span: Span) -> tuple[int, int]:
    """The ids between which the first NEWEST_ROWS of a span are; its own where there are fewer."""
    if span.upwards:
        return span.after, await _edge(table, span) or span.before
    if span.before < END_OF_TIME:
        return await _edge(table, span) or span.after, span.before
    newest = replace(span, after=0)
    return max(span.after, await memory.current().edges.get(table.name, lambda: _edge(table, newest))), span.before


async def _edge(table: Table, span: Span) -> int:
    """The id that is NEWEST_ROWS into a span; 0 if there are fewer. Those who ask for the newest are told a recent one."""
    found = await tuples(
        f'SELECT id FROM "{table.name}" WHERE id > ? AND id < ? ORDER BY id {order(span)} LIMIT 1 OFFSET {NEWEST_ROWS}',  # noqa: S608
        [span.after, span.before])
    return int(found[0][0]) if found else 0


def _search(parts: Sequence[Part], span: Span) -> Talk[tuple[list[Row], set[Hashable], set[int]]]:
    """The rows; lists to which few of the newest rows belong; and readers of whose home it is not kept yet who wrote last."""
    sparse, unsettled = set[Hashable](), set[int]()
    found, _ = yield from _looked([part for part in parts if not part.is_empty], span)
    while lacking := [part for part in parts if not _has_enough(part, found, span)]:
        more, edges = yield from _looked([_beyond(part, _end(found, span), span) for part in lacking], span)
        found = sorted([*found, *more], key=_place, reverse=not span.upwards)[:span.size + 1]
        for part, edge in zip(lacking, edges, strict=True):
            if part.way is Way.WALK and edge.are_more:
                sparse.add((part.table.name, part.scope.authors))
            if edge.newest >= SETTLING:
                unsettled.add(part.scope.reader)
        parts = [edge.part for edge in edges]
    return found, sparse, unsettled


def _place(row: Row) -> int:
    place: int = row[-1]
    return place


def _end(found: Sequence[Row], span: Span) -> int:
    """Nothing beyond this id stands on the page."""
    if len(found) > span.size:
        return _place(found[span.size])
    return span.before if span.upwards else span.after


def _has_enough(part: Part, found: Sequence[Row], span: Span) -> bool:
    return part.high >= _end(found, span) if span.upwards else part.low <= _end(found, span)


def _beyond(part: Part, end: int, span: Span) -> Part:
    """Where to look next for what the page lacks."""
    if part.way is Way.KEPT and part.low >= part.high:  # nobody has looked for those who wrote last
        return _near(replace(part, low=part.high - 1), Way.SOUGHT, part.authors, end)
    authors = 0 if span.upwards else _authors_next(part)
    if not authors:
        return _wider(part, end, span)
    is_kept = bool(part.scope.latest) and span.before == END_OF_TIME and part.way is not Way.SOUGHT
    return _near(part, Way.KEPT if is_kept else Way.SOUGHT, authors, end)


def _authors_next(part: Part) -> int:
    """Of how many authors, of those who wrote last, what they made is collected next; 0: of all, in a wider span."""
    if not part.scope.authors or part.way is Way.COLLECT or part.way.is_near and not part.scope.latest:
        return 0
    return NEAREST_AUTHORS if not part.authors else NEAREST_AUTHORS * WIDER if part.authors <= NEAREST_AUTHORS else 0


def _width(part: Part) -> int:
    now = new_id()  # ids count time, and nothing is as late as END_OF_TIME
    return ((now if part.low < now < part.high else part.high) - part.low) * WIDER


def _wider(part: Part, end: int, span: Span) -> Part:
    way = Way.COLLECT if part.scope.others or part.scope.authors else Way.WALK
    if span.upwards:
        return replace(part, way=way, low=part.high - 1, high=min(end, part.high + _width(part)))
    return replace(part, way=way, low=max(end, part.low - _width(part)), high=part.low + 1)


def _near(part: Part, way: Way, authors: int, end: int) -> Part:
    """Below what was looked at: those of its authors who wrote last."""
    far = min(part.low, new_id()) - max(_width(part), A_MONTH)
    return replace(part, way=way, low=max(end, far), high=part.low + 1, authors=authors, end=end)


@dataclass(frozen=True, slots=True)
class Edge:
    """A part as it was looked at; whether others wrote before; the newest id of those who wrote last, as it is kept."""

    part: Part
    are_more: bool = False
    newest: int = 0


def _looked(parts: Sequence[Part], span: Span) -> Talk[tuple[list[Row], list[Edge]]]:
    """The rows of some parts together, as many as the page needs, and how far that was."""
    if not parts:
        return [], []
    rows, = yield [_statement(parts, span)]
    near_ones = sum(part.way.is_near for part in parts)
    told = iter(rows[0][-1 - near.COLUMNS * near_ones:-1] if near_ones else ())
    return [row for row in rows if row[-1] is not None], [_edge_of(part, told) for part in parts]


def _edge_of(part: Part, told: Iterator[int]) -> Edge:
    if not part.way.is_near:
        return Edge(part)
    number, newest, low = int(next(told)), int(next(told) or 0), int(next(told))
    return Edge(replace(part, low=low), number == part.authors, newest)


def _statement(parts: Sequence[Part], span: Span) -> Statement:
    """Whether rows belong there is decided by their ids alone, and only those that do are read whole. How far it was is told also
    where nothing was found.
    """
    near_ones = [number for number, part in enumerate(parts) if part.way.is_near]
    begun = [near.beginning(parts[number], number, span) for number in near_ones]
    asked = [places(part, span, number) for number, part in enumerate(parts)]
    each = " UNION ALL ".join(f"SELECT * FROM ({sql}) AS part{number}" for number, (sql, _) in enumerate(asked))  # noqa: S608
    source, before = f"({each} ORDER BY place {order(span)} LIMIT {span.size + 1}) AS listed", ""
    if begun:
        before = f"WITH {', '.join(sql for sql, _ in begun)} "
        source = f"{' CROSS JOIN '.join(map(near.source, near_ones))} LEFT JOIN {source} ON 1 = 1"
    columns = ", ".join([*(selected(*one) for one in COLUMNS), *map(near.columns, near_ones), "listed.place"])
    return (f"{before}SELECT {columns} FROM {source}{JOINED} ORDER BY listed.place {order(span)}",  # noqa: S608
            [value for _, values in (*begun, *asked) for value in values])
