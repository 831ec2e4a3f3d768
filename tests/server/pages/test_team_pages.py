"""What the team and the host decide, and how a community opens."""
from __future__ import annotations

import re
from pathlib import Path

import pytest

from models import Actor, AuditEntry, Community, Invitation, Member
from models.community import SignUp
from models.member import MemberState, Role
from models.reach import Reach
from server.actions import accounts, opening
from server.actions.accounts import Newcomer
from server.keys import COMMUNITY
from tests import catalogue
from tests.browser import Browser
from tests.live import LiveServer

COMMUNITY_FORM = {
    "name": "Mélorine Ensemble", "condition": "melorin deficiency", "association": "Mélorine", "place": "Lyon", "country": "FR",
    "contact": "team@example.org", "tagline_en": "Rare together", "rules_en": "One\n\nTwo\n",
    "sign_up": "open", "ceiling": "web", "hue": "330"}


async def state_of(server: LiveServer, name: str) -> Member:
    """The row as it is now."""
    async def find() -> Member:
        return await Member.get(actor__name=name)
    return await server.run(find())


@pytest.mark.parametrize("path", ["/admin/members", "/admin/members/ourse", "/admin/invitations", "/admin/community"])
async def test_members_and_visitors_see_nothing_of_it(alpha: LiveServer, path: str) -> None:
    ourse = await alpha.member("ourse")
    async with Browser(alpha, ourse) as browser, Browser(alpha) as visitor:
        await browser.get(path)
        assert browser.status == 404
        hidden = browser.page.replace(path, "")
        await browser.get("/admin/nothing-here")
        assert browser.page.replace("/admin/nothing-here", "") == hidden or browser.status == 404
        await visitor.get(path)
        assert visitor.path.startswith("/signin")


@pytest.mark.parametrize("verb", ["suspend", "restore", "role", "accept", "refuse"])
async def test_a_member_cannot_decide_anything(alpha: LiveServer, verb: str) -> None:
    ourse = await alpha.member("ourse")
    await alpha.member("other")
    async with Browser(alpha, ourse) as browser:
        await browser.post(f"/admin/members/other/{verb}", {"reason": "x", "role": "host"})
        assert browser.status == 404
    other = await state_of(alpha, "other")
    assert (other.state, other.role) == (MemberState.ACTIVE, Role.MEMBER)


async def test_a_moderator_suspends_a_member_with_a_reason_and_never_the_team(alpha: LiveServer) -> None:
    mira = await alpha.member("mira", role=Role.MODERATOR)
    await alpha.member("hote", role=Role.HOST)
    ourse = await alpha.member("ourse")
    async with Browser(alpha, mira) as team, Browser(alpha, ourse) as browser:
        await team.post("/admin/members/ourse/suspend", {"reason": ""})
        assert team.status == 422
        await team.post("/admin/members/ourse/suspend", {"reason": "spam"})
        assert "Suspended" in team.page
        await browser.get("/settings")
        assert browser.path.startswith("/signin")
        for name, verb in (("hote", "suspend"), ("mira", "role"), ("ourse", "role")):
            await team.post(f"/admin/members/{name}/{verb}", {"reason": "x", "role": "host"})
            assert team.status == 404
        await team.post("/admin/members/ourse/restore")
        assert (await state_of(alpha, "ourse")).state is MemberState.ACTIVE


async def test_a_host_gives_roles_but_not_the_last_one_away(alpha: LiveServer) -> None:
    hote = await alpha.member("hote", role=Role.HOST)
    await alpha.member("ourse")
    async with Browser(alpha, hote) as browser:
        await browser.post("/admin/members/ourse/role", {"role": "moderator"})
        assert (await state_of(alpha, "ourse")).role is Role.MODERATOR
        await browser.post("/admin/members/hote/role", {"role": "member"})
        assert browser.status == 409
        await browser.post("/admin/members/ourse/role", {"role": "emperor"})
        assert (await state_of(alpha, "ourse")).role is Role.MODERATOR


async def test_people_are_found_by_name_and_listed_in_pages(alpha: LiveServer) -> None:
    mira = await alpha.member("mira", role=Role.MODERATOR)

    async def many() -> None:
        for number in range(35):
            actor = await Actor.create(uri=f"{alpha.origin}/x/{number}", name=f"zebra{number}", inbox_uri="x")
            await Member.create(actor=actor)
    await alpha.run(many())
    async with Browser(alpha, mira) as browser:
        page = await browser.get("/admin/members")
        assert page.count("<tr>") == 31
        older = re.search(r'href="(/admin/members\?before=\d+)"', page)
        assert older and (await browser.get(older[1])).count("<tr>") == 7
        page = await browser.post("/admin/members/search", {"q": "ZEBRA31"})
        assert page.count("<tr>") == 2 and "zebra31" in page
        for words in ("%", "_", "' OR 1=1 --", "nobody"):
            assert (await browser.post("/admin/members/search", {"q": words})).count("<tr>") == 0


async def test_an_invitation_is_shown_once_and_can_be_withdrawn(alpha: LiveServer) -> None:
    mira = await alpha.member("mira", role=Role.MODERATOR)
    async with Browser(alpha, mira) as browser, Browser(alpha) as guest:
        page = await browser.post("/admin/invitations", {"uses": "3", "days": "9999", "role": "host"})
        link = re.search(rf"{alpha.origin}(/invite/[\w-]+)", page)
        assert link and link[1] not in await browser.get("/admin/invitations")
        made = await alpha.run(_invitation())
        assert (made.role, made.uses_left) == (Role.MEMBER, 3)
        await guest.get(link[1])
        assert guest.status == 200
        await browser.post("/admin/invitations/withdraw", {"number": str(made.id)})
        await guest.get(link[1])
        assert guest.status == 410


async def _invitation() -> Invitation:
    return await Invitation.get()


async def test_a_host_changes_the_community_at_once(alpha: LiveServer) -> None:
    hote = await alpha.member("hote", role=Role.HOST)
    async with Browser(alpha, hote) as browser, Browser(alpha) as visitor:
        await browser.post("/admin/community", COMMUNITY_FORM | {"preview": "1"})
        assert 'href="/theme.css?hue=330"' in browser.page and (await alpha.run(_community())).hue != 330
        await browser.post("/admin/community", COMMUNITY_FORM | {"save": "1"})
        assert browser.path == "/admin/community?saved=1"
        page = await visitor.get("/rules")
        assert "Mélorine Ensemble" in page and "<li>One</li><li>Two</li>" in page
        assert "Rare together" in page and "hue=330" in page
    row = await alpha.run(_community())
    assert (row.sign_up, row.ceiling, row.is_open_federation) == (SignUp.OPEN, Reach.WEB, False)
    assert await alpha.run(_changes()) == 1


async def _community() -> Community:
    return await Community.current()


async def _changes() -> int:
    return await AuditEntry.filter(action="community.change").count()


@pytest.mark.parametrize("wrong", [
    {"name": ""}, {"condition": " "}, {"country": "ZZ"}, {"contact": "nobody"}, {"hue": "400"}, {"hue": "x"}])
async def test_a_wrong_community_is_not_saved_and_kept_in_the_form(alpha: LiveServer, wrong: dict[str, str]) -> None:
    hote = await alpha.member("hote", role=Role.HOST)
    async with Browser(alpha, hote) as browser:
        await browser.post("/admin/community", COMMUNITY_FORM | wrong | {"save": "1"})
        assert browser.status == 422 and "Rare together" in browser.page
    assert (await alpha.run(_community())).association == ""


async def test_a_community_opens_with_its_link_once(alpha: LiveServer) -> None:
    catalogue.lay(Path(alpha.settings.var_dir))
    link = await alpha.run(opening.opening_link(alpha.settings))
    assert link
    path = link.removeprefix(alpha.origin)
    facts = {name: COMMUNITY_FORM[name] for name in ("name", "condition", "association", "country")}
    account = {"step": "3", "name": "hote", "email": "hote@example.org", "password": "quatre mots tres rares"}
    async with Browser(alpha) as browser, Browser(alpha) as late:
        await browser.post(path, {**facts, "name": ""})
        assert browser.status == 422
        await browser.post(path, facts)
        assert browser.path == f"{path}?step=2" and 'value="melorin deficiency"' in browser.page
        assert 'value="ORPHA:616874"' in browser.page, "people without a diagnosis are asked for in any case"
        page = await browser.post(path, {"step": "2", "search": "1", "q": "fabri", "code": ["ORPHA:616874"]})
        assert re.search(r'value="ORPHA:616874" checked', page) and 'value="ORPHA:324"' in page
        await browser.post(path, {"step": "2", "code": ["ORPHA:0"]})
        assert browser.status == 422 and "Choose from the list." in browser.page
        await browser.post(path, {"step": "2"})
        assert browser.path == f"{path}?step=3" and (await alpha.run(_community())).conditions == [], "that can be said later"
        await browser.post(path, {"step": "2", "code": ["ORPHA:324", "ORPHA:616874"]})
        assert (await alpha.run(_community())).conditions == ["ORPHA:324", "ORPHA:616874"]
        assert "melorin" in await browser.get(f"{path}?step=1") and "Conditions" in await browser.get(f"{path}?step=2")
        await browser.post(path, account)
        assert browser.status == 422 and (await alpha.run(_community())).opened_at is None
        await browser.post(path, account | {"agree": "yes"})
        assert browser.path == "/admin/community"
        await late.post(path, account | {"name": "late", "agree": "yes"})
        assert late.status in (404, 410)
    hote = await state_of(alpha, "hote")
    assert hote.role is Role.HOST and (await alpha.run(_community())).opened_at is not None
    assert await alpha.run(opening.opening_link(alpha.settings)) is None


async def test_the_answer_of_the_team_is_given_once(alpha: LiveServer) -> None:
    mira = await alpha.member("mira", role=Role.MODERATOR)
    await alpha.run(accounts.create(alpha.origin, Newcomer(name="ourse", state=MemberState.WAITING, answer="<b>hello</b>")))
    async with Browser(alpha, mira) as browser:
        assert "&lt;b&gt;hello" in await browser.get("/admin/members")
        await browser.post("/admin/members/ourse/refuse", {"reason": ""})
        assert browser.status == 422
        await browser.post("/admin/members/ourse/refuse", {"reason": "not now"})
        await browser.post("/admin/members/ourse/accept")
    assert (await state_of(alpha, "ourse")).state is MemberState.REFUSED
    assert alpha.app[COMMUNITY].row
