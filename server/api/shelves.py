"""What a member has kept: bookmarks, and messages whose writers they thought of."""
from __future__ import annotations

from collections.abc import Sequence

from aiohttp import web

from models import Bookmark, Like, Post
from moderation.visibility import visible_to
from server.api.entities.status import statuses
from server.api.paging import Window, listed, rows_of
from server.api.readers import reader_of
from server.display.cards import Entry
from server.keys import MEMBER


async def bookmarks(request: web.Request, given: Window) -> web.Response:
    """GET /api/v1/bookmarks: those that the member may still see."""
    rows = await rows_of(Bookmark.filter(owner=request[MEMBER].actor), given)
    return await _shelf(request, given, rows)


async def favourites(request: web.Request, given: Window) -> web.Response:
    """GET /api/v1/favourites."""
    rows = await rows_of(Like.filter(actor=request[MEMBER].actor), given)
    return await _shelf(request, given, rows)


async def _shelf(request: web.Request, given: Window, rows: Sequence[Bookmark | Like]) -> web.Response:
    reader = reader_of(request)
    visible = Post.filter(visible_to(reader.viewer), id__in=[row.post_id for row in rows] or [0])
    posts = {post.id: post for post in await visible.select_related("author")}
    entries = [Entry(posts[row.post_id]) for row in rows if row.post_id in posts]
    return listed(request, given, [row.id for row in rows], await statuses(entries, reader))
