"""The pages for everybody, in both languages, before and after the community opens."""
from __future__ import annotations

import pytest

from models import Community, clock
from models.community import SignUp
from server.keys import COMMUNITY
from tests.browser import Browser
from tests.live import LiveServer

PAGES = ("/", "/about", "/rules", "/help", "/crisis", "/privacy", "/accessibility", "/signin", "/signin/link", "/signin/lost",
         "/join/1", "/join/wait")


@pytest.mark.parametrize("language", ["fr", "en"])
async def test_every_page_opens_and_asks_nobody_else(alpha: LiveServer, language: str) -> None:
    async with Browser(alpha) as browser:
        browser.http.headers["Accept-Language"] = language
        for path in PAGES:
            page = await browser.get(path)
            assert browser.status == 200 and f'<html lang="{language}"' in page, path
            assert page.count("<h1") == 1 and "http://" not in page.replace(alpha.origin, "").replace("http://www.w3.org", "")
            assert "style=" not in page and "onclick" not in page


async def test_the_front_page_invites_only_where_people_can_join(alpha: LiveServer) -> None:
    async def change(mode: SignUp) -> None:
        await (await Community.current()).change(sign_up=mode, opened_at=clock.now())
        await alpha.app[COMMUNITY].load()
    async with Browser(alpha) as browser:
        main = (await browser.get("/")).partition("<main")[2].partition("</main")[0]
        assert 'href="/join"' not in main and "not open yet" in main
        await alpha.run(change(SignUp.INVITATION))
        assert 'href="/join"' not in (await browser.get("/")).partition("<main")[2].partition("</main")[0]
        await alpha.run(change(SignUp.OPEN))
        assert 'href="/join"' in (await browser.get("/")).partition("<main")[2].partition("</main")[0]


async def test_members_go_home_and_see_the_team(alpha: LiveServer) -> None:
    ourse = await alpha.member("ourse")
    await alpha.member("mira", role="host")
    async with Browser(alpha, ourse) as browser, Browser(alpha) as visitor:
        await browser.get("/")
        assert browser.path == "/home"
        assert "@mira" in await browser.get("/about")
        assert "@mira" not in await visitor.get("/about")


async def test_privacy_says_the_uncomfortable_things(alpha: LiveServer) -> None:
    async with Browser(alpha) as browser:
        page = await browser.get("/privacy")
        assert "not encrypted from end to end" in page and "technically read everything" in page


async def test_an_address_that_nobody_has_is_a_page_of_ours(alpha: LiveServer) -> None:
    async with Browser(alpha) as browser:
        page = await browser.get("/nothing/here")
        assert browser.status == 404 and "Nothing here" in page or "There is nothing here" in page
