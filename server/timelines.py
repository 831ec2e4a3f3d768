"""Which messages stand in a list, newest first. Lists end: a page, and a link to older ones."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from models import Actor, Announce, Follow, Mute, Pin, Post, Q, Recipient, Subquery, Tag
from models.reach import Reach
from moderation.visibility import Viewer, visible_to
from server.cards import Entry

PAGE_POSTS = 20
PINNED = 5
END_OF_TIME = 2**62  # above every id


@dataclass(frozen=True, slots=True)
class Page:
    """Some entries, and the place from which older ones go on; 0 at the end."""

    entries: tuple[Entry, ...]
    older: int = 0


def place(typed: str) -> int:
    """The place that an address names ("before"), or the newest one."""
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= 19 else END_OF_TIME


async def home(reader: Actor, *, followed_only: bool, before: int = END_OF_TIME, size: int = PAGE_POSTS) -> Page:
    """What a member reads first: messages of this community, of people they follow, and what those pass on."""
    followed = Subquery(Follow.filter(follower_id=reader.id, accepted_at__isnull=False).values("target_id"))
    muted = Subquery(Mute.filter(owner_id=reader.id).values("target_id"))
    scope = Q(author_id__in=followed)
    if not followed_only:
        to_me = Subquery(Recipient.filter(actor_id=reader.id).values("post_id"))
        ours = Q(author__host="", reach__in=[Reach.COMMUNITY, Reach.PARTNERS, Reach.WEB])
        scope |= ((ours | Q(author_id=reader.id)) & Q(parent_id__isnull=True)) | Q(reach=Reach.CIRCLE, id__in=to_me)
    viewer = Viewer.member(reader)
    posts = await Post.filter(visible_to(viewer), scope, ~Q(author_id__in=muted), id__lt=before
                              ).order_by("-id").limit(size + 1).select_related("author")
    passed = await Announce.filter(~Q(actor_id__in=muted), actor_id__in=followed, actor__suspended_at__isnull=True, id__lt=before
                                   ).order_by("-id").limit(size + 1).select_related("actor")
    wanted = Q(visible_to(viewer), ~Q(author_id__in=muted))
    return _merge(posts, passed, await _posts_of(passed, wanted), size)


async def of_person(actor: Actor, viewer: Viewer, before: int = END_OF_TIME, size: int = PAGE_POSTS) -> Page:
    """What somebody wrote and passed on, as far as the viewer may see it."""
    visible = visible_to(viewer)
    posts = await Post.filter(visible, author_id=actor.id, id__lt=before).order_by("-id").limit(size + 1).select_related("author")
    reaches = [Reach.COMMUNITY, Reach.PARTNERS, Reach.WEB] if viewer.actor_id else [Reach.WEB]
    passed = await Announce.filter(actor_id=actor.id, reach__in=reaches, id__lt=before
                                   ).order_by("-id").limit(size + 1).select_related("actor")
    return _merge(posts, passed, await _posts_of(passed, visible), size)


async def pinned(actor: Actor, viewer: Viewer) -> tuple[Entry, ...]:
    """What somebody elsewhere keeps on top of their page, as far as the viewer may see it."""
    pins = Subquery(Pin.filter(actor_id=actor.id).values("post_id"))
    posts = Post.filter(visible_to(viewer), id__in=pins, author_id=actor.id).order_by("-id").limit(PINNED)
    return tuple(Entry(post) for post in await posts.select_related("author"))


async def tagged(name: str, viewer: Viewer, before: int = END_OF_TIME, size: int = PAGE_POSTS) -> Page:
    """Messages with a tag, as far as the viewer may see them."""
    having = Subquery(Tag.filter(name=name).values("post_id"))
    posts = await Post.filter(visible_to(viewer), id__in=having, id__lt=before
                              ).order_by("-id").limit(size + 1).select_related("author")
    return _merge(posts, [], {}, size)


async def _posts_of(passed: Sequence[Announce], wanted: Q) -> dict[int, Post]:
    ids = [announce.post_id for announce in passed]
    return {post.id: post for post in await Post.filter(wanted, id__in=ids).select_related("author")} if ids else {}


def _merge(posts: Sequence[Post], passed: Sequence[Announce], passed_posts: dict[int, Post], size: int) -> Page:
    """Both kinds by age; a message that is there twice shows where it was newest.

    A list that was cut is complete down to its last row only: nothing older of the other list may stand before that.
    """
    floor = max((rows[-1].id for rows in (posts, passed) if len(rows) > size), default=0)
    found = [(post.id, Entry(post)) for post in posts if post.id >= floor]
    found += [(announce.id, Entry(passed_posts[announce.post_id], announce.actor)) for announce in passed
              if announce.post_id in passed_posts and announce.id >= floor]
    found.sort(key=lambda one: one[0], reverse=True)
    page, unique = found[:size], dict[int, Entry]()
    for _, entry in page:
        unique.setdefault(entry.post.id, entry)
    return Page(tuple(unique.values()), page[-1][0] if len(found) > size else floor)
