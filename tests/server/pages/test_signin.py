"""Signing in: by password or by mail, without telling anybody who is here."""
from __future__ import annotations

import re
from typing import Any

from aiohttp import ClientSession

from models import Member, Session
from models.member import LinkPurpose, MemberState
from server.actions import accounts, links
from server.actions.accounts import Newcomer
from server.keys import PASSWORDS
from server.members.passwords import Passwords
from tests.browser import Browser
from tests.live import LiveServer

PASSWORD = "quatre mots tres rares"


async def ourse(server: LiveServer, **more: Any) -> Member:
    """A member with an address and a password."""
    async def make() -> Member:
        stored = await server.app[PASSWORDS].hash(PASSWORD)
        given: dict[str, Any] = {"name": "ourse", "email": "ourse@example.org", "confirmed": True, "password_hash": stored,
                                 "language": "en"}
        return await accounts.create(server.origin, Newcomer(**(given | more)))
    return await server.run(make())


async def link(server: LiveServer, purpose: LinkPurpose, member: Member, email: str = "ourse@example.org",
               seconds: int = 60) -> str:
    """The token of a mailed link."""
    return await server.run(links.make(purpose, seconds, member, email))


async def test_name_or_address_and_password_lead_where_one_wanted_to_go(alpha: LiveServer) -> None:
    await ourse(alpha)
    for who in ("ourse", "@Ourse", " OURSE@example.org "):
        async with Browser(alpha) as browser:
            await browser.get("/settings/security")
            assert browser.path == "/signin?next=/settings/security"
            await browser.post("/signin", {"who": who, "password": PASSWORD, "next": "/settings/security"})
            assert browser.path == "/settings/security"


async def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(alpha: LiveServer) -> None:
    await ourse(alpha)
    pages = []
    for who in ("ourse", "nobody"):
        async with Browser(alpha) as browser:
            await browser.post("/signin", {"who": who, "password": "wrong"})
            pages.append((browser.status, browser.page.replace(who, "")))
    assert pages[0] == pages[1] and pages[0][0] == 422


async def test_next_never_leads_to_another_server(alpha: LiveServer) -> None:
    await ourse(alpha)
    for bad in ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"):
        async with ClientSession(alpha.origin) as http:
            form = {"who": "ourse", "password": PASSWORD, "next": bad}
            async with http.post("/signin", data=form, allow_redirects=False) as answer:
                assert answer.status == 303 and answer.headers["Location"] == "/home"


async def test_every_sign_in_has_a_new_token_and_ends_the_old_session(alpha: LiveServer) -> None:
    await ourse(alpha)
    async with Browser(alpha) as browser:
        for _ in range(2):
            await browser.post("/signin", {"who": "ourse", "password": PASSWORD})
            await browser.get("/settings/security")
            browser.csrf = browser.hidden("csrf")[0]
    assert await alpha.run(_sessions()) == 1


async def _sessions() -> int:
    return await Session.all().count()


async def test_guesses_are_limited_for_each_account(alpha: LiveServer) -> None:
    await ourse(alpha)
    async with Browser(alpha) as browser:
        for _ in range(12):
            await browser.post("/signin", {"who": "ourse", "password": "wrong as long as a sentence that somebody typed"})
        assert browser.status == 429 and int(browser.headers["Retry-After"]) > 0
        assert "as long as a sentence" not in browser.page


async def test_asking_for_a_link_tells_nothing_and_is_limited(alpha: LiveServer) -> None:
    await ourse(alpha)
    for path in ("/signin/link", "/signin/lost"):
        pages = []
        for email in ("ourse@example.org", "nobody@example.org"):
            async with Browser(alpha) as browser:
                await browser.post(path, {"email": email})
                pages.append((browser.status, browser.page))
        assert pages[0] == pages[1] and pages[0][0] == 200
    async with Browser(alpha) as browser:
        for _ in range(3):
            await browser.post("/signin/link", {"email": "nobody@example.org"})
        assert browser.status == 429
        await browser.post("/signin/link", {"email": "a@b@c"})
        assert browser.status == 422 and 'value="a@b@c"' in browser.page


async def test_looking_at_a_link_spends_nothing_and_pressing_spends_it(alpha: LiveServer) -> None:
    member = await ourse(alpha)
    token = await link(alpha, LinkPurpose.SIGN_IN, member)
    async with Browser(alpha) as scanner, Browser(alpha) as browser:
        for _ in range(3):
            await scanner.get(f"/signin/link/{token}")
            assert scanner.status == 200
        await browser.post(f"/signin/link/{token}")
        assert browser.path == "/home"
        await scanner.post(f"/signin/link/{token}")
        assert scanner.status == 410
        await scanner.get("/signin/link/rubbish")
        assert scanner.status == 410


async def test_a_newer_link_ends_the_older_and_time_ends_both(alpha: LiveServer) -> None:
    member = await ourse(alpha)
    old = await link(alpha, LinkPurpose.SIGN_IN, member)
    dead = await link(alpha, LinkPurpose.SIGN_IN, member, seconds=-1)
    async with Browser(alpha) as browser:
        for token in (old, dead):
            await browser.post(f"/signin/link/{token}")
            assert browser.status == 410


async def test_a_link_is_good_for_its_own_purpose_only(alpha: LiveServer) -> None:
    member = await ourse(alpha)
    token = await link(alpha, LinkPurpose.CONFIRM, member)
    async with Browser(alpha) as browser:
        for path in ("/signin/link", "/password", "/open"):
            await browser.get(f"{path}/{token}")
            assert browser.status == 410


async def test_a_new_password_ends_every_other_session(alpha: LiveServer) -> None:
    member = await ourse(alpha)
    token = await link(alpha, LinkPurpose.PASSWORD, member)
    async with Browser(alpha, member.actor) as thief, Browser(alpha) as browser:
        await thief.get("/settings")
        assert thief.path == "/settings"
        await browser.post(f"/password/{token}", {"password": "password"})
        assert browser.status == 422 and "easy to guess" in browser.page
        await browser.post(f"/password/{token}", {"password": "autre phrase bien longue"})
        assert browser.path == "/home"
        await thief.get("/settings")
        assert thief.path.startswith("/signin")
        await thief.post("/signin", {"who": "ourse", "password": PASSWORD})
        assert thief.status == 422


async def test_an_unproven_address_opens_nothing_that_a_stranger_set_up(alpha: LiveServer) -> None:
    """Somebody joined with the address of another person and a password. The owner takes a link: the password is gone."""
    member = await ourse(alpha, confirmed=False)
    token = await link(alpha, LinkPurpose.SIGN_IN, member)
    async with Browser(alpha, member.actor) as stranger, Browser(alpha) as owner:
        await owner.post(f"/signin/link/{token}")
        assert owner.path == "/home"
        await stranger.get("/settings")
        assert stranger.path.startswith("/signin")
        await stranger.post("/signin", {"who": "ourse", "password": PASSWORD})
        assert stranger.status == 422
    assert (await alpha.run(_named("ourse"))).email == "ourse@example.org"


async def _named(name: str) -> Member:
    return await Member.get(actor__name=name)


async def test_confirming_an_address_signs_nobody_in_and_never_takes_one_away(alpha: LiveServer) -> None:
    member = await ourse(alpha, confirmed=False)
    await alpha.run(accounts.create(alpha.origin, Newcomer(name="owner", email="owned@example.org", confirmed=True)))
    token = await link(alpha, LinkPurpose.CONFIRM, member)
    async with Browser(alpha) as browser:
        await browser.post(f"/confirm/{token}")
        assert browser.status == 200 and "ourse" in browser.page
        await browser.get("/home")
        assert browser.path.startswith("/signin")
        await browser.post(f"/confirm/{await link(alpha, LinkPurpose.CONFIRM, member, 'owned@example.org')}")
        assert browser.status == 409
    assert (await alpha.run(_named("ourse"))).email == "ourse@example.org"


async def test_who_may_not_come_in_is_told_so_only_after_the_right_password(alpha: LiveServer) -> None:
    await ourse(alpha, state=MemberState.SUSPENDED)
    async with Browser(alpha) as browser:
        await browser.post("/signin", {"who": "ourse", "password": "wrong"})
        assert browser.status == 422 and "suspended" not in browser.page
        await browser.post("/signin", {"who": "ourse", "password": PASSWORD})
        assert browser.status == 403 and "has suspended this account" in browser.page
        await browser.get("/home")
        assert browser.path.startswith("/signin")


async def test_signing_out_ends_the_session_and_another_site_cannot_do_it(alpha: LiveServer) -> None:
    member = await ourse(alpha)
    async with Browser(alpha, member.actor) as browser:
        async with browser.http.post("/signout", data={"csrf": ""}) as answer:
            assert answer.status == 403
        forged = {"Origin": "https://evil.example"}
        async with browser.http.post("/signout", data={"csrf": browser.csrf}, headers=forged) as answer:
            assert answer.status == 403
        await browser.post("/signout")
        assert browser.path == "/" and re.search("Sign in", browser.page)
        await browser.get("/home")
        assert browser.path.startswith("/signin")
    assert await alpha.run(_sessions()) == 0


async def test_passwords_with_old_costs_are_hashed_again(alpha: LiveServer) -> None:
    await ourse(alpha, password_hash=await Passwords(2, 16).hash(PASSWORD))
    async with Browser(alpha) as browser:
        await browser.post("/signin", {"who": "ourse", "password": PASSWORD})
        assert browser.path == "/home"
    assert not alpha.app[PASSWORDS].is_dated((await alpha.run(_named("ourse"))).password_hash)
