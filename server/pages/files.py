"""Files of the theme: style sheets, fonts, scripts, the little picture in the browser's tab."""
from __future__ import annotations

from aiohttp import web

from server.appearance.assets import Asset, asset
from server.appearance.palette import tokens
from server.keys import THEME

FOR_EVER = "public, max-age=31536000, immutable"  # the address changes with the content (RFC 8246)
ASK_AGAIN = "public, no-cache"


def _send(request: web.Request, file: Asset, *, for_ever: bool) -> web.Response:
    """A file with its validators; 304 for a browser that has it."""
    headers = {"Cache-Control": FOR_EVER if for_ever else ASK_AGAIN, "ETag": f'"{file.version}"', "Vary": "Accept-Encoding"}
    if any(tag.value in (file.version, "*") for tag in request.if_none_match or ()):
        return web.Response(status=304, headers=headers)
    body = file.body
    if file.packed and "gzip" in request.headers.get("Accept-Encoding", ""):
        body, headers["Content-Encoding"] = file.packed, "gzip"
    charset = "utf-8" if file.content_type.startswith("text/") else None
    return web.Response(body=body, content_type=file.content_type, charset=charset, headers=headers)


async def show(request: web.Request) -> web.Response:
    """GET /static/{path}: a file of the theme chain, out of memory, so that no path can reach the disk."""
    file = request.app[THEME].assets.get(request.match_info["path"])
    if file is None:
        raise web.HTTPNotFound
    return _send(request, file, for_ever=request.query.get("v") == file.version)


async def palette(request: web.Request) -> web.Response:
    """GET /theme.css?hue=330: the colours of a hue (degrees), the same for everybody and for ever."""
    hue = request.query.get("hue", "")
    if not (hue.isascii() and hue.isdigit() and len(hue) <= 3 and int(hue) < 360):
        raise web.HTTPNotFound
    return _send(request, asset("theme.css", tokens(int(hue)).encode()), for_ever=False)


async def favicon(request: web.Request) -> web.Response:
    """GET /favicon.ico, which browsers ask for unasked: the picture that pages name too."""
    return _send(request, request.app[THEME].assets["icon.svg"], for_ever=False)
