"""The rows that an address of the client API names, as far as the reader may see them. Absent and hidden are one answer."""
from __future__ import annotations

from collections.abc import Sequence

from aiohttp import web
from tortoise.queryset import QuerySet

from models import Actor, Announce, Post, Q, Subquery
from models.errors import NotHere
from models.reach import Reach
from moderation.visibility import may_pass_to, visible_to
from server.api.door import number
from server.api.readers import reader_of
from server.display.cards import Entry
from server.keys import MEMBER

MEMBERS = (Reach.COMMUNITY, Reach.PARTNERS, Reach.WEB)


async def entry(request: web.Request) -> Entry:
    """The message {id}, or that somebody passed one on; both are a Status to apps. Raises: NotHere."""
    found = await entries(request, [number(request)])
    if not found:
        raise NotHere("no such message, or not for them")
    return found[0]


async def entries(request: web.Request, ids: Sequence[int]) -> list[Entry]:
    """Those of these that the reader may see, in this order; at most three queries."""
    reader = reader_of(request)
    visible = visible_to(reader.viewer)
    by_id = {post.id: Entry(post) for post in await Post.filter(visible, id__in=list(ids) or [0]).select_related("author")}
    if left := [id_ for id_ in ids if id_ not in by_id]:
        passers = Subquery(Actor.filter(may_pass_to(reader.viewer)).values("id"))
        meant = Announce.filter(reach__in=MEMBERS if reader.actor_id else (Reach.WEB,), actor_id__in=passers)
        by_id |= await _passed_on(meant.filter(id__in=left), visible)
    return [by_id[id_] for id_ in dict.fromkeys(ids) if id_ in by_id]


async def _passed_on(meant: QuerySet[Announce], visible: Q) -> dict[int, Entry]:
    passed = await meant.select_related("actor")
    wanted = Post.filter(visible, id__in=[announce.post_id for announce in passed] or [0]).select_related("author")
    posts = {post.id: post for post in await wanted} if passed else {}
    return {one.id: Entry(posts[one.post_id], one) for one in passed if one.post_id in posts}


async def post(request: web.Request) -> Post:
    """The message {id}, with its author; of one that was passed on the message itself. Raises: NotHere."""
    return (await entry(request)).post


async def own_post(request: web.Request) -> Post:
    """The same, if the member wrote it. Raises: NotHere for anybody else's."""
    found = await post(request)
    if found.author_id != request[MEMBER].actor_id:
        raise NotHere("not theirs")
    return found
