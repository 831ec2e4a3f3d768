"""The join wizard: nothing of anybody is kept before the last yes, whatever is sent in whatever order."""
from __future__ import annotations

import re
from typing import Any

import pytest

from models import Actor, Community, ConsentRecord, Member, OutgoingMail, clock
from models.community import SignUp
from models.consent import Purpose
from models.errors import NotHere
from models.member import MemberState, Role
from models.reach import Reach
from moderation import consent
from server.actions import accounts, invitations
from server.actions.accounts import Newcomer
from server.keys import COMMUNITY
from tests.browser import Browser
from tests.live import LiveServer

FIRST = {"name": "Petite.Ourse", "email": "ourse@example.org", "password": "quatre mots tres rares"}


async def opened(server: LiveServer, mode: SignUp, **more: Any) -> None:
    """The community takes people in this way."""
    async def change() -> None:
        await (await Community.current()).change(name="Mélorine", condition="melorin deficiency", sign_up=mode,
                                                opened_at=clock.now(), **more)
        await server.app[COMMUNITY].load()
    await server.run(change())


async def rows(server: LiveServer) -> int:
    """How many rows there are that tell of a person."""
    async def count() -> int:
        return (await Actor.exclude(kind="Application").count() + await Member.all().count() + await ConsentRecord.all().count()
                + await OutgoingMail.all().count())
    return await server.run(count())


async def member_named(server: LiveServer, name: str) -> Member:
    """The account, with its actor."""
    async def find() -> Member:
        return await Member.get(actor__name=name).select_related("actor")
    return await server.run(find())


async def until_step_4(browser: Browser, **first: str) -> None:
    """The three steps before the agreement."""
    await browser.post("/join/1", FIRST | first)
    await browser.post("/join/2", {"situation": "patient"})
    await browser.post("/join/3", {"reach": "community"})
    assert browser.path == "/join/4", re.findall(r'class="err".*', browser.page)


async def test_somebody_joins_in_four_pages_and_is_signed_in(alpha: LiveServer) -> None:
    await opened(alpha, SignUp.OPEN)
    async with Browser(alpha) as browser:
        await browser.get("/join")
        assert browser.path == "/join/1" and "melorin" not in browser.page.lower()
        await until_step_4(browser)
        assert "melorin deficiency" in browser.page and " checked" not in browser.page
        assert await rows(alpha) == 0
        await browser.post("/join/4", {"agree": "yes"})
        assert browser.path == "/welcome"
    member = await member_named(alpha, "petite.ourse")
    assert (member.state, member.role, member.situation, member.default_reach) == (
        MemberState.ACTIVE, Role.MEMBER, "patient", Reach.COMMUNITY)
    assert member.email is None and member.new_email == "ourse@example.org"
    assert await alpha.run(consent.in_force(member.actor_id, Purpose.MEMBERSHIP))
    assert not await alpha.run(consent.may_leave(member.actor_id))


async def test_without_the_agreement_there_is_no_account(alpha: LiveServer) -> None:
    await opened(alpha, SignUp.OPEN)
    async with Browser(alpha) as browser:
        await until_step_4(browser)
        await browser.post("/join/4")
        assert browser.status == 422 and "Error" in browser.page
    assert await rows(alpha) == 0


async def test_partners_are_chosen_only_with_a_yes_to_the_exact_words(alpha: LiveServer) -> None:
    await opened(alpha, SignUp.OPEN)
    for name, said, reach in (("refuses", "no", Reach.COMMUNITY), ("agrees", "yes", Reach.PARTNERS)):
        async with Browser(alpha) as browser:
            await browser.post("/join/1", {"name": name, "email": f"{name}@example.org"})
            await browser.post("/join/2", {"skip": "1"})
            await browser.post("/join/3", {"reach": "partners"})
            assert browser.path == "/join/3" and "Then the servers of the people I write to" in browser.page
            await browser.post("/join/3", {"reach": "partners", "shares": said})
            await browser.post("/join/4", {"agree": "yes"})
        member = await member_named(alpha, name)
        assert member.default_reach is reach
        assert bool(await alpha.run(consent.may_leave(member.actor_id))) == (said == "yes")


async def test_going_back_loses_nothing(alpha: LiveServer) -> None:
    await opened(alpha, SignUp.APPROVAL)
    async with Browser(alpha) as browser:
        await until_step_4(browser)
        await browser.post("/join/4", {"answer": "Because I <3 zebras", "back": "1"})
        assert browser.path == "/join/3"
        assert "Because I &lt;3 zebras" in await browser.get("/join/4")
        page = await browser.get("/join/1")
        assert 'value="petite.ourse"' in page and 'value="ourse@example.org"' in page
        assert FIRST["password"] not in page


async def test_a_wrong_first_step_keeps_what_was_typed_and_says_what_to_do(alpha: LiveServer) -> None:
    await opened(alpha, SignUp.OPEN)
    await alpha.member("taken")
    async with Browser(alpha) as browser:
        await browser.post("/join/1", {"name": "taken", "email": "no address", "password": "password"})
        assert browser.status == 422 and 'value="taken"' in browser.page and 'value="no address"' in browser.page
        assert browser.page.count('class="err"') == 3


async def test_steps_cannot_be_skipped(alpha: LiveServer) -> None:
    await opened(alpha, SignUp.OPEN)
    async with Browser(alpha) as browser:
        await browser.post("/join/4", {"agree": "yes"})
        assert browser.path == "/join/1"
        await browser.get("/join/3")
        assert browser.path == "/join/1"
    assert await rows(alpha) == 0


@pytest.mark.parametrize("mode", [SignUp.CLOSED, SignUp.INVITATION])
async def test_a_closed_door_stays_closed_for_posts_too(alpha: LiveServer, mode: SignUp) -> None:
    await opened(alpha, mode)
    async with Browser(alpha) as browser:
        for step in range(1, 5):
            await browser.post(f"/join/{step}", FIRST | {"agree": "yes", "reach": "community"})
            assert browser.status == 403
        await browser.get("/join/1")
        assert browser.status == 200 and "<form" not in browser.page.partition("<main")[2].partition("</main")[0]
    assert await rows(alpha) == 0


async def test_before_the_community_opens_nobody_joins(alpha: LiveServer) -> None:
    await opened(alpha, SignUp.OPEN)

    async def close() -> None:
        await (await Community.current()).change(opened_at=None)
        await alpha.app[COMMUNITY].load()
    await alpha.run(close())
    async with Browser(alpha) as browser:
        await browser.post("/join/1", FIRST)
        assert browser.status == 403


async def test_an_invitation_opens_the_door_once(alpha: LiveServer) -> None:
    await opened(alpha, SignUp.INVITATION)
    token = await alpha.run(invitations.invite(None, Role.MODERATOR, uses=1))
    async with Browser(alpha) as browser, Browser(alpha) as late:
        for one in (browser, late):
            await one.get(f"/invite/{token}")
            await one.post(f"/invite/{token}")
            assert one.path == "/join/1"
        await until_step_4(browser)
        await until_step_4(late, name="late", email="late@example.org")
        await browser.post("/join/4", {"agree": "yes"})
        assert browser.path == "/welcome"
        await late.post("/join/4", {"agree": "yes"})
        assert late.status == 403
        await late.get(f"/invite/{token}")
        assert late.status == 410
    assert (await member_named(alpha, "petite.ourse")).role is Role.MODERATOR
    with pytest.raises(NotHere):
        await alpha.run(Actor.named("late"))


async def test_with_approval_one_waits_and_the_team_lets_in(alpha: LiveServer) -> None:
    await opened(alpha, SignUp.APPROVAL, question={"en": "Why here?"})
    moderator = await alpha.member("mira", role=Role.MODERATOR)
    async with Browser(alpha) as browser, Browser(alpha, moderator) as team:
        await until_step_4(browser)
        assert "Why here?" in browser.page
        await browser.post("/join/4", {"agree": "yes"})
        assert browser.status == 422
        await browser.post("/join/4", {"agree": "yes", "answer": "Because of my son"})
        assert browser.path == "/join/wait"
        await browser.get("/home")
        assert browser.path.startswith("/signin")
        await browser.post("/signin", {"who": "petite.ourse", "password": FIRST["password"]})
        assert browser.status == 403 and "has not read your request" in browser.page
        assert "Because of my son" in await team.get("/admin/members")
        await team.post("/admin/members/petite.ourse/accept")
        await browser.post("/signin", {"who": "petite.ourse", "password": FIRST["password"]})
        assert browser.path == "/home"


async def test_a_known_address_looks_like_any_other(alpha: LiveServer) -> None:
    """The account exists without that address; only its owner learns of it, by mail."""
    await opened(alpha, SignUp.OPEN)
    await alpha.run(accounts.create(alpha.origin, Newcomer(name="owner", email="known@example.org", confirmed=True)))
    pages = []
    for name, email in (("zebrab", "known@example.org"), ("zebrac", "fresh@example.org")):
        async with Browser(alpha) as browser:
            await until_step_4(browser, name=name, email=email)
            await browser.post("/join/4", {"agree": "yes"})
            assert browser.path == "/welcome"
            pages.append(re.sub(r"<svg.*?</svg>|value=\"[^\"]*\"", "", browser.page.replace(email, "").replace(name, "")))
    assert pages[0] == pages[1]
    assert (await member_named(alpha, "zebrab")).email is None
