"""Which messages stand in a list, newest first. Lists end: a page, and a link to older ones."""
from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from models import Actor, Announce, Attachment, Follow, Mute, Pin, Post, Q, Recipient, Subquery, Tag
from models.reach import Reach
from moderation.visibility import Viewer, visible_to
from server.cards import Entry

PAGE_POSTS = 20
PINNED = 5
END_OF_TIME = 2**62  # above every id
MEMBERS = (Reach.COMMUNITY, Reach.PARTNERS, Reach.WEB)  # what every member may see of a message that was passed on


@dataclass(frozen=True, slots=True)
class Span:
    """Which part of a list is wanted, by the ids of its entries (`Entry.id`): the newest `size` between two places, or,
    `upwards`, those that stand next above `after`.
    """

    before: int = END_OF_TIME  # only ids below this one
    after: int = 0  # only ids above this one
    upwards: bool = False
    size: int = PAGE_POSTS
    among: Collection[int] | None = None  # only these ids: of what is new, what belongs here


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


def place(typed: str) -> int:
    """The place that an address names ("before"), or the newest one."""
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= 19 else END_OF_TIME


async def home(reader: Actor, span: Span = Span(), *, followed_only: bool = False) -> Page:
    """What a member reads first: messages of this community, of people they follow, and what those pass on."""
    followed = Subquery(Follow.filter(follower_id=reader.id, accepted_at__isnull=False).values("target_id"))
    scope = Q(author_id__in=followed)
    if not followed_only:
        to_me = Subquery(Recipient.filter(actor_id=reader.id).values("post_id"))
        ours = Q(author__host="", reach__in=MEMBERS)
        scope |= ((ours | Q(author_id=reader.id)) & Q(parent_id__isnull=True)) | Q(reach=Reach.CIRCLE, id__in=to_me)
    return await _listed(Viewer.member(reader), scope, Q(actor_id__in=followed), span, EVERYTHING)


async def of_people(people: Collection[int], reader: Actor, span: Span = Span(), wanted: Wanted = EVERYTHING) -> Page:
    """What some people wrote and passed on (by the ids of their actors, at most some hundreds), for a list of a member."""
    return await _listed(Viewer.member(reader), Q(author_id__in=[*people]), Q(actor_id__in=[*people]), span, wanted)


async def public(viewer: Viewer, span: Span = Span(), wanted: Wanted = EVERYTHING) -> Page:
    """What everybody who may see it finds: messages for the whole web, and for a member those for all members too; no answers."""
    reaches = MEMBERS if viewer.actor_id else (Reach.WEB,)
    scope = Q(reach__in=reaches, parent_id__isnull=True, parent_uri="", is_listed=True)
    return await _listed(viewer, scope, None, span, wanted)


async def tagged(name: str, viewer: Viewer, span: Span = Span(), wanted: Wanted = EVERYTHING, *,
                 others: Collection[str] = ()) -> Page:
    """Messages with a tag, or with one of some others, as far as the viewer may see them."""
    return await _listed(viewer, _has_tag([name, *others]), None, span, wanted)


async def of_person(actor: Actor, viewer: Viewer, span: Span = Span(), wanted: Wanted = EVERYTHING) -> Page:
    """What somebody wrote and passed on, as far as the viewer may see it."""
    return await _listed(viewer, Q(author_id=actor.id), Q(actor_id=actor.id), span, wanted, with_muted=True)


async def pinned(actor: Actor, viewer: Viewer) -> tuple[Entry, ...]:
    """What somebody keeps on top of their page, the newest choice first, as far as the viewer may see it."""
    pins = await Pin.filter(actor_id=actor.id).order_by("-id").limit(PINNED).values_list("post_id", flat=True)
    places = {int(str(id_)): place for place, id_ in enumerate(pins)}
    posts = Post.filter(visible_to(viewer), id__in=list(places) or [0], author_id=actor.id)
    return tuple(Entry(post) for post in sorted(await posts.select_related("author"), key=lambda post: places[post.id]))


async def _listed(viewer: Viewer, scope: Q, passing: Q | None, span: Span, wanted: Wanted, *, with_muted: bool = False) -> Page:
    """Messages in a scope, and those that somebody passed on (`passing`, a condition on Announce)."""
    shown = visible_to(viewer) & _narrowed(wanted)
    if viewer.actor_id and not with_muted:
        muted = Subquery(Mute.filter(owner_id=viewer.actor_id).values("target_id"))
        shown &= ~Q(author_id__in=muted)
        passing = passing and passing & ~Q(actor_id__in=muted)
    order, size = "id" if span.upwards else "-id", span.size
    between = Q(id__lt=span.before, id__gt=span.after)
    if span.among is not None:
        between &= Q(id__in=[*span.among])
    posts = await Post.filter(shown, scope, between).order_by(order).limit(size + 1).select_related("author")
    passed: Sequence[Announce] = ()
    if passing and not wanted.without_passed_on:
        reaches = MEMBERS if viewer.actor_id else (Reach.WEB,)
        passed = await Announce.filter(passing, between, reach__in=reaches, actor__suspended_at__isnull=True
                                       ).order_by(order).limit(size + 1).select_related("actor")
    return _merge(posts, passed, await _posts_of(passed, shown), span)


def _narrowed(wanted: Wanted) -> Q:
    narrowed = Q()
    if wanted.local or wanted.remote:
        narrowed &= Q(author__host="") if wanted.local else ~Q(author__host="")
    if wanted.with_media:
        narrowed &= Q(id__in=Subquery(Attachment.filter(post_id__isnull=False).values("post_id")))
    if wanted.without_replies:
        narrowed &= Q(parent_id__isnull=True, parent_uri="")
    if wanted.any_tags:
        narrowed &= _has_tag(wanted.any_tags)
    for name in wanted.all_tags:
        narrowed &= _has_tag([name])
    return narrowed & ~_has_tag(wanted.no_tags) if wanted.no_tags else narrowed


def _has_tag(names: Collection[str]) -> Q:
    return Q(id__in=Subquery(Tag.filter(name__in=[*names]).values("post_id")))


async def _posts_of(passed: Sequence[Announce], wanted: Q) -> dict[int, Post]:
    ids = [announce.post_id for announce in passed]
    return {post.id: post for post in await Post.filter(wanted, id__in=ids).select_related("author")} if ids else {}


def _merge(posts: Sequence[Post], passed: Sequence[Announce], passed_posts: dict[int, Post], span: Span) -> Page:
    """Both kinds by age; a message that is there twice shows where it was newest.

    A list that was cut is complete down to its last row only: nothing beyond that of the other list may stand before it.
    """
    size, ends = span.size, [rows[-1].id for rows in (posts, passed) if len(rows) > span.size]
    edge = (min if span.upwards else max)(ends, default=END_OF_TIME if span.upwards else 0)
    found = [Entry(post) for post in posts]
    found += [Entry(passed_posts[announce.post_id], announce) for announce in passed if announce.post_id in passed_posts]
    found = [one for one in found if (one.id <= edge if span.upwards else one.id >= edge)]
    found.sort(key=lambda one: one.id, reverse=not span.upwards)
    more, page = len(found) > size or bool(ends), found[:size]
    newest_first = page[::-1] if span.upwards else page
    unique = dict[int, Entry]()
    for entry in newest_first:
        unique.setdefault(entry.post.id, entry)
    if span.upwards:
        return Page(tuple(unique.values()), newest_first[-1].id if newest_first else 0)
    return Page(tuple(unique.values()), (page[-1].id if len(found) > size else edge) if more else 0)
