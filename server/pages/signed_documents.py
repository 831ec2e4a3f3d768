"""What this community has signed about itself, and everybody may read: its charter, and its roster of a network."""
from __future__ import annotations

import json

from aiohttp import web

from models import Charter, Roster
from models.errors import NotHere
from server.doors import see
from server.entrance.peers import ACTIVITY_TYPE, wants_page


async def charter(request: web.Request) -> web.Response:
    """GET /charter and /charter/{version}."""
    return await _served(request, Charter, "charter")


async def network(request: web.Request) -> web.Response:
    """GET /network and /network/{version}."""
    return await _served(request, Roster, "network")


async def _served(request: web.Request, table: type[Charter | Roster], part: str) -> web.Response:
    """The newest, or the version asked for; a browser is sent to this part of the page about us."""
    version = request.match_info.get("version")
    found = await (table.get_or_none(host="", version=int(version)) if version else table.newest())
    if found is None:
        raise NotHere(f"no such {part}")
    if wants_page(request):
        return see(f"/about#{part}")
    return web.Response(text=json.dumps(found.document, ensure_ascii=False), content_type=ACTIVITY_TYPE)
