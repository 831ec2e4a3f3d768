"""What no column holds in addresses: numbers that are too large, digits of other alphabets, NUL. Never an error of ours."""
from __future__ import annotations

from tests.browser import Browser
from tests.live import LiveServer

ODD = ("9" * 19, "9" * 18, "9" * 5000, "%C2%B2", "%D9%A3", "-1", "1e3", "0x1", "")


async def test_places_that_nothing_has(alpha: LiveServer) -> None:
    async with Browser(alpha, await alpha.member("alice")) as browser:
        for number in ODD:
            for path in ("/home?before=", "/home?after=", "/notices?before=", "/people?page=", "/tags/sleep?before="):
                await browser.get(path + number)
                assert browser.status < 500, path + number
        for path in (f"/.well-known/webfinger?resource=acct:a%00b@{alpha.host}", "/compose?reply=%00", "/data/copies?host=a%00b",
                     "/api/v1/accounts/lookup?acct=a%00b", "/tags/sleep?before=%00",
                     "/.well-known/webfinger?resource=acct:%ED%A0%80"):
            await browser.get(path)
            assert 400 <= browser.status < 500, path
        for number in ODD[:3]:
            await browser.post("/people/directory", {"q": "", "place": number})
            assert browser.status < 500
            await browser.post(f"/follows/cut/{number}/ask", {})
            assert browser.status < 500
