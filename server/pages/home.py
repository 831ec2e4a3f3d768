"""The home page: what is new here, with an end."""
from __future__ import annotations

from aiohttp import web

from server.actions.filters import Context
from server.appearance import render
from server.display import cards, timelines
from server.keys import LANGUAGE, MEMBER
from server.views import Pager, Tab
from server.words.language import gettext_for

REST_POSTS = 5
EVERYTHING = ""
FOLLOWED = "followed"


async def show(request: web.Request) -> web.Response:
    """GET /home and /home/follows: twenty messages, five in rest mode, and a link to older ones."""
    _ = gettext_for(request[LANGUAGE])
    followed_only = request.path == "/home/follows"
    size = REST_POSTS if render.look_of(request).rest else timelines.PAGE_POSTS
    before = timelines.place(request.query.get("before", ""))
    page = await timelines.home(request[MEMBER].actor, timelines.Span(before, size=size), followed_only=followed_only)
    tabs = (Tab(title=_("Everything"), url="/home", is_current=not followed_only),
            Tab(title=_("People you follow"), url="/home/follows", is_current=followed_only))
    return render.page(
        request, "home.html", here="home", tabs=tabs, followed_only=followed_only, is_first=before == timelines.END_OF_TIME,
        said=request.query.get("said", ""),
        posts=await cards.posts(page.entries, request[MEMBER], _, place=Context.HOME),
        pager=Pager(older_url=f"{request.path}?before={page.older}" if page.older else ""))
