"""One page for each tag."""
from __future__ import annotations

from aiohttp import web

from server.actions.filters import Context
from server.appearance import render
from server.display import cards, timelines
from server.keys import LANGUAGE, MEMBER
from server.views import Pager
from server.words.language import gettext_for
from server.words.markdown import TAG_LIMIT_CHARACTERS


async def show(request: web.Request) -> web.Response:
    """GET /tags/{name}: messages with this tag that the reader may see. An unknown tag is an empty page: it tells nothing."""
    name = request.match_info["name"].lower()[:TAG_LIMIT_CHARACTERS]
    member = request.get(MEMBER)
    span = timelines.Span(timelines.place(request.query.get("before", "")))
    page = await timelines.tagged(name, cards.viewer_of(member), span)
    return render.page(
        request, "tag.html", name=name,
        posts=await cards.posts(page.entries, member, gettext_for(request[LANGUAGE]), place=Context.PUBLIC),
        pager=Pager(older_url=f"{request.rel_url.raw_path}?before={page.older}" if page.older else ""))
