"""What whoever watches the server asks."""
from aiohttp import web


async def show(_: web.Request) -> web.Response:
    """GET /health: 200 and "ok" for as long as requests are answered."""
    return web.Response(text="ok", headers={"Cache-Control": "no-store"})
