"""A conversation as somebody may see it: what a message answers, and what answers it."""
from __future__ import annotations

from collections.abc import Sequence

from models import Post, timelines
from models.conditions import Condition
from moderation.visibility import Viewer, seen_by

ANCESTORS_LIMIT = 50
CONVERSATION_LIMIT = 500


async def around(post: Post, viewer: Viewer) -> Sequence[Post]:
    """The messages of a conversation with their authors, by age, and in any case this one."""
    whole = Condition('"post"."conversation" = ?', (post.conversation,))
    thread = await timelines.picked(seen_by(viewer) & whole, CONVERSATION_LIMIT)
    return thread if any(one.id == post.id for one in thread) else [*thread, post]


def above(post: Post, thread: Sequence[Post]) -> list[Post]:
    """What the message answers, the first first. A circle of parents ends the walk."""
    by_id, found, seen = {one.id: one for one in thread}, list[Post](), {post.id}
    at = by_id.get(post.parent_id or 0)
    while at and at.id not in seen and len(found) < ANCESTORS_LIMIT:
        found.append(at)
        seen.add(at.id)
        at = by_id.get(at.parent_id or 0)
    return found[::-1]


def below(post: Post, thread: Sequence[Post]) -> list[Post]:
    """The answers to the message and the answers to those, by age. One that came before what it answers counts too."""
    inside, found = {post.id}, list[Post]()
    left = [one for one in thread if one.id != post.id]
    while fitting := [one for one in left if one.parent_id in inside]:
        found += fitting
        inside |= {one.id for one in fitting}
        left = [one for one in left if one.id not in inside]
    return sorted(found, key=lambda one: (one.published_at, one.id))
