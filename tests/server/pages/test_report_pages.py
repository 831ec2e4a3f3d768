"""Reporting without JavaScript, my reports, and reports of people without an account."""
from __future__ import annotations

import asyncio
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from urllib.parse import quote

import pytest

from models import Actor, Case, Host, Listing, Member, Mute, OutgoingMail, Report, clock
from models.case import Matter, Urgency
from models.database import in_transaction
from models.delivery import ReportOutcome
from models.member import Role
from models.reach import Reach
from models.ruling import Act, Ruling
from server.actions import cases, outside_reports, report_answers, reports
from server.api.entities.report import Category, category_of, matter_of
from server.entrance import limits
from tests.browser import Browser
from tests.live import PATIENCE_SECONDS, LiveServer


def test_nine_matters_stand_behind_the_four_categories_of_apps() -> None:
    told = {matter: category_of(matter, None) for matter in Matter}
    assert {matter for matter, category in told.items() if category is not Category.OTHER} == {
        Matter.SCAM, Matter.PROMOTION, Matter.LAW}
    assert (told[Matter.SCAM], told[Matter.PROMOTION], told[Matter.LAW]) == (Category.SPAM, Category.SPAM, Category.LEGAL)
    assert all(category_of(matter, [2]) is Category.VIOLATION for matter in Matter)
    assert [matter_of(category) for category in (None, *Category)] == [
        Matter.OTHER, Matter.SCAM, Matter.LAW, Matter.OTHER, Matter.OTHER]
    for category in Category:
        assert category is Category.VIOLATION or category_of(matter_of(category), None) is category
        assert matter_of(category, Matter.DANGER) is Matter.DANGER or category in (Category.SPAM, Category.LEGAL)


@pytest.mark.parametrize(("acts", "undone", "outcome"), [
    ((), (), ReportOutcome.NOTHING), ((Act.NOTHING,), (), ReportOutcome.NOTHING), ((Act.WARN,), (), ReportOutcome.ACTED),
    ((Act.WARN, Act.DELETE), (), ReportOutcome.REMOVED), ((Act.HIDE,), (0,), ReportOutcome.NOTHING),
    ((Act.HIDE, Act.LIMIT), (0,), ReportOutcome.ACTED)])
async def test_what_became_of_it_is_told_in_one_word(db: object, acts: tuple[Act, ...], undone: tuple[int, ...],
                                                     outcome: ReportOutcome) -> None:
    made = [await Ruling.create(case_id=7, act=act, subject_id=1, matter=Matter.OTHER) for act in acts]
    for number in undone:
        await Ruling.create(case_id=7, act=made[number].act, subject_id=1, matter=Matter.OTHER, undoes_id=made[number].id)
    assert await report_answers.outcome_of(7) is outcome and await report_answers.outcome_of(None) is ReportOutcome.NOTHING


async def test_a_member_reports_and_reads_the_answer(alpha: LiveServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """What may be reported, what was typed stays, danger first; the team asks, she answers; nobody else sees any of it."""
    alice, bea = await alpha.member("alice"), await alpha.member("bea")
    mona = await alpha.member("mona", role=Role.MODERATOR)
    private = await alpha.write(bea, "Between us", reach=Reach.CIRCLE, recipients=(alice,))
    hers = await alpha.write(alice, "Mine", reach=Reach.COMMUNITY)
    await alpha.ask(lambda: Host.create(name="far.example", title="Far away"))
    listing = await alpha.ask(lambda: Listing.create(
        host="far.example", uri="https://far.example/directory/listings/1", place=7, ends_at=clock.now() + timedelta(days=9)))
    async with Browser(alpha, alice) as me, Browser(alpha, bea) as other, Browser(alpha) as visitor, Browser(alpha, mona) as team:
        for path in (f"/m/{private.key}/report", f"/m/{'1' * 22}/report"):
            assert "sign in first" in await visitor.get(path) and visitor.status == 200, "the same, whatever is there"
        for path in (f"/m/{hers.key}/report", "/@alice/report", "/m/unknown/report", "/@nobody/report"):
            await me.get(path)
            assert me.status == 404
        for path in (f"/m/{private.key}/report", "/@bea/report", f"/people/directory/{listing.key}/report", "/reports"):
            await visitor.get(path)
            assert visitor.path.startswith(("/signin", f"/report?about={alpha.origin}{path.removesuffix('/report')}"))
            await me.get(path)
            assert me.status == 200 and 'name="forward"' not in me.page, "we do not exchange with that server"
        long = "x" * (reports.TEXT_LIMIT_CHARACTERS + 1)
        await me.post(f"/m/{private.key}/report", {"matter": "harassment", "text": long, "rule": "3"})
        assert me.status == 422 and long in me.page
        assert 'value="harassment" checked' in me.page and 'value="3" selected' in me.page
        await me.post(f"/m/{private.key}/report", {"matter": "murder", "text": "Help", "rule": "9" * 30})
        assert me.status == 422 and "Help" in me.page and not await alpha.ask(lambda: Report.all().exists())

        await me.post(f"/m/{private.key}/report", {"matter": "danger", "text": "She says she cannot go on"})
        assert "call for help where you are" in me.page
        assert not await alpha.ask(lambda: Mute.all().exists()), "the box was not ticked"
        mine = me.path.partition("?")[0]
        case = await alpha.ask(lambda: Case.get())
        assert (case.about_id, case.urgency, case.post_uris) == (bea.id, Urgency.DANGER, [private.uri])
        await me.post("/@bea/report", {"matter": "other"})
        await me.post(f"/people/directory/{listing.key}/report", {"matter": "scam", "text": "Wants money", "forward": "1"})
        assert await alpha.ask(lambda: Report.filter(case_id=case.id).count()) == 2, "one case for one person"
        about_listing = await alpha.ask(lambda: Report.get(text="Wants money"))
        assert (about_listing.page_url, about_listing.forwarded_to) == (listing.uri, "")
        for browser in (other, team):
            await browser.get(mine)
            assert browser.status == 404
            await browser.post(mine, {"text": "I am not her"})
            assert browser.status == 404
        await visitor.get(f"/report/{mine.rpartition('/')[2]}")
        assert visitor.status == 404, "that is for people without an account"

        await me.post(mine, {"text": "Before anybody asks"})
        await ask(alpha, case, mona, "Have you spoken to her?")
        assert "The team asks you something" in await me.get("/notices") and f'href="{mine}"' in me.page
        await other.post("/@alice/report", {"matter": "other", "hide": "1"})
        assert "Have you spoken to her?" in await me.get(mine) and "mona" not in me.page.lower()
        await me.post(mine, {"text": " "})
        assert me.status == 422 and "Write an answer first." in me.page
        await me.post(mine, {"text": "Yes, she is with her sister"})
        assert "Yes, she is with her sister" in me.page and me.status == 200
        assert (await alpha.ask(lambda: Case.get(id=case.id))).asked_at is None
        monkeypatch.setattr(report_answers, "NOTES_LIMIT", 2)
        await me.post(mine, {"text": "A third thing"})
        assert me.status == 422 and "A third thing" in me.page

        await alpha.run(cases.close(case, mona, "Thank you. She is safe."))
        assert "Thank you. She is safe." in await me.get(mine) and "no rule was broken" in me.page
        await me.post(mine, {"text": "Too late"})
        assert me.status == 422 and "Too late" in me.page
        assert (await me.get("/reports")).count("no rule was broken") == 2 and "With the team" in me.page
        assert "The team has answered what you reported" in await me.get("/notices")
        assert "alice" not in (await other.get("/notices")).lower().partition("<main")[2].partition("</main")[0]
        monkeypatch.setattr(reports, "OPEN_LIMIT", 1)
        await me.post("/@bea/report", {"matter": "other", "text": "One too many"})
        assert me.status == 422 and "One too many" in me.page


async def ask(server: LiveServer, case: Case, by: Actor, text: str) -> None:
    """The team asks those who reported something."""
    async def say() -> None:
        async with in_transaction():
            await report_answers.ask(case, by, text)
    await server.run(say())


async def test_somebody_without_an_account_reports_an_address(alpha: LiveServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """The notice of article 16: what it needs, what it never tells, and the answer by mail."""
    monkeypatch.setitem(limits.RATES, "report_outside", limits.Rate(20, 600))
    monkeypatch.setitem(limits.RATES, "mail_address", limits.Rate(20, 600))
    alice, mona = await alpha.member("alice"), await alpha.member("mona", role=Role.MODERATOR)
    post = await alpha.write(alice, "For us", reach=Reach.COMMUNITY)
    there, nowhere = f"{alpha.origin}/m/{post.key}", f"{alpha.origin}/m/{'1' * 22}"
    told = {"url": there, "matter": "privacy", "text": "It shows my mother", "name": "Jean Petit", "email": "Jean@mail.example",
            "faith": "1"}
    async with Browser(alpha) as visitor:
        await visitor.get(f"/report?about={quote(there)}")
        assert visitor.status == 200 and f'value="{there}"' in visitor.page and "For us" not in visitor.page
        for wrong in ({"url": "https://elsewhere.example/m/1"}, {"url": alpha.origin}, {"url": "http://[::1"}, {"matter": ""},
                      {"text": " "}, {"name": ""}, {"email": "no address"}, {"faith": None}, {"text": "x" * 5001}):
            form = {name: value for name, value in (told | wrong).items() if value is not None}
            await visitor.post("/report", form)
            assert visitor.status == 422, wrong
            assert all(value in visitor.page for name, value in form.items() if name in ("text", "url") and value.strip())
        assert not await alpha.ask(lambda: Report.all().exists())
        pages = []
        for url in (there, nowhere, f"{alpha.origin}/@alice", f"{alpha.origin}/@nobody"):
            pages.append((await visitor.post("/report", told | {"url": url})).partition("<main")[2])
            assert visitor.path.startswith("/report/")
        assert len(set(pages)) == 1, "it says the same, whatever is there"
        rows = await alpha.ask(lambda: Report.all().order_by("id"))
        assert [(row.target_id, row.post_uris) for row in rows] == [
            (alice.id, [post.uri]), (None, []), (alice.id, []), (None, [])]
        assert rows[0].case_id == rows[2].case_id != rows[1].case_id != rows[3].case_id
        await visitor.post("/report", {"url": nowhere, "matter": "minors", "text": "A child", "faith": "1"})
        assert visitor.status == 200 and "Keep the address of this page" in visitor.page, "no name is needed for that"
        key = visitor.path.partition("?")[0]

        async def close() -> None:
            for case in await Case.all():
                await cases.close(case, mona, "Thank you, Jean.")
        await alpha.run(close())
        assert "Thank you, Jean." in await visitor.get(key) and "Jean Petit" not in visitor.page and "A child" not in visitor.page
        monkeypatch.setattr(outside_reports, "OPEN_LIMIT", 0)
        await visitor.post("/report", told)
        assert visitor.status == 422 and "It shows my mother" in visitor.page
        monkeypatch.setitem(limits.RATES, "report_outside", limits.Rate(1, 600))
        assert [(await visitor.post("/report", told), visitor.status)[1] for _ in range(2)] == [422, 429]

    async with asyncio.timeout(PATIENCE_SECONDS):
        while await alpha.ask(lambda: OutgoingMail.all().exists()):
            await asyncio.sleep(0.05)
    letters = [message_from_bytes(file.read_bytes(), policy=default) for file in (alpha.settings.var_dir / "mail").glob("*.eml")]
    titles = [str(letter["Subject"]) for letter in letters]
    assert sorted(titles) == ["The team has answered you"] * 4 + ["We have what you reported"] * 4
    for letter in letters:
        words = str(letter.get_body(("plain",)).get_content())  # type: ignore[union-attr]
        assert "/report/" in words and "Jean" not in words and "mother" not in words

    async def later() -> None:
        await Report.filter(notifier_name="Jean Petit").update(closed_at=clock.now() - timedelta(days=184))
        assert await outside_reports.forget_notifiers() == 4
        assert not await Report.filter(notifier_email="jean@mail.example").exists()
        assert await outside_reports.forget_notifiers() == 0 and await Member.all().count() == 2
    await alpha.run(later())
