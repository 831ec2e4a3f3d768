"""Collections of ours, as each requester may see them. None says how many it holds: counts are health data here."""
from __future__ import annotations

from typing import Any

from federation import outbox
from federation.contexts import AS
from federation.follower_digests import FOLLOWERS_LIMIT
from models import Actor, Follow, Post
from models.reach import Reach
from moderation.visibility import Viewer, visible_to

PAGE = 20


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


def featured(actor: Actor) -> dict[str, Any]:
    """Pinned messages: there are none in this release."""
    return empty(actor.featured_uri)


def empty(uri: str) -> dict[str, Any]:
    """A collection with nothing in it."""
    return _collection(uri, [])


async def outbox_page(actor: Actor, viewer: Viewer, before: int | None) -> dict[str, Any]:
    """Messages for the whole web, newest first, whoever asks (CVE-2026-25808); `before` is a row's id."""
    posts = Post.filter(visible_to(viewer), author_id=actor.id, reach=Reach.WEB)
    page = await (posts.filter(id__lt=before) if before else posts).order_by("-id").limit(PAGE).select_related("author")
    document: dict[str, Any] = {
        "@context": AS, "id": f"{actor.outbox_uri}?page={before or 'first'}", "type": "OrderedCollectionPage",
        "partOf": actor.outbox_uri,
        "orderedItems": [await _create(post) for post in page]}
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


async def note_document(post: Post) -> dict[str, Any]:
    """One message as a document of its own."""
    return await outbox.document_of(post)


def tombstone(post: Post) -> dict[str, Any]:
    """What stands where an erased message stood (ActivityStreams Vocabulary, Tombstone)."""
    return {"@context": AS, "id": post.uri, "type": "Tombstone"}


def _collection(uri: str, items: list[str]) -> dict[str, Any]:
    return {"@context": AS, "id": uri, "type": "OrderedCollection", "orderedItems": items}
