"""My people: for each member their own lists, and nobody else's."""
from __future__ import annotations

from aiohttp import web

from models import Actor, CutFollow, Follow, Q
from server.appearance import render
from server.display import cards
from server.display.timelines import place
from server.keys import LANGUAGE, MEMBER
from server.views import Pager, Tab
from server.words.language import gettext_for

ON_A_PAGE = 40


async def show(request: web.Request) -> web.Response:
    """GET /follows, /follows/me and /follows/requests: whom I follow, who follows me, who asks to."""
    _ = gettext_for(request[LANGUAGE])
    me, kind = request[MEMBER].actor_id, request.path
    scope, side = {
        "/follows": (Q(follower_id=me), "target"),
        "/follows/me": (Q(target_id=me, accepted_at__isnull=False), "follower"),
        "/follows/requests": (Q(target_id=me, accepted_at__isnull=True), "follower"),
    }[kind]
    rows = await Follow.filter(scope, id__lt=place(request.query.get("before", ""))
                               ).order_by("-id").limit(ON_A_PAGE + 1).select_related(side)
    page = rows[:ON_A_PAGE]
    actors: list[Actor] = [getattr(row, side) for row in page]
    titles = {"/follows": _("You follow"), "/follows/me": _("Follow you"), "/follows/requests": _("Ask to follow you")}
    return render.page(
        request, "follows.html", here="people", kind=kind.rpartition("/")[2], has_cut=await CutFollow.exists(owner_id=me),
        said=request.query.get("said", ""),
        people=[(view, row.accepted_at is not None) for view, row in zip(await cards.people(actors), page, strict=True)],
        tabs=[Tab(title=title, url=url, is_current=url == kind) for url, title in titles.items()],
        pager=Pager(older_url=f"{kind}?before={page[-1].id}" if len(rows) > ON_A_PAGE else ""))
