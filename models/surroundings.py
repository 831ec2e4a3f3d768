"""What belongs to the messages of a page: one statement a kind, all of them asked together."""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from models import filter
from models.actor import Actor
from models.conditions import FROM, Condition
from models.database import Statement, as_list, listed, together, tuples
from models.filter import InForce
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
    """What belongs to the messages of one page, by post id (titles: by host), and what their reader filters."""

    images: dict[int, list[Attachment]] = field(default_factory=dict)
    replies: dict[int, int] = field(default_factory=dict)  # that the reader may see
    answered: dict[int, Answered] = field(default_factory=dict)  # as far as the reader may see it
    titles: dict[str, str] = field(default_factory=dict)
    thanked: set[int] = field(default_factory=set)  # by the reader
    passed_on: set[int] = field(default_factory=set)
    pinned: set[int] = field(default_factory=set)
    filters: list[InForce] = field(default_factory=list)


async def of_posts(posts: Collection[Post], hosts: Collection[str], visible: Condition, me: int | None) -> Surroundings:
    """All of it for these messages and hosts. `visible`: what the reader may see; `me`: the reader, if a member."""
    if not posts:
        return Surroundings()
    asked = _asked(posts, hosts, visible, me)
    told = defaultdict(list, zip(asked, await together(list(asked.values())), strict=True))
    return Surroundings(
        images=_by_post(told["images"]), replies={int(row[0]): int(row[1]) for row in told["replies"]},
        answered={int(row[0]): Answered(str(row[1]), str(row[2] or row[3])) for row in told["answered"]},
        titles={str(row[0]): str(row[1]) for row in told["titles"]}, filters=filter.told(told["filters"]),
        **{name: {int(row[1]) for row in told["mine"] if row[0] == kind} for name, kind in MINE.items()})


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


def _asked(posts: Collection[Post], hosts: Collection[str], visible: Condition, me: int | None) -> dict[str, Statement]:
    """What is asked, without what cannot have an answer."""
    ids = [post.id for post in posts]
    asked = {"images": _images(ids), "replies": _replies(ids, visible)}
    if hosts:
        asked["titles"] = _titles(hosts)
    if parents := {post.parent_id for post in posts if post.parent_id}:
        asked["answered"] = _answered(parents, visible)
    if me is not None:
        asked |= {"mine": _mine(ids, me), "filters": filter.asked(me)}
    return asked


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
    return (f"SELECT parent_id, COUNT(*) FROM ({answers}) AS answers GROUP BY parent_id",  # noqa: S608
            [as_list(ids), *visible.values])


def _titles(hosts: Collection[str]) -> Statement:
    return f"SELECT name, title FROM host WHERE title <> '' AND {listed('name', 'text')}", [as_list(hosts)]  # noqa: S608


def _answered(ids: Collection[int], visible: Condition) -> Statement:
    return ('SELECT "post"."id", "post"."key", "post__author"."display_name", "post__author"."name"'  # noqa: S608
            f" {FROM} WHERE {listed('post.id')} AND ({visible.sql})", [as_list(ids), *visible.values])


def _mine(ids: Sequence[int], me: int) -> Statement:
    """What the reader has done to these: of which kind, to which."""
    kinds = [f"SELECT '{kind}', post_id FROM {table} WHERE actor_id = ? AND {listed('post_id')}"  # noqa: S608
             for kind, table in (("like", "like_"), ("announce", "announce"), ("pin", "pin"))]
    return " UNION ALL ".join(kinds), [me, as_list(ids)] * len(kinds)
