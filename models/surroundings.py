"""What belongs to the messages of a page: one statement a kind, all of them asked together."""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from models.actor import Actor
from models.conditions import FROM, Condition
from models.database import Statement, as_list, listed, together, tuples
from models.loading import makers, selected
from models.post import Attachment, Post
from models.timelines import with_author

REPLIES_LIMIT = 1000  # that are counted, of a whole page
MINE = {"thanked": "like", "passed_on": "announce", "pinned": "pin"}


@dataclass(frozen=True, slots=True)
class Answered:
    """What a message answers: its key and whose it is."""

    key: str
    name: str


@dataclass(slots=True)
class Surroundings:
    """What belongs to the messages of one page, by post id (titles: by host), and whether their reader filters any."""

    images: dict[int, list[Attachment]] = field(default_factory=dict)
    replies: dict[int, int] = field(default_factory=dict)  # that the reader may see
    answered: dict[int, Answered] = field(default_factory=dict)  # as far as the reader may see it
    titles: dict[str, str] = field(default_factory=dict)
    thanked: set[int] = field(default_factory=set)  # by the reader
    passed_on: set[int] = field(default_factory=set)
    pinned: set[int] = field(default_factory=set)
    has_filters: bool = False


async def of_posts(posts: Collection[Post], hosts: Collection[str], visible: Condition, me: int | None) -> Surroundings:
    """All of it for these messages and hosts. `visible`: what the reader may see; `me`: the reader, if a member."""
    if not posts:
        return Surroundings()
    found, = await together([_around(posts, hosts, visible, me)])
    told = defaultdict[str, list[Sequence[str]]](list)
    for kind, *said in found:
        told[kind].append(said)
    images = await tuples(*_images([int(id_) for id_, *_ in told["images"]])) if told["images"] else ()
    return Surroundings(
        images=_by_post(images), replies={int(id_): int(count) for id_, count, _, _ in told["replies"]},
        answered={int(id_): Answered(key, shown or name) for id_, key, shown, name in told["answered"]},
        titles={name: title for name, title, _, _ in told["titles"]}, has_filters=bool(told["filters"]),
        **{name: {int(said[0]) for said in told[kind]} for name, kind in MINE.items()})


async def of_statuses(posts: Collection[Post], visible: Condition) -> Surroundings:
    """Only their images, and how many answers the reader may see."""
    ids = [post.id for post in posts]
    images, replies = await together([_images(ids), _replies(ids, visible)])
    return Surroundings(images=_by_post(images), replies={int(row[0]): int(row[1]) for row in replies})


async def answered_or_quoted(ids: Collection[int], uris: Collection[str], visible: Condition) -> list[Post]:
    """The messages with these ids or uris that the reader may see, with their authors."""
    either = f"{listed('post.id')} OR {listed('post.uri', 'text')}"
    found = await tuples(
        f'SELECT {selected(Post, "post")}, {selected(Actor, "post__author")} {FROM}'  # noqa: S608
        f' WHERE ({either}) AND ({visible.sql})', [as_list(ids), as_list(uris), *visible.values])
    post_of, author_of = makers(Post, Actor)
    return [with_author(post_of(row), author_of(row)) for row in found]


def _by_post(rows: Iterable[Sequence[Any]]) -> dict[int, list[Attachment]]:
    image_of, = makers(Attachment)
    found: dict[int, list[Attachment]] = {}
    for image in map(image_of, rows):
        found.setdefault(image.post_id or 0, []).append(image)
    return found


def _images(ids: Sequence[int]) -> Statement:
    return (f"SELECT {selected(Attachment, 'attachment')} FROM attachment WHERE {listed('post_id')}"  # noqa: S608
            " ORDER BY position, id", [as_list(ids)])


def _replies(ids: Sequence[int], visible: Condition) -> Statement:
    answers = (f"SELECT post.parent_id AS parent_id {FROM} WHERE {listed('post.parent_id')}"  # noqa: S608
               f" AND ({visible.sql}) LIMIT {REPLIES_LIMIT}")
    return (f"SELECT parent_id, COUNT(*) AS number FROM ({answers}) AS answers GROUP BY parent_id",  # noqa: S608
            [as_list(ids), *visible.values])


def _around(posts: Collection[Post], hosts: Collection[str], visible: Condition, me: int | None) -> Statement:
    """All that is no row by itself, as texts, in one statement: (kind, and four that depend on it)."""
    ids, parents = [post.id for post in posts], {post.parent_id for post in posts if post.parent_id}
    counted, values = _replies(ids, visible)
    asked = [(f"SELECT 'replies', {_text('parent_id')}, {_text('number')}, '', ''"  # noqa: S608 - names of ours
              f" FROM ({counted}) AS counted", values),
             (f"SELECT 'answered', {_text('post.id')}, post.key, post__author.display_name, post__author.name"  # noqa: S608
              f" {FROM} WHERE {listed('post.id')} AND ({visible.sql})", [as_list(parents), *visible.values]),
             (f"SELECT 'titles', name, title, '', '' FROM host WHERE title <> '' AND {listed('name', 'text')}",  # noqa: S608
              [as_list(hosts)]),
             (f"SELECT DISTINCT 'images', {_text('post_id')}, '', '', '' FROM attachment WHERE {listed('post_id')}",  # noqa: S608
              [as_list(ids)])]
    if me is not None:
        asked += [(f"SELECT '{kind}', {_text('post_id')}, '', '', '' FROM {table} WHERE actor_id = ? AND {listed('post_id')}",  # noqa: S608
                   [me, as_list(ids)]) for kind, table in (("like", "like_"), ("announce", "announce"), ("pin", "pin"))]
        asked.append(("SELECT 'filters', '', '', '', '' WHERE EXISTS (SELECT 1 FROM filter WHERE owner_id = ?)", [me]))
    return " UNION ALL ".join(sql for sql, _ in asked), [value for _, given in asked for value in given]


def _text(column: str) -> str:
    return f"CAST({column} AS text)"
