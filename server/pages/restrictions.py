"""/about/servers: which servers are restricted here, and why, for those to whom the host shows it."""
from __future__ import annotations

from aiohttp import web

from models.errors import NotHere
from server.actions import restrictions
from server.appearance import render
from server.errors import SignInFirst
from server.keys import COMMUNITY, MEMBER


async def show(request: web.Request) -> web.Response:
    """GET /about/servers."""
    community = request.app[COMMUNITY].row
    is_host = MEMBER in request and request[MEMBER].role.is_staff
    if not is_host and not restrictions.may_read(community, MEMBER in request):
        if restrictions.may_read(community, True):
            raise SignInFirst("servers")
        raise NotHere("shown to nobody")
    return render.page(request, "about_servers.html", here="about", rules=await restrictions.public_list(),
                       shown=str(community.restrictions_shown))
