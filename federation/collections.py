"""Collections of ours, as each requester may see them. None says how many it holds: counts are health data here."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from federation import outbox, render
from federation.addresses import origin_of
from federation.contexts import AS, note_context
from federation.follower_digests import FOLLOWERS_LIMIT
from models import Actor, FeaturedTag, Follow, Pin, Post, Q, Subquery, Tag
from models.reach import Reach
from moderation import consent
from moderation.visibility import Viewer, may_be_named_to, visible_to

PAGE = 20
THREAD_PAGE = 50


async def followers(actor: Actor, host: str) -> dict[str, Any]:
    """The followers who live on the requester's own server, and nobody else's (as in FEP-8fcf)."""
    theirs = Actor.filter(Actor.present(), host=host, followings__target_id=actor.id, followings__accepted_at__isnull=False)
    uris = await theirs.order_by("id").limit(FOLLOWERS_LIMIT).values_list("uri", flat=True)
    return _collection(actor.followers_uri, [str(uri) for uri in uris])


async def following(actor: Actor, host: str) -> dict[str, Any]:
    """Those on the requester's own server whom this member follows."""
    uris = await Follow.filter(follower_id=actor.id, target__host=host, accepted_at__isnull=False).order_by("id").limit(
        PAGE * 50).values_list("target__uri", flat=True)
    return _collection(actor.following_uri, [str(uri) for uri in uris])


async def featured(actor: Actor, viewer: Viewer) -> dict[str, Any]:
    """The ids of the messages that a member keeps on top, the newest choice first, as far as the viewer may see them."""
    pins = await Pin.filter(actor_id=actor.id).order_by("-id").limit(PAGE).values_list("post_id", flat=True)
    places = {int(str(id_)): place for place, id_ in enumerate(pins)}
    posts = await Post.filter(visible_to(viewer), id__in=list(places) or [0])
    return _collection(actor.featured_uri, [post.uri for post in sorted(posts, key=lambda post: places[post.id])])


async def featured_tags(actor: Actor, viewer: Viewer, origin: str) -> dict[str, Any]:
    """The topics that a member shows on top, of those that stand on messages which the viewer may see: no other is told."""
    shown = {str(name) for name in await FeaturedTag.filter(owner_id=actor.id).values_list("name", flat=True)}
    seen = Post.filter(visible_to(viewer), author_id=actor.id)
    used = await Tag.filter(name__in=list(shown) or [""], post_id__in=Subquery(seen.values("id"))).distinct().values_list(
        "name", flat=True)
    tags = [render.hashtag(name, origin) for name in sorted(map(str, used))]
    return _collection(render.featured_tags_uri(actor), tags) | {"@context": note_context(origin)}


def empty(uri: str) -> dict[str, Any]:
    """A collection with nothing in it."""
    return _collection(uri, [])


async def outbox_page(actor: Actor, viewer: Viewer, before: int | None) -> dict[str, Any]:
    """Messages for the whole web, newest first, whoever asks (CVE-2026-25808); `before` is a row's id."""
    posts = Post.filter(visible_to(viewer), author_id=actor.id, reach=Reach.WEB)
    page = await (posts.filter(id__lt=before) if before else posts).order_by("-id").limit(PAGE).select_related("author")
    document: dict[str, Any] = {
        "@context": note_context(origin_of(actor.uri)), "id": f"{actor.outbox_uri}?page={before or 'first'}",
        "type": "OrderedCollectionPage", "partOf": actor.outbox_uri, "orderedItems": [await _create(post) for post in page]}
    if len(page) == PAGE:
        document["next"] = f"{actor.outbox_uri}?page={page[-1].id}"
    return document


def outbox_index(actor: Actor) -> dict[str, Any]:
    """The outbox itself: where its first page is."""
    return {"@context": AS, "id": actor.outbox_uri, "type": "OrderedCollection", "first": f"{actor.outbox_uri}?page=first"}


async def _create(post: Post) -> dict[str, Any]:
    note = await outbox.note_of(post)
    return {"id": f"{post.uri}#create", "type": "Create", "actor": post.author.uri, "published": note["published"],
            "to": note["to"], "cc": note["cc"], "object": note}


async def note_document(post: Post, viewer: Viewer) -> dict[str, Any]:
    """One message as a document of its own, with the first page of its answers."""
    answers = await replies(post, viewer)
    del answers["@context"]
    return await outbox.document_of(post, answers)


async def replies(post: Post, viewer: Viewer, after: int | None = None) -> dict[str, Any]:
    """The ids of the answers to a message, oldest first, of those that this viewer may know of. `after`: a page, by row id."""
    return await _thread(f"{post.uri}/replies", Q(parent_id=post.id), viewer, after, "")


async def context(post: Post, viewer: Viewer, after: int | None = None) -> dict[str, Any]:
    """The ids of all messages of the conversation that a message of ours began (FEP-7888, FEP-f228)."""
    document = await _thread(f"{post.uri}/context", Q(conversation=post.uri), viewer, after, "Ordered")
    return document | {"attributedTo": post.author.uri}


async def _agreed(posts: Sequence[Post]) -> list[str]:
    """The ids of posts but those of members of ours who have taken their yes (C5) back."""
    authors = {post.author_id for post in posts if post.author.is_local}
    agreed = {author for author in authors if await consent.may_leave(author)}
    return [post.uri for post in posts if not post.author.is_local or post.author_id in agreed]


async def _thread(uri: str, which: Q, viewer: Viewer, after: int | None, kind: str) -> dict[str, Any]:
    """A collection whose first page stands in it, or one page. Pages end where rows end: what may not leave leaves a gap."""
    found = Post.filter(which, may_be_named_to(viewer), id__gt=after or 0)
    page = await found.order_by("id").limit(THREAD_PAGE).select_related("author")
    document = {"id": f"{uri}?page={after or 0}", "type": f"{kind}CollectionPage", "partOf": uri,
                "orderedItems" if kind else "items": await _agreed(page)}
    if len(page) == THREAD_PAGE:
        document["next"] = f"{uri}?page={page[-1].id}"
    if after is not None:
        return {"@context": AS} | document
    return {"@context": AS, "id": uri, "type": f"{kind}Collection", "first": document}


def tombstone(gone: Post | Actor) -> dict[str, Any]:
    """What stands where an erased message, or somebody who has left, stood (ActivityStreams Vocabulary, Tombstone)."""
    return {"@context": AS, "id": gone.uri, "type": "Tombstone"}


def _collection(uri: str, items: Sequence[Any]) -> dict[str, Any]:
    return {"@context": AS, "id": uri, "type": "OrderedCollection", "orderedItems": items}
