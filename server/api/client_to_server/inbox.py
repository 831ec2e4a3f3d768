"""GET of a member's own inbox (ActivityPub §5.2): what arrived for them and they may see now, newest first.

Put together anew each time out of the rows that pages show: what has been erased since, or is hidden by a block, is not in it.
"""
from __future__ import annotations

import json
from typing import Any

from aiohttp import web
from tortoise.queryset import QuerySet

from federation import client_documents
from federation.contexts import AS, note_context
from models import Actor, Follow, Like, Mute, Notification, Post, Q, Recipient, Subquery
from models.errors import NotHere
from models.notification import Notice
from moderation.visibility import Viewer, visible_to
from server.api.arguments import Id, Takes
from server.api.client_to_server.outbox import ACTIVITY_TYPE
from server.api.readers import reader_of
from server.keys import MEMBER, SETTINGS

PAGE = 20
FOLLOWS, LIKES = (Notice.FOLLOW, Notice.FOLLOW_REQUEST), (Notice.THANKS,)
Document = dict[str, Any]


class Place(Takes):
    """`page`: what is older than this id; without it, where the first page is."""

    page: str | None = None
    before: Id | None = None


async def show(request: web.Request, given: Place) -> web.Response:
    """GET /actors/{key}/inbox: an OrderedCollection, or one page of it."""
    actor = request[MEMBER].actor
    if request.match_info["key"] != actor.key:
        raise NotHere("somebody else's inbox")
    if given.page is None and given.before is None:
        first = f"{actor.inbox_uri}?page=first"
        return _answer({"@context": AS, "id": actor.inbox_uri, "type": "OrderedCollection", "first": first})
    return _answer(await _page(request, given.before))


async def _page(request: web.Request, before: int | None) -> Document:
    actor = request[MEMBER].actor
    older = Q(id__lt=before) if before is not None else Q()
    unmuted = ~Q(author_id__in=Subquery(Mute.filter(owner_id=actor.id).values("target_id")))
    posts = await Post.filter(_for(actor.id), unmuted, older).order_by("-id").limit(PAGE).select_related("author")
    notices = await _notices(actor.id).filter(older).order_by("-id").limit(PAGE)
    newest = sorted([one.id for one in (*posts, *notices)], reverse=True)[:PAGE]
    made = dict(zip((post.id for post in posts), await _creates(request, posts), strict=True)) | await _acts(notices, actor)
    page: Document = {"@context": note_context(request.app[SETTINGS].origin), "id": f"{actor.inbox_uri}?page={before or 'first'}",
                      "type": "OrderedCollectionPage", "partOf": actor.inbox_uri,
                      "orderedItems": [made[id_] for id_ in newest if id_ in made]}
    if len(newest) == PAGE:
        page["next"] = f"{actor.inbox_uri}?before={newest[-1]}"
    return page


def _notices(actor_id: int) -> QuerySet[Notification]:
    """Of Follows and Likes, without those of people who are muted."""
    muted = Subquery(Mute.filter(owner_id=actor_id).values("target_id"))
    return Notification.filter(~Q(actor_id__in=muted), recipient_id=actor_id, kind__in=[*FOLLOWS, *LIKES], actor_id__isnull=False)


async def _creates(request: web.Request, posts: list[Post]) -> list[Document]:
    """With images at addresses that this member's client can open."""
    reader = reader_of(request)
    made = await client_documents.creates(posts, reader.origin)
    for image in (image for one in made for image in one["object"]["attachment"]):
        image["url"] = reader.picture(image["url"].rpartition("/")[2])
    return made


def _for(actor_id: int) -> Q:
    """What people followed wrote, what names the member, and what answers them; nothing of their own."""
    followed = Subquery(Follow.filter(follower_id=actor_id, accepted_at__isnull=False).values("target_id"))
    to_me = Subquery(Recipient.filter(actor_id=actor_id).values("post_id"))
    for_me = Q(author_id__in=followed) | Q(id__in=to_me) | Q(parent__author_id=actor_id)
    return visible_to(Viewer(actor_id=actor_id)) & for_me & ~Q(author_id=actor_id)


async def _acts(notices: list[Notification], actor: Actor) -> dict[int, Document]:
    """Follows and Likes by notice; one that was undone since is left out."""
    return await _follows([one for one in notices if one.kind in FOLLOWS], actor) | await _likes(
        [one for one in notices if one.kind in LIKES])


async def _follows(notices: list[Notification], actor: Actor) -> dict[int, Document]:
    askers = [one.actor_id for one in notices]
    rows = await Follow.filter(target_id=actor.id, follower_id__in=askers or [0]).select_related("follower")
    made = {row.follower_id: {"id": row.uri, "type": "Follow", "actor": row.follower.uri, "object": actor.uri} for row in rows}
    return {one.id: made[one.actor_id] for one in notices if one.actor_id in made}


async def _likes(notices: list[Notification]) -> dict[int, Document]:
    rows = await Like.filter(post_id__in=[one.post_id for one in notices] or [0]).select_related("actor", "post")
    made = {(row.actor_id, row.post_id): {"id": row.uri, "type": "Like", "actor": row.actor.uri, "object": row.post.uri}
            for row in rows}
    pairs = ((one.id, (one.actor_id, one.post_id)) for one in notices)
    return {id_: made[pair] for id_, pair in pairs if pair in made}


def _answer(document: Document) -> web.Response:
    return web.Response(text=json.dumps(document, ensure_ascii=False), content_type=ACTIVITY_TYPE,
                        headers={"Vary": "Authorization, Accept"})
