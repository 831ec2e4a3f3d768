"""What many people talk about is not worked out here: it would tell of a community what it did not say."""
from __future__ import annotations

from aiohttp import web

from server.api.answers import answer
from server.api.paging import Window


async def nothing(_request: web.Request, _given: Window) -> web.Response:
    """GET /api/v1/trends, and its kinds: none."""
    return answer([])
