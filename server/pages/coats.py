"""Coats as pictures, for whoever asks: `server.pictures.coat_images` draws them out of nothing but the key in the address."""
from __future__ import annotations

import asyncio

from aiohttp import web

from server.entrance.limits import TooOften
from server.entrance.proxies import bucket, client_address
from server.keys import LIMITS, SETTINGS
from server.pictures import coat_images

#: A coat never changes; apps on the web read the pixels of pictures (CORS).
HEADERS = {"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff",
           "Content-Security-Policy": "default-src 'none'; sandbox", "Access-Control-Allow-Origin": "*"}


async def show(request: web.Request) -> web.Response:
    """GET /coats/{key}.png."""
    return await _picture(request, is_wide=False)


async def show_wide(request: web.Request) -> web.Response:
    """GET /coats/{key}/wide.png."""
    return await _picture(request, is_wide=True)


async def _picture(request: web.Request, *, is_wide: bool) -> web.Response:
    try:
        request.app[LIMITS].take("coat", bucket(client_address(request, request.app[SETTINGS].trusted_proxies)))
    except TooOften as error:
        return web.Response(status=429, headers={"Retry-After": str(error.retry_after_seconds)})
    body = await asyncio.to_thread(coat_images.png, request.match_info["key"], is_wide)
    return web.Response(body=body, content_type="image/png", headers=HEADERS)
