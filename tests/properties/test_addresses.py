"""Every address with a word in it, asked for with words that are too long or odd: never an error of ours."""
from __future__ import annotations

import re

from yarl import URL

from models.member import Role
from server.keys import LIMITS
from server.routes import ROUTES
from server.words import scopes
from tests.browser import Browser
from tests.live import LiveServer
from tests.peer import Peer
from tests.server.api.client import token_for

WORD = re.compile(r"\{\w+(?::(?:[^{}]|\{[^{}]*\})*)?\}")
LONG = ("x" * 30, "x" * 500, "%C3%A9" * 200, "9" * 40)
ODD = ("%00", "a%00b", "%FF%FE", "'%22%3C", "%F0%9F%A6%93", "%E2%80%AE", "..%2F..", "a@b@c", "-1", "%D9%A1")
METHODS = ("GET", "POST", "PUT", "DELETE")
NOT_MADE = 503  # translations: apps ask again where this stands
ENDLESS = ("/api/v1/streaming",)


def _addresses(words: tuple[str, ...]) -> list[tuple[str, str]]:
    """(method, path) of each route that has a word in it, with each of these as all of its words."""
    found = [(route.method, WORD.sub(word, route.path)) for route in ROUTES for word in words
             if WORD.search(route.path) and route.method in METHODS and not route.path.startswith(ENDLESS)]
    return [(method, path) for method, path in found if "{" not in path]


async def test_odd_words_in_addresses_are_no_error_of_ours(alpha: LiveServer, peer: Peer) -> None:
    host = await alpha.member("host", role=Role.HOST)
    token = await alpha.run(token_for(host, " ".join(scopes.SCOPES)))
    faults = list[tuple[str, str, int]]()
    async with Browser(alpha, host) as browser:
        browser.http.headers["Authorization"] = f"Bearer {token}"
        for method, path in _addresses(LONG + ODD):
            form = {"csrf": browser.csrf} if method == "POST" and not path.startswith("/api") else None
            alpha.app[LIMITS]._buckets.clear()  # each is asked for once: that is not too often
            url = URL(alpha.origin + path, encoded=True)
            async with browser.http.request(method, url, data=form, allow_redirects=False) as it:
                if it.status >= 500 and it.status != NOT_MADE or it.status == 200 and "x" * 500 in path:
                    faults.append((method, path, it.status))
    assert not faults, faults[:20]
