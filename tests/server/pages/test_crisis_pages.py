"""Words of distress: a card for who wrote them, a case for the team where it may know, steps that stay, a host's lines."""
from __future__ import annotations

from datetime import timedelta

from models import AuditEntry, Case, CrisisLine, Escalation, Post, clock
from models.case import CaseSource, Matter, Urgency
from models.crisis import Alerted, LineKind
from models.member import Role
from models.reach import Reach
from server.keys import COMMUNITY
from tests.browser import Browser
from tests.live import LiveServer

DARK = "I want to end my life and I am ashamed."


async def test_the_card_the_case_and_the_steps(alpha: LiveServer) -> None:
    """The message leaves like any other; only its writer sees the card, and the team hears of what it may read anyway."""
    anna, mod = await alpha.member("anna"), await alpha.member("mod", role=Role.MODERATOR)
    other = await alpha.member("other")
    async with Browser(alpha, anna) as writer, Browser(alpha, mod) as team, Browser(alpha, other) as reader:
        await writer.post("/compose", {"text": DARK, "reach": Reach.ME, "send": "1"})
        private = writer.key()
        assert 'id="care"' in writer.page and "3114" in writer.page and "stays there" in writer.page
        assert not await alpha.ask(lambda: Case.all().count()), "what is for oneself stays with oneself"
        assert 'id="care"' not in await writer.get(f"/m/{private}"), "it can be closed"

        await writer.post("/compose", {"text": DARK, "reach": Reach.COMMUNITY, "send": "1"})
        key = writer.key()
        assert 'id="care"' in writer.page
        await writer.post(f"/m/{key}/send-now")
        case = await alpha.ask(lambda: Case.get(source=CaseSource.CRISIS))
        post = await alpha.ask(lambda: Post.get(key=key))
        assert (case.about_id, case.urgency, case.matter) == (anna.id, Urgency.DANGER, Matter.DANGER)
        assert case.post_uris == [post.uri]
        page = await reader.get(f"/m/{key}?care=1")
        assert DARK in page and 'id="care"' not in page, "others see the message and no mark"
        assert "The team knows" in await writer.get(f"/m/{key}?care=1")
        await reader.get(f"/m/{private}?care=1")
        assert reader.status == 404
        await writer.post(f"/m/{key}/edit", {"text": DARK + " Sorry."})
        assert await alpha.ask(lambda: Case.all().count()) == 1

        path = f"/admin/cases/{case.id}/escalation"
        assert "Nothing is written down yet." in await team.get(path)
        await team.post(path)
        assert team.status == 422 and "Choose what was done." in team.page
        await team.post(path, {"alerted": Alerted.EMERGENCY.value})
        assert "Called an emergency service" in team.page and "Afterwards, for you" in team.page
        step = await alpha.ask(lambda: Escalation.get())
        assert (step.case_id, step.by_id) == (case.id, mod.id)
        assert path in await team.get(f"/admin/cases/{case.id}")
        assert "What to write" in await team.get("/admin/crisis")
        await writer.get(path)
        assert writer.status == 404


async def test_asking_the_team_shows_it_no_private_message(alpha: LiveServer) -> None:
    anna = await alpha.member("anna")
    async with Browser(alpha, anna) as writer:
        await writer.post("/compose", {"text": DARK, "reach": Reach.ME, "send": "1"})
        await writer.post(f"/m/{writer.key()}/care")
        assert "The team knows" in writer.page
    case = await alpha.ask(lambda: Case.get())
    assert (case.about_id, case.source, case.post_uris) == (anna.id, CaseSource.CRISIS, [])


async def test_ordinary_grief_opens_nothing(alpha: LiveServer) -> None:
    anna = await alpha.member("anna")
    async with Browser(alpha, anna) as writer:
        await writer.post("/compose", {"text": "My father died last night.", "reach": Reach.COMMUNITY, "send": "1"})
        assert 'id="care"' not in writer.page
    assert not await alpha.ask(lambda: Case.all().count())


async def test_a_host_corrects_the_lines(alpha: LiveServer) -> None:
    """What the host writes stands on every page; without a source or an emergency number nothing is saved."""
    host = await alpha.member("host", role=Role.HOST)
    async with Browser(alpha, host) as browser:
        assert "France" in await browser.get("/admin/crisis/lines")
        path, line = "/admin/crisis/lines/FR", {"kind-0": "emergency", "number-0": "15", "source-0": "https://example.org/15"}
        assert "3114" in await browser.get(path)
        for wrong in ({"kind-0": "dark_thoughts"}, {"source-0": "on a poster"}, {"number-0": "call me"}, {"kind-0": "x"}):
            await browser.post(path, {**line, **wrong})
            assert browser.status == 422, wrong
        await browser.post(path, {**line, "kind-1": "dark_thoughts", "number-1": "0800 55 55 55", "source-1": "https://example.org"})
        assert "Yours" in browser.page
        assert "0800 55 55 55" in await browser.get("/rules"), "at the foot of every page"
        shown = await browser.get("/crisis")
        assert "https://example.org/15" in shown and "3114" not in shown[shown.index("<main"):shown.index("</main>")]
        await alpha.ask(lambda: CrisisLine.all().update(checked_on=clock.now().date() - timedelta(days=400)))
        assert "Not checked for a year" in await browser.get("/admin/crisis/lines")
        await browser.post(path, {"ours": "1"})
        assert "3114" in await browser.get("/crisis") and not await alpha.ask(lambda: CrisisLine.all().count())
        assert "024" in await browser.get("/crisis?country=ES") and "112" in await browser.get("/crisis?country=JP")
        await browser.get("/admin/crisis/lines/ZZ")
        assert browser.status == 404
    assert await alpha.ask(lambda: AuditEntry.filter(action="crisis.lines").count()) == 2
    assert alpha.app[COMMUNITY].lines[0].kind is LineKind.EMERGENCY
