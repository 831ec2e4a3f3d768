"""Which messages stand in a list, newest first. Lists end: a page, and a link to older ones."""
from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

from models import Actor, Announce, Pin, Post, clock, scopes, timelines
from models.conditions import Condition
from models.parts import END_OF_TIME as END_OF_TIME
from models.parts import PAGE_POSTS as PAGE_POSTS
from models.parts import Scope
from models.parts import Span as Span
from moderation.visibility import Viewer, seen_by, visible_to
from server.display.cards import Entry

PINNED = 5


@dataclass(frozen=True, slots=True)
class Page:
    """Some entries, newest first, and the place from which older ones go on (`Span.before`); 0 at the end."""

    entries: tuple[Entry, ...]
    older: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What of a list is wanted. Nothing said is everything."""

    local: bool = False  # by our own people
    remote: bool = False  # by people elsewhere
    with_media: bool = False  # with a picture
    without_replies: bool = False
    without_passed_on: bool = False
    any_tags: Collection[str] = field(default=())  # lower case, without their sign: one of them or more
    all_tags: Collection[str] = field(default=())
    no_tags: Collection[str] = field(default=())


EVERYTHING = Wanted()
NEWEST = Span()


def place(typed: str) -> int:
    """The place that an address names ("before"), or the newest one."""
    return min(int(typed), END_OF_TIME) if typed.isascii() and typed.isdigit() and len(typed) <= 19 else END_OF_TIME


async def home(reader: Actor, span: Span = NEWEST, *, followed_only: bool = False) -> Page:
    """What a member reads first: messages of this community, of people they follow, and what those pass on.

    Messages with tags that they follow stand there too, and none of people whom they read on a list apart, nor what they
    chose not to read of somebody whom they follow: what is passed on, other languages.
    """
    scope = scopes.followed(reader.id) if followed_only else scopes.everything(reader.id)
    scope = replace(scope, condition=scope.condition & scopes.in_wanted_languages(reader.id))
    return await _listed(Viewer.member(reader), scope, scopes.passed_by_followed(reader.id), span, EVERYTHING)


async def of_people(people: Collection[int], reader: Actor, span: Span = NEWEST, wanted: Wanted = EVERYTHING) -> Page:
    """What some people wrote and passed on (by the ids of their actors, at most some hundreds), for a list of a member."""
    return await _listed(Viewer.member(reader), scopes.people(people), scopes.passed_by(people), span, wanted)


async def public(viewer: Viewer, span: Span = NEWEST, wanted: Wanted = EVERYTHING) -> Page:
    """What everybody who may see it finds: messages for the whole web, and for a member those for all members too; no answers."""
    scope = scopes.public(viewer.actor_id is not None, wanted.local, wanted.with_media)
    return await _listed(viewer, scope, None, span, wanted)


async def tagged(name: str, viewer: Viewer, span: Span = NEWEST, wanted: Wanted = EVERYTHING, *,
                 others: Collection[str] = ()) -> Page:
    """Messages with a tag, or with one of some others, as far as the viewer may see them."""
    return await _listed(viewer, scopes.tagged([name, *others]), None, span, wanted)


async def of_person(actor: Actor, viewer: Viewer, span: Span = NEWEST, wanted: Wanted = EVERYTHING) -> Page:
    """What somebody wrote and passed on, as far as the viewer may see it."""
    return await _listed(viewer, scopes.people([actor.id]), scopes.passed_by([actor.id]), span, wanted, with_muted=True)


async def pinned(actor: Actor, viewer: Viewer) -> tuple[Entry, ...]:
    """What somebody keeps on top of their page, the newest choice first, as far as the viewer may see it."""
    pins = await Pin.filter(actor_id=actor.id).order_by("-id").limit(PINNED).values_list("post_id", flat=True)
    places = {int(str(id_)): place for place, id_ in enumerate(pins)}
    posts = Post.filter(visible_to(viewer), id__in=list(places) or [0], author_id=actor.id)
    return tuple(Entry(post) for post in sorted(await posts.select_related("author"), key=lambda post: places[post.id]))


async def _listed(viewer: Viewer, scope: Scope, passing: Scope | None, span: Span, wanted: Wanted, *,
                  with_muted: bool = False) -> Page:
    """Messages in a scope, and those that somebody passed on."""
    shown = seen_by(viewer) & _narrowed(wanted)
    if viewer.actor_id and not with_muted:
        shown &= scopes.not_muted(viewer.actor_id, '"post"."author_id"', "post__author", clock.now())
    if passing and not wanted.without_passed_on:
        may = scopes.may_be_passed_to(viewer.actor_id)
        if viewer.actor_id and not with_muted:
            may &= scopes.not_muted(viewer.actor_id, '"announce"."actor_id"', "passer", clock.now())
        passing = replace(passing, condition=passing.condition & may & shown)
    else:
        passing = None
    return _merge(*await timelines.listed(replace(scope, condition=scope.condition & shown), passing, span), span)


def _narrowed(wanted: Wanted) -> Condition:
    narrowed = Condition("1 = 1")
    if wanted.local or wanted.remote:
        narrowed &= scopes.by_ours(wanted.local)
    if wanted.with_media:
        narrowed &= scopes.has_picture()
    if wanted.without_replies:
        narrowed &= scopes.is_no_answer()
    if wanted.any_tags:
        narrowed &= scopes.has_tag(wanted.any_tags)
    for name in wanted.all_tags:
        narrowed &= scopes.has_tag([name])
    return narrowed & scopes.has_no_tag(wanted.no_tags) if wanted.no_tags else narrowed


def _merge(posts: Sequence[Post], passed: Sequence[Announce], span: Span) -> Page:
    """Both kinds by age; a message that is there twice shows where it was newest.

    A list that was cut is complete down to its last row only: nothing beyond that of the other list may stand before it.
    """
    entries = [*(Entry(post) for post in posts), *(Entry(announce.post, announce) for announce in passed)]
    entries.sort(key=lambda one: one.id, reverse=not span.upwards)
    more, page = len(entries) > span.size, entries[:span.size]
    newest_first, unique = page[::-1] if span.upwards else page, dict[int, Entry]()
    for entry in newest_first:
        unique.setdefault(entry.post.id, entry)
    older = newest_first[-1].id if newest_first and (more or span.upwards) else 0
    return Page(tuple(unique.values()), older)
