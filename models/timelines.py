"""Lists of messages in SQL. Every statement is bounded by ids, so that none sorts or walks all messages there are.

A list is read by the newest messages first, keeping those that belong to it, which is cheapest where many do. Where few do
within the newest ones, candidates are collected by their authors instead: of all whose messages belong to it, those who wrote
last, also while thousands of messages of others come in; and then ever wider spans (performance.md, Limits: either way alone
is slow for somebody).
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
from models.ids import new_id
from models.loading import join, makers, selected
from models.post import Post
from models.queues import marks
from models.relation import Announce

PAGE_POSTS = 20
END_OF_TIME = 2**62  # above every id
NEWEST_ROWS = 500  # that are looked at one by one
NEAREST_AUTHORS = 60  # whose messages are collected at a time
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
    """What belongs to a list: a condition; a SELECT of the ids of the actors whose messages, or what they passed on, may belong
    to it; and a SELECT of the ids of what else may.

    Among the values of `candidates`, LOW and HIGH stand for the ids between which it is asked. Without authors and candidates,
    a walk goes on until it has enough.
    """

    condition: Condition
    candidates: Condition | None = None
    way: Way = Way.WALK
    authors: Condition | None = None


@dataclass(frozen=True, slots=True)
class _Table:
    """What is listed. `author`: the column of the actor by whom it is. `joined`: what each row points at, as (table, its alias,
    the column with its id). `post`: the message; `passing`: the row itself where it passes one on, else nothing.
    """

    name: str
    author: str
    joined: tuple[tuple[str, str, str], ...]
    post: str
    passing: str


@dataclass(frozen=True, slots=True)
class _Part:
    """Where the rows of a list are looked for: in one table, in one way, between two ids. `nearest`: by these authors alone, as
    the others have none there.
    """

    table: _Table
    scope: Scope
    way: Way
    low: int
    high: int
    nearest: tuple[int, ...] = ()

    @property
    def is_empty(self) -> bool:
        """No id is between the two."""
        return self.high - self.low <= 1


_AUTHOR = ("actor", "post__author", '"post"."author_id"')
POSTS = _Table("post", "author_id", (_AUTHOR,), '"post"."id"', "0")
ANNOUNCES = _Table("announce", "actor_id", (("actor", "passer", '"announce"."actor_id"'),
                                            ("post", "post", '"announce"."post_id"'), _AUTHOR),
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
    parts = [await _begin(table, scope, span) for table, scope in wanted]
    found = await _looked([part for part in parts if not part.is_empty], span)
    while parts := [more for part in parts if (more := await _next(part, found, span))]:
        found = sorted([*found, *await _looked(parts, span)], key=_place, reverse=not span.upwards)[:span.size + 1]
    return found


def _place(row: Sequence[Any]) -> int:
    place: int = row[-1]
    return place


async def _begin(table: _Table, scope: Scope, span: Span) -> _Part:
    """The newest rows; none where few of them belonged to this list a moment ago."""
    if scope.authors and not span.upwards and memory.current().sparse.has((table.name, scope.authors)):
        return _Part(table, scope, scope.way, span.before - 1, span.before)
    return _Part(table, scope, scope.way, *await _newest(table, span))


async def _next(part: _Part, found: Sequence[Sequence[Any]], span: Span) -> _Part | None:
    """Where to look next for what a page may lack of a table; None where it lacks nothing, or there is no more."""
    last = _place(found[span.size]) if len(found) > span.size else None  # nothing beyond it stands on the page
    way = Way.COLLECT if part.scope.candidates or part.scope.authors else Way.WALK
    now = new_id()  # ids count time, and nothing is as late as END_OF_TIME
    width = ((now if part.low < now < part.high else part.high) - part.low) * WIDER
    if span.upwards:
        end = span.before if last is None else last
        return None if part.high >= end else replace(part, way=way, low=part.high - 1, high=min(end, part.high + width))
    end = span.after if last is None else last
    if part.low <= end:
        return None
    if part.scope.authors and part.way is not Way.COLLECT:
        return await _nearest(part, part.scope.authors, end, width)
    return replace(part, way=way, low=max(end, part.low - width), high=part.low + 1, nearest=())


async def _nearest(part: _Part, authors: Condition, end: int, width: int) -> _Part:
    """Below what was looked at: those of these authors who wrote last, down to where others of them may have written too."""
    table, high = part.table, part.low + 1
    newest = f'SELECT MAX(c.id) FROM "{table.name}" c WHERE c.{table.author} = who.id AND c.id > ? AND c.id < ?'  # noqa: S608
    rows = await tuples(f"SELECT who.id, COALESCE(({newest}), 0) AS newest FROM ({authors.sql}) AS who"  # noqa: S608
                        f" ORDER BY newest DESC LIMIT {NEAREST_AUTHORS}", [end, high, *authors.values])
    those = [(int(row[0]), int(row[1])) for row in rows if row[1]]
    low = min(those[-1][1] - 1 if those else part.low, part.low - width)
    if len(those) == NEAREST_AUTHORS:
        low = those[-1][1] - 1
        if part.way is Way.WALK:
            memory.current().sparse.put((table.name, authors), True)
    return replace(part, way=Way.COLLECT, low=max(end, low), high=high, nearest=tuple(id_ for id_, _ in those) or (0,))


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
    if not parts:
        return []
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
    table, scope, id_ = part.table, part.scope.condition, f'"{part.table.name}"."id"'
    bounds = Condition(f"{id_} > ? AND {id_} < ?", (part.low, part.high))
    if part.way is Way.COLLECT:
        candidates = _candidates(part)
        bounds &= Condition(f"{id_} IN ({candidates.sql})", candidates.values)
    if span.among is not None:
        bounds &= Condition(f"{id_} IN ({marks(len(span.among))})", tuple(span.among))
    order = f"ORDER BY {id_} {_order(span)}"
    if part.way is not Way.PLAN and dialect() == "postgres":
        source, where, values = _walked(table, bounds.sql, order), scope.sql, (*bounds.values, *scope.values)
    else:
        both = scope & bounds
        source, where, values = _joined(table, part.way), both.sql, both.values
    return (f"SELECT {id_} AS place, {table.post} AS post_id, {table.passing} AS passing_id"  # noqa: S608
            f" FROM {source} WHERE {where} {order} LIMIT {span.size + 1}", values)


def _candidates(part: _Part) -> Condition:
    """A SELECT of the ids of all that may belong to a part, and perhaps of others."""
    authors, made = part.scope.authors, list[Condition]()
    if part.nearest:
        authors = Condition(f"SELECT id FROM actor WHERE id IN ({marks(len(part.nearest))})", part.nearest)  # noqa: S608
    if authors:
        made.append(Condition(_by(part.table, authors), (*authors.values, LOW, HIGH)))
    if part.scope.candidates:
        made.append(part.scope.candidates)
    values = tuple(value for one in made for value in one.values)
    return Condition(" UNION ".join(one.sql for one in made), values).filled({LOW: part.low, HIGH: part.high})


def _by(table: _Table, authors: Condition) -> str:
    """A SELECT of the ids of what these made between two ids, by the index of (author, id) and in no other way: PostgreSQL takes
    the newest rows for fewer than they are.
    """
    theirs = f'"{table.name}" c WHERE c.{table.author} = who.id AND c.id > ? AND c.id < ?'
    if dialect() == "postgres":
        return f"SELECT c.id FROM ({authors.sql}) AS who CROSS JOIN LATERAL (SELECT c.id FROM {theirs} OFFSET 0) AS c"  # noqa: S608
    return f"SELECT c.id FROM ({authors.sql}) AS who CROSS JOIN {theirs}"  # noqa: S608


def _joined(table: _Table, way: Way) -> str:
    """The table with what its rows point at, in the order that the database likes; SQLite would rather collect and sort all
    there is than walk.
    """
    hint = f' INDEXED BY "sqlite_autoindex_{table.name}_1"' if dialect() == "sqlite" and way is not Way.PLAN else ""
    joins = "".join(f' INNER JOIN "{name}" "{alias}" ON "{alias}"."id" = {column}' for name, alias, column in table.joined)
    return f'"{table.name}"{hint}{joins}'


def _walked(table: _Table, bounds: str, order: str) -> str:
    """The same within bounds, for PostgreSQL, row by row in their order and no further than wanted. It would read every author
    to sort two thousand messages; what ends in OFFSET 0 it leaves as it is written.
    """
    rows = f'SELECT * FROM "{table.name}" WHERE {bounds} {order} OFFSET 0'  # noqa: S608
    joins = "".join(f' CROSS JOIN LATERAL (SELECT * FROM "{name}" one WHERE one.id = {column} OFFSET 0) "{alias}"'  # noqa: S608
                    for name, alias, column in table.joined)
    return f'({rows}) "{table.name}"{joins}'


def _order(span: Span) -> str:
    return "ASC" if span.upwards else "DESC"

