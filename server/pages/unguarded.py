"""The team's page of managed profiles for whom nobody acts any more."""
from __future__ import annotations

from aiohttp import web

from server.actions import looks, unguarded
from server.appearance import render
from server.keys import MEMBER


async def show(request: web.Request) -> web.Response:
    """GET /admin/unguarded: name a guardian for each, or close the profile."""
    rows = await unguarded.profiles()
    await looks.note(request[MEMBER].actor, (row.actor_id for row in rows), "guardian.read")
    return render.page(request, "admin_unguarded.html", here="members",
                       profiles=[(row.actor.name, row.actor.shown_name, row.actor.key) for row in rows])
