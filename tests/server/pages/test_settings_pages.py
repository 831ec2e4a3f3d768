"""Settings: saved by a button, kept when wrong, and nothing leaves without C5."""
from __future__ import annotations

from typing import Any

import pytest

from models import Actor, AuditEntry, Member, Mute, OutgoingActivity, Session
from models.consent import Purpose
from models.reach import Reach
from moderation import consent
from server.actions import accounts
from server.actions.accounts import Newcomer
from server.keys import PASSWORDS
from tests.browser import Browser
from tests.live import LiveServer

PASSWORD = "quatre mots tres rares"
PAGES = ("/settings", "/settings/profile", "/settings/audience", "/settings/reading", "/settings/security", "/settings/language",
         "/settings/blocks", "/welcome")


async def ourse(server: LiveServer, **more: Any) -> Member:
    """A member with a password."""
    async def make() -> Member:
        stored = await server.app[PASSWORDS].hash(PASSWORD)
        given: dict[str, Any] = {"name": "ourse", "password_hash": stored, "language": "en"}
        return await accounts.create(server.origin, Newcomer(**(given | more)))
    return await server.run(make())


async def fresh(server: LiveServer, member: Member) -> Member:
    """The row as it is now."""
    async def find() -> Member:
        return await Member.get(id=member.id).select_related("actor")
    return await server.run(find())


@pytest.mark.parametrize("path", PAGES)
async def test_every_page_is_for_members(alpha: LiveServer, path: str) -> None:
    member = await ourse(alpha)
    async with Browser(alpha) as visitor, Browser(alpha, member.actor) as browser:
        await visitor.get(path)
        assert visitor.path.startswith("/signin?next=") and visitor.headers["Cache-Control"] == "private, no-cache"
        await browser.get(path)
        assert (browser.status, browser.path) == (200, path)
        assert browser.headers["Cache-Control"] == "no-store"


async def test_a_time_zone_is_chosen_kept_beside_the_rest_and_taken_back(alpha: LiveServer) -> None:
    member = await ourse(alpha)
    async with Browser(alpha, member.actor) as browser:
        await browser.post("/settings/reading", {"rest": "1"})
        for typed, kept in (("Europe/Paris", "Europe/Paris"), ("No/Where", "")):
            await browser.post("/settings/language", {"zone": typed})
            assert "Saved." in browser.page and f'<option value="{kept}" selected>' in browser.page
            reading = (await fresh(alpha, member)).reading
            assert reading["zone"] == kept and reading["rest"]


async def test_a_profile_is_saved_and_cleaned_and_c3_is_written_down(alpha: LiveServer) -> None:
    member = await ourse(alpha)
    async with Browser(alpha, member.actor) as browser:
        assert " checked" in await browser.get("/settings/profile")
        await browser.post("/settings/profile", {"display_name": "Petite Ourse", "about": "**Hi** <script>alert(1)</script>",
                                                 "writes_in": "en", "found_here": "1"})
        assert "Saved." in browser.page and "Petite Ourse" in browser.page
    actor = (await fresh(alpha, member)).actor
    assert "<strong>Hi</strong>" in actor.summary and "<script" not in actor.summary
    assert actor.discoverable and not actor.approves_followers
    assert await alpha.run(consent.in_force(actor.id, Purpose.FOUND_HERE))
    assert await alpha.run(_count(OutgoingActivity)) == 0


async def _count(model: Any) -> int:
    return int(await model.all().count())


async def test_a_profile_that_is_too_long_is_kept_in_the_form(alpha: LiveServer) -> None:
    member = await ourse(alpha)
    async with Browser(alpha, member.actor) as browser:
        await browser.post("/settings/profile", {"display_name": "n" * 80, "about": "a" * 1001, "writes_in": "en"})
        assert browser.status == 422 and "a" * 1001 in browser.page and browser.page.count('class="err"') == 2
    assert (await fresh(alpha, member)).about == ""


async def test_the_default_is_partners_only_after_a_yes_and_falls_back_with_a_no(alpha: LiveServer) -> None:
    member = await ourse(alpha)
    async with Browser(alpha, member.actor) as browser:
        await browser.post("/settings/audience", {"reach": "partners", "undo": "10"})
        assert browser.status == 422
        await browser.post("/settings/sharing", {"c5": "yes"})
        await browser.post("/settings/audience", {"reach": "partners", "undo": "10"})
        changed = await fresh(alpha, member)
        assert (changed.default_reach, changed.undo_seconds) == (Reach.PARTNERS, 10)
        assert await alpha.run(consent.may_leave(member.actor_id))
        await browser.post("/settings/sharing", {"c5": "no"})
        assert "Every server that has something of yours is asked to erase it" in browser.page
    assert (await fresh(alpha, member)).default_reach is Reach.COMMUNITY
    assert not await alpha.run(consent.may_leave(member.actor_id))


@pytest.mark.parametrize("form", [
    {"reach": "web", "undo": "10"}, {"reach": "everybody", "undo": "10"}, {"reach": "me", "undo": "3600"}, {}])
async def test_an_audience_that_is_none_is_refused(alpha: LiveServer, form: dict[str, str]) -> None:
    member = await ourse(alpha)
    async with Browser(alpha, member.actor) as browser:
        await browser.post("/settings/audience", form)
        assert browser.status == 422


async def test_reading_is_kept_with_the_member(alpha: LiveServer) -> None:
    member = await ourse(alpha)
    async with Browser(alpha, member.actor) as browser:
        await browser.post("/settings/reading", {"rest": "1", "mode": "dark", "text": "120", "note-death": "hide",
                                                 "note-weight": "nonsense"})
        assert 'data-mode="dark"' in browser.page and 'data-text="120"' in browser.page
    reading = (await fresh(alpha, member)).reading
    assert reading["notes"] == {"death": "hide"} and reading["rest"]


async def test_a_password_changes_with_the_old_one_and_ends_other_sessions(alpha: LiveServer) -> None:
    member = await ourse(alpha)
    async with Browser(alpha, member.actor) as other, Browser(alpha, member.actor) as browser:
        await browser.post("/settings/security/password", {"old": "wrong", "new": "autre phrase bien longue"})
        assert browser.status == 422 and "not your password" in browser.page
        await browser.post("/settings/security/password", {"old": PASSWORD, "new": "ourse"})
        assert browser.status == 422
        await browser.post("/settings/security/password", {"old": PASSWORD, "new": "autre phrase bien longue"})
        assert browser.path == "/settings/security?saved=password"
        await other.get("/settings")
        assert other.path.startswith("/signin")


async def test_an_address_changes_only_with_the_password_and_its_own_link(alpha: LiveServer) -> None:
    member = await ourse(alpha, email="old@example.org", confirmed=True)
    async with Browser(alpha, member.actor) as browser:
        await browser.post("/settings/security/email", {"email": "new@example.org", "proof": "wrong"})
        assert browser.status == 422 and 'value="new@example.org"' in browser.page
        await browser.post("/settings/security/email", {"email": "new@example.org", "proof": PASSWORD})
        assert browser.path == "/settings/security?saved=email"
    changed = await fresh(alpha, member)
    assert (changed.email, changed.new_email) == ("old@example.org", "new@example.org")


async def test_one_ends_ones_own_sessions_only(alpha: LiveServer) -> None:
    member, stranger = await ourse(alpha), await alpha.member("stranger")
    async with Browser(alpha, stranger) as other, Browser(alpha, member.actor) as browser, Browser(alpha, member.actor) as phone:
        ids = await alpha.run(_session_ids())
        for number in (*ids, "", "x", "9" * 30):
            if number != ids[1]:
                await browser.post("/settings/security/end", {"number": str(number)})
                assert browser.status == 200
        await other.get("/settings")
        assert other.path == "/settings"
        await phone.get("/settings")
        assert phone.path.startswith("/signin")


async def _session_ids() -> list[int]:
    return [session.id for session in await Session.all().order_by("id")]


async def test_blocked_and_muted_people_stand_in_a_list(alpha: LiveServer) -> None:
    member, loud = await ourse(alpha), await alpha.member("loud")

    async def mute() -> None:
        await Mute.create(owner_id=member.actor_id, target=await Actor.get(id=loud.id))
    await alpha.run(mute())
    async with Browser(alpha, member.actor) as browser:
        assert "@loud" in await browser.get("/settings/blocks")
        await browser.post("/@loud/unmute", {"back": "/settings/blocks"})
        assert browser.path == "/settings/blocks?said=unmuted" and "@loud" not in browser.page
        assert "You see their messages again." in browser.page
    assert await alpha.run(_count(AuditEntry)) == 2
