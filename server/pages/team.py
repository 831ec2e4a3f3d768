"""/admin: everything that the team does, on one page, with how much waits."""
from __future__ import annotations

from aiohttp import web

from models import waiting_work
from server.appearance import render


async def show(request: web.Request) -> web.Response:
    """GET /admin."""
    return render.page(request, "admin.html", here="admin", waiting=await waiting_work.counts())
