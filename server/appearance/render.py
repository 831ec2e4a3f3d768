"""View data and a template make a page."""
from __future__ import annotations

import zlib
from typing import Any

from aiohttp import web

from server.appearance.look import COOKIE, Look
from server.appearance.palette import DEFAULT_HUE
from server.entrance.sessions import cookie_name
from server.keys import COMMUNITY, CSRF, LANGUAGE, ME, MEMBER, SETTINGS, THEME
from server.words import language

HTML = "text/html"
GZIP_LEVEL = 1  # of 9: a tenth more bytes than 4, for half of the time
GZIP_FORMAT = 31  # for zlib: a gzip header, and the largest window


def look_of(request: web.Request) -> Look:
    """How the one who asks likes to read."""
    member = request.get(MEMBER)
    return Look.of(member.reading) if member else Look.of_cookie(
        request.cookies.get(cookie_name(request.app[SETTINGS], COOKIE), ""))


def _of_every_page(request: web.Request) -> dict[str, Any]:
    """What the shell of every page shows."""
    lang = request[LANGUAGE]
    community = request.app[COMMUNITY].view(lang)
    # The theme's hue holds until the community chooses its own.
    hue = (request.app[THEME].hue if community.hue == DEFAULT_HUE else community.hue) % 360
    return {
        "lang": lang, "dir": language.direction(lang),
        "me": request.get(ME), "community": community, "csrf": request.get(CSRF, ""), "look": look_of(request),
        "here": "", "shell": "", "errors": (), "may_index": False, "path": request.path_qs,
        "palette_url": "" if hue == DEFAULT_HUE else f"/theme.css?hue={hue}",
    }


def page(request: web.Request, template: str, *, status: int = 200, **view_data: Any) -> web.Response:
    """A page of the theme, in the language of the one who asks.

    Args:
        template: a path below `pages/`, such as "home.html".
        view_data: frozen dataclasses and texts of `server.views`, never rows. A name that the template wants
            and that is missing is an error. `here`, `shell` and `errors` may be given.
    """
    html = request.app[THEME].render(request[LANGUAGE], f"pages/{template}", _of_every_page(request) | view_data)
    return packed(request, web.Response(text=html, content_type=HTML, status=status))


def packed(request: web.Request, response: web.Response) -> web.Response:
    """The answer as gzip, where the one who asks takes that. aiohttp would compress harder, which takes twice the time for a
    twentieth of the bytes (performance.md: a page is to cost a few milliseconds).
    """
    response.headers["Vary"] = "Accept-Encoding"
    if isinstance(response.body, bytes) and "gzip" in request.headers.get("Accept-Encoding", "").lower():
        packer = zlib.compressobj(level=GZIP_LEVEL, wbits=GZIP_FORMAT)
        response.body = packer.compress(response.body) + packer.flush()
        response.headers["Content-Encoding"] = "gzip"
    return response
