"""What belongs to the messages of a page: one statement a kind, all of them asked together."""
from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from models.conditions import FROM, Condition
from models.database import Statement, together
from models.loading import makers, selected
from models.post import Attachment, Post
from models.queues import marks

REPLIES_LIMIT = 1000  # that are counted, of a whole page


@dataclass(frozen=True, slots=True)
class Answered:
    """What a message answers: its key and whose it is."""

    key: str
    name: str


@dataclass(slots=True)
class Surroundings:
    """What belongs to the messages of one page, by post id (titles: by host)."""

    images: dict[int, list[Attachment]] = field(default_factory=dict)
    replies: dict[int, int] = field(default_factory=dict)  # that the reader may see
    answered: dict[int, Answered] = field(default_factory=dict)  # as far as the reader may see it
    titles: dict[str, str] = field(default_factory=dict)
    thanked: set[int] = field(default_factory=set)  # by the reader
    passed_on: set[int] = field(default_factory=set)
    pinned: set[int] = field(default_factory=set)


async def of_posts(posts: Collection[Post], hosts: Collection[str], visible: Condition, me: int | None) -> Surroundings:
    """All of it for these messages and hosts. `visible`: what the reader may see; `me`: the reader, if a member."""
    found = Surroundings()
    if not posts:
        return found
    ids = [post.id for post in posts]
    parents = {post.parent_id for post in posts if post.parent_id}
    asked = [_images(ids), _replies(ids, visible), *([_titles(hosts)] if hosts else []),
             *([_answered(parents, visible)] if parents else []), *([_mine(ids, me)] if me is not None else [])]
    images, replies, *rest = await together(asked)
    image_of, = makers(Attachment)
    for row in images:
        image = image_of(row)
        found.images.setdefault(image.post_id or 0, []).append(image)
    found.replies = {int(row[0]): int(row[1]) for row in replies}
    found.titles = {str(row[0]): str(row[1]) for row in rest.pop(0)} if hosts else {}
    found.answered = {int(row[0]): Answered(str(row[1]), str(row[2] or row[3])) for row in rest.pop(0)} if parents else {}
    marked = {"like": found.thanked, "announce": found.passed_on, "pin": found.pinned}
    for row in rest.pop(0) if me is not None else ():
        marked[row[0]].add(int(row[1]))
    return found


def _images(ids: Sequence[int]) -> Statement:
    return (f"SELECT {selected(Attachment, 'attachment')} FROM attachment WHERE post_id IN ({marks(len(ids))})"  # noqa: S608
            " ORDER BY position, id", ids)


def _replies(ids: Sequence[int], visible: Condition) -> Statement:
    answers = (f'SELECT "post"."parent_id" AS parent_id {FROM} WHERE "post"."parent_id" IN ({marks(len(ids))})'  # noqa: S608
               f" AND ({visible.sql}) LIMIT {REPLIES_LIMIT}")
    return f"SELECT parent_id, COUNT(*) FROM ({answers}) AS answers GROUP BY parent_id", [*ids, *visible.values]  # noqa: S608


def _titles(hosts: Collection[str]) -> Statement:
    return f"SELECT name, title FROM host WHERE title <> '' AND name IN ({marks(len(hosts))})", [*hosts]  # noqa: S608


def _answered(ids: Collection[int], visible: Condition) -> Statement:
    return ('SELECT "post"."id", "post"."key", "post__author"."display_name", "post__author"."name"'  # noqa: S608
            f' {FROM} WHERE "post"."id" IN ({marks(len(ids))}) AND ({visible.sql})', [*ids, *visible.values])


def _mine(ids: Sequence[int], me: int) -> Statement:
    """What the reader has done to these: of which kind, to which."""
    kinds = [f"SELECT '{kind}', post_id FROM {table} WHERE actor_id = ? AND post_id IN ({marks(len(ids))})"  # noqa: S608
             for kind, table in (("like", "like_"), ("announce", "announce"), ("pin", "pin"))]
    return " UNION ALL ".join(kinds), [me, *ids] * len(kinds)
