"""What whoever watches the server asks."""
from __future__ import annotations

from aiohttp import web

from server.background.readiness import READY
from server.keys import READINESS


async def show(_: web.Request) -> web.Response:
    """GET /health: 200 and "ok" for as long as requests are answered. A server that says this need not be started anew."""
    return web.Response(text=READY, headers={"Cache-Control": "no-store"})


async def ready(request: web.Request) -> web.Response:
    """GET /health/ready: 200 and "ok", or 503 and one word that says what is missing: disk, database."""
    found = await request.app[READINESS].look()
    headers = {"Cache-Control": "no-store"} | ({} if found == READY else {"Retry-After": "5"})
    return web.Response(text=found, status=200 if found == READY else 503, headers=headers)
