"""Parts of lists of messages, and the SQL that reads them: what belongs to a list, and between which ids it is looked for."""
from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from models.conditions import Condition
from models.database import Statement, as_list, dialect, listed

PAGE_POSTS = 20
END_OF_TIME = 2**62  # above every id


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
    KEPT = "kept"  # candidates of those of its authors who wrote last, as that is kept
    SOUGHT = "sought"  # the same, as that is looked for
    COLLECT = "collect"  # candidates of all its authors
    PLAN = "plan"  # as the database likes: an index gives just these, in the order of their ids

    @property
    def is_near(self) -> bool:
        """By those who wrote last."""
        return self in (Way.KEPT, Way.SOUGHT)


@dataclass(frozen=True, slots=True)
class Others:
    """A SELECT of the ids of messages, which may be asked between two ids of its `column`, if it has one."""

    ids: Condition
    column: str = ""


@dataclass(frozen=True, slots=True)
class Scope:
    """What belongs to a list: a condition; a SELECT of the ids of the actors whose messages, or what they passed on, may belong
    to it; and what else may (`others`). `latest`: SELECTs of all these actors as (id, newest), for the list of `reader`, which
    an index gives in the order of the second (`models.newest`). Without authors and others, a walk goes on until it has enough.
    """

    condition: Condition
    others: tuple[Others, ...] = ()
    way: Way = Way.WALK
    authors: Condition | None = None
    latest: tuple[Condition, ...] = ()
    reader: int = 0


@dataclass(frozen=True, slots=True)
class Table:
    """What is listed. `author`: the column of the actor by whom it is. `joined`: what each row points at, as (table, its alias,
    the column with its id). `post`: the message; `passing`: the row itself where it passes one on, else nothing.
    """

    name: str
    author: str
    joined: tuple[tuple[str, str, str], ...]
    post: str
    passing: str


@dataclass(frozen=True, slots=True)
class Part:
    """Where the rows of a list are looked for: in one table, in one way, between two ids.

    Near: by so many `authors` alone, of those who wrote above `end` the last; down to where others of them may have written too,
    which the database finds out (`models.near`), or to `low` if there are no others.
    """

    table: Table
    scope: Scope
    way: Way
    low: int
    high: int
    authors: int = 0
    end: int = 0

    @property
    def is_empty(self) -> bool:
        """No id is between the two."""
        return self.high - self.low <= 1


_AUTHOR = ("actor", "post__author", '"post"."author_id"')
POSTS = Table("post", "author_id", (_AUTHOR,), '"post"."id"', "0")
ANNOUNCES = Table("announce", "actor_id", (("actor", "passer", '"announce"."actor_id"'),
                                           ("post", "post", '"announce"."post_id"'), _AUTHOR),
                  '"announce"."post_id"', '"announce"."id"')


def places(part: Part, span: Span, number: int) -> Statement:
    """What asks for the places of a part, with the ids of the message and of its passing-on."""
    table, scope, id_ = part.table, part.scope.condition, f'"{part.table.name}"."id"'
    is_collected = part.way not in (Way.WALK, Way.PLAN)
    # between the ids SQLite would rather walk than ask for the candidates, if it could use an index for that
    bounds = _between(f"+{id_}" if is_collected and dialect() == "sqlite" else id_, part, number)
    if span.among is not None:
        bounds &= Condition(listed(id_), (as_list(span.among),))
    if part.way is not Way.PLAN and dialect() == "postgres":
        walked = _walked(part, bounds, span, number)
        where, source, values = scope.sql, walked.sql, (*walked.values, *scope.values)
    else:
        if is_collected:
            candidates = _candidates(part, number)
            bounds &= Condition(f"{id_} IN ({candidates.sql})", candidates.values)
        where, source, values = f"({scope.sql}) AND {bounds.sql}", _joined(table, part.way), (*scope.values, *bounds.values)
    return (f"SELECT {id_} AS place, {table.post} AS post_id, {table.passing} AS passing_id"  # noqa: S608
            f" FROM {source} WHERE {where} ORDER BY {id_} {order(span)} LIMIT {span.size + 1}", values)


def _between(column: str, part: Part, number: int) -> Condition:
    """An id is between those of a part."""
    if part.way.is_near:
        return Condition(f"{column} > (SELECT low FROM edge{number}) AND {column} < ?", (part.high,))  # noqa: S608 - a number
    return Condition(f"{column} > ? AND {column} < ?", (part.low, part.high))


def _candidates(part: Part, number: int) -> Condition:
    """A SELECT of the ids of all that may belong to a part, and perhaps of others."""
    authors, made = part.scope.authors, list[Condition]()
    if part.way.is_near:
        authors = Condition(f"SELECT id FROM actor WHERE id IN (SELECT id FROM near{number})")  # noqa: S608 - a number
    if authors:
        made.append(_by(part, authors, number))
    for one in part.scope.others:
        bounds = _between(one.column, part, number) if one.column else Condition("1 = 1")
        made.append(Condition(f"{one.ids.sql} AND {bounds.sql}", (*one.ids.values, *bounds.values)))
    return Condition(" UNION ".join(one.sql for one in made), tuple(value for one in made for value in one.values))


def _by(part: Part, authors: Condition, number: int) -> Condition:
    """A SELECT of the ids of what these made, by the index of (author, id) and in no other way: PostgreSQL takes the newest rows
    for fewer than they are.
    """
    bounds = _between("c.id", part, number)
    theirs = f'"{part.table.name}" c WHERE c.{part.table.author} = who.id AND {bounds.sql}'
    if dialect() == "postgres":
        theirs = f"LATERAL (SELECT c.id FROM {theirs} OFFSET 0) AS c"  # noqa: S608
    return Condition(f"SELECT c.id FROM ({authors.sql}) AS who CROSS JOIN {theirs}", (*authors.values, *bounds.values))  # noqa: S608


def _joined(table: Table, way: Way) -> str:
    """The table with what its rows point at, in the order that the database likes; SQLite would rather collect and sort all
    there is than walk.
    """
    hint = f' INDEXED BY "sqlite_autoindex_{table.name}_1"' if dialect() == "sqlite" and way is not Way.PLAN else ""
    joins = "".join(f' INNER JOIN "{name}" "{alias}" ON "{alias}"."id" = {column}' for name, alias, column in table.joined)
    return f'"{table.name}"{hint}{joins}'


def _walked(part: Part, bounds: Condition, span: Span, number: int) -> Condition:
    """The same within bounds, for PostgreSQL, row by row in their order and no further than wanted. It would read every author
    to sort two thousand messages; what ends in OFFSET 0 it leaves as it is written, so that one plan is good for all values.
    """
    table = part.table
    walked = Condition(f'SELECT * FROM "{table.name}" WHERE {bounds.sql} ORDER BY id {order(span)} OFFSET 0', bounds.values)  # noqa: S608
    if part.way is not Way.WALK:
        found = _candidates(part, number)
        ids = f'SELECT id FROM ({found.sql}) AS "{table.name}" (id) WHERE {bounds.sql} ORDER BY id {order(span)} OFFSET 0'  # noqa: S608
        walked = Condition(f'SELECT one.* FROM ({ids}) AS found CROSS JOIN LATERAL (SELECT * FROM "{table.name}" one'  # noqa: S608
                           f" WHERE one.id = found.id OFFSET 0) AS one ORDER BY found.id {order(span)} OFFSET 0",
                           (*found.values, *bounds.values))
    joins = "".join(f' CROSS JOIN LATERAL (SELECT * FROM "{name}" one WHERE one.id = {column} OFFSET 0) "{alias}"'  # noqa: S608
                    for name, alias, column in table.joined)
    return Condition(f'({walked.sql}) "{table.name}"{joins}', walked.values)


def order(span: Span) -> str:
    """In which direction a list is read."""
    return "ASC" if span.upwards else "DESC"
