"""Lists of messages in SQL. Every statement is bounded by ids, so that none sorts or walks all messages there are.

A home begins with those who wrote last, which is kept (`models.newest`). Other lists are read by the newest messages first,
keeping those that belong to it, which is cheapest where many do. Where few do within the newest ones, candidates are collected
by their authors instead: of all whose messages belong to it, those who wrote last, also while thousands of messages of others
come in; and then ever wider spans (performance.md, Limits: either way alone is slow for somebody).
"""
from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import replace
from typing import Any

from models import memory
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
NOBODY = Condition("SELECT 0 AS id WHERE 1 = 0")
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


async def _found(wanted: Sequence[tuple[Table, Scope]], span: Span) -> list[Sequence[Any]]:
    """The rows that stand on the page and one more, in their order: from the newest of each table, and where these are too
    few, out of ever wider spans beyond them.
    """
    if span.among is not None or all(scope.way is Way.PLAN for _, scope in wanted):
        return await talk(_looked([Part(*one, Way.PLAN, span.after, span.before) for one in wanted], span))
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


def _search(parts: list[Part], span: Span) -> Talk[tuple[list[Sequence[Any]], set[Hashable], set[int]]]:
    """The rows; lists to which few of the newest rows belong; and readers of whose home it is not kept yet who wrote last."""
    sparse, unsettled = set[Hashable](), set[int]()
    found = yield from _looked([part for part in parts if not part.is_empty], span)
    while parts := [part for part in parts if not _has_enough(part, found, span)]:
        parts = yield from _beyond(parts, _end(found, span), span, sparse, unsettled)
        more = yield from _looked(parts, span)
        found = sorted([*found, *more], key=_place, reverse=not span.upwards)[:span.size + 1]
    return found, sparse, unsettled


def _place(row: Sequence[Any]) -> int:
    place: int = row[-1]
    return place


def _end(found: Sequence[Sequence[Any]], span: Span) -> int:
    """Nothing beyond this id stands on the page."""
    if len(found) > span.size:
        return _place(found[span.size])
    return span.before if span.upwards else span.after


def _has_enough(part: Part, found: Sequence[Sequence[Any]], span: Span) -> bool:
    return part.high >= _end(found, span) if span.upwards else part.low <= _end(found, span)


def _beyond(parts: Sequence[Part], end: int, span: Span, sparse: set[Hashable], unsettled: set[int]) -> Talk[list[Part]]:
    """Where to look next for what the page lacks."""
    limits = [0 if span.upwards else _authors_next(part) for part in parts]
    latest = yield from _latest([one for one in zip(parts, limits, strict=True) if one[1]], end, unsettled)
    nearest, made = iter(latest), list[Part]()
    for part, limit in zip(parts, limits, strict=True):
        if not limit:
            made.append(_wider(part, end, span))
            continue
        those = next(nearest)
        if len(those) == limit and part.way is Way.WALK:
            sparse.add((part.table.name, part.scope.authors))
        made.append(_nearest(part, those, len(those) == limit, end))
    return made


def _authors_next(part: Part) -> int:
    """Of how many authors, of those who wrote last, what they made is collected next; 0: of all, in a wider span."""
    if not part.scope.authors or part.way is Way.COLLECT and not (part.nearest and part.scope.latest):
        return 0
    return NEAREST_AUTHORS if not part.nearest else NEAREST_AUTHORS * WIDER if len(part.nearest) <= NEAREST_AUTHORS else 0


def _width(part: Part) -> int:
    now = new_id()  # ids count time, and nothing is as late as END_OF_TIME
    return ((now if part.low < now < part.high else part.high) - part.low) * WIDER


def _wider(part: Part, end: int, span: Span) -> Part:
    way = Way.COLLECT if part.scope.candidates or part.scope.authors else Way.WALK
    if span.upwards:
        return replace(part, way=way, low=part.high - 1, high=min(end, part.high + _width(part)))
    return replace(part, way=way, low=max(end, part.low - _width(part)), high=part.low + 1, nearest=())


def _nearest(part: Part, those: Sequence[tuple[int, int]], are_more: bool, end: int) -> Part:
    """Below what was looked at: those of its authors who wrote last (`those`: actor and newest id), down to where others of them
    may have written too, if there are more.
    """
    oldest = those[-1][1] if those else END_OF_TIME
    far = min(part.low, new_id()) - max(_width(part), A_MONTH)
    low = oldest if are_more else min(oldest, far)
    return replace(part, way=Way.COLLECT, low=max(end, low), high=part.low + 1, nearest=tuple(id_ for id_, _ in those) or (0,))


def _latest(parts: Sequence[tuple[Part, int]], end: int, unsettled: set[int]) -> Talk[list[list[tuple[int, int]]]]:
    """Of each part so many authors who wrote last, below what was looked at: as kept, or else looked for."""
    known = yield from _known(parts, end)
    unsettled |= {part.scope.reader for (part, _), those in zip(parts, known, strict=True) if those and those[0][1] >= SETTLING}
    lacking = [place for place, one in enumerate(parts) if not _suffices(*one, known[place])]
    if lacking:
        asked = yield [_looked_for(*parts[place], end) for place in lacking]
        for place, rows in zip(lacking, asked, strict=True):
            known[place] = [(int(id_), int(newest)) for id_, newest in rows if newest]
    return known


def _known(parts: Sequence[tuple[Part, int]], end: int) -> Talk[list[list[tuple[int, int]]]]:
    """Those that are kept."""
    known = [list[tuple[int, int]]() for _ in parts]
    if kept := [_kept(*one, end, place) for place, one in enumerate(parts) if one[0].scope.latest]:
        rows, = yield [(" UNION ALL ".join(sql for sql, _ in kept), [value for _, values in kept for value in values])]
        for place, id_, newest in sorted(rows, key=lambda row: int(row[2]), reverse=True):
            known[place].append((int(id_), int(newest)))
    return known


def _suffices(part: Part, limit: int, known: Sequence[tuple[int, int]]) -> bool:
    """Whether all who wrote between the last of these and what was looked at are among them."""
    return bool(part.scope.latest) and (len(known) < limit or known[-1][1] <= part.low)


def _kept(part: Part, limit: int, end: int, place: int) -> Statement:
    """With their place among the parts, in this order."""
    ordered = "ORDER BY newest DESC LIMIT ?"
    each = [f"SELECT * FROM ({one.sql} AND newest_id > ? {ordered}) AS latest{number}"  # noqa: S608
            for number, one in enumerate(part.scope.latest)]
    values = [value for one in part.scope.latest for value in (*one.values, end, limit)]
    those = f"{' UNION ALL '.join(each)} {ordered}"
    return f"SELECT {place}, those.* FROM ({those}) AS those", [*values, limit]  # noqa: S608


def _looked_for(part: Part, limit: int, end: int) -> Statement:
    table, authors = part.table, part.scope.authors or NOBODY
    newest = f'SELECT MAX(c.id) FROM "{table.name}" c WHERE c.{table.author} = who.id AND c.id > ? AND c.id < ?'  # noqa: S608
    return (f"SELECT who.id, COALESCE(({newest}), 0) AS newest FROM ({authors.sql}) AS who"  # noqa: S608
            " ORDER BY newest DESC LIMIT ?", [end, part.low + 1, *authors.values, limit])


def _looked(parts: Sequence[Part], span: Span) -> Talk[list[Sequence[Any]]]:
    """The rows of some parts together, as many as the page needs. Whether they belong there is decided by their ids alone, and
    only those that do are read whole.
    """
    if not parts:
        return []
    asked, values = list[str](), list[object]()
    for number, part in enumerate(parts):
        sql, given = places(part, span)
        asked.append(f"SELECT * FROM ({sql}) AS part{number}")  # noqa: S608
        values += given
    wanted = ", ".join(selected(model, alias) for model, alias in COLUMNS)
    chosen = f"{' UNION ALL '.join(asked)} ORDER BY place {order(span)} LIMIT {span.size + 1}"
    sql = (f"SELECT {wanted}, listed.place FROM ({chosen}) AS listed"  # noqa: S608
           f"{JOINED} ORDER BY listed.place {order(span)}")
    return (yield [(sql, values)])[0]
