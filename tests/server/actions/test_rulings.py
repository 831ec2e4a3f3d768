"""Rulings: each has its row, its statement and its undo, and nobody's standing is anything but what they amount to."""
from __future__ import annotations

import re
from datetime import timedelta
from hashlib import sha256

import pytest

from models import Actor, Barred, Case, Member, Notification, OutgoingMail, Post, Ruling, Statement, clock
from models.case import CaseSource, Matter
from models.errors import NotHere
from models.mail import Letter
from models.member import MemberState, Role
from models.notification import Notice
from models.post import Note
from models.reach import Reach
from models.ruling import Act
from server.actions import accounts, appeals, bars, cases, departures, rulings, terms, verdicts
from server.actions.verdicts import Verdict
from server.errors import Refused, StaffOnly
from server.keys import MAIL, MEDIA
from tests.browser import Browser
from tests.live import LiveServer
from tests.server.api.client import Api
from tests.stories.scene import ruled, sees


async def test_what_is_done_to_a_message_is_written_told_and_undone(alpha: LiveServer) -> None:
    host = await alpha.member("host", role=Role.HOST)
    writer, reader = await alpha.member("writer"), await alpha.member("reader")
    post = await alpha.write(writer, "Two pills a day heal everything.")
    fresh = await alpha.ask(lambda: Post.get(id=post.id).select_related("author"))

    hidden = await ruled(alpha, Act.HIDE, writer, host, post=fresh, matter=Matter.MEDICAL, rule=2, facts="A dose as advice.")
    assert [await sees(alpha, one, post.uri) for one in (reader, writer, host)] == [False, True, False]
    statement = await alpha.ask(lambda: Statement.get(ruling_id=hidden.id))
    assert statement.owner_id == writer.id and statement.facts == "A dose as advice." and "hidden" in statement.text
    assert await alpha.ask(lambda: Notification.filter(recipient_id=writer.id, kind=Notice.RULING).count()) == 1
    again = await ruled(alpha, Act.HOLD, writer, host, post=fresh)
    await alpha.run(rulings.take_back(hidden, host))
    assert not await sees(alpha, reader, post.uri), "another ruling holds it"
    await alpha.run(rulings.take_back(again, host))
    assert await sees(alpha, reader, post.uri)

    await ruled(alpha, Act.LABEL, writer, host, post=fresh, topic=Note.UNPROVEN, words="Nobody has tested this")
    await ruled(alpha, Act.NOTE, writer, host, post=fresh, words="Ask your doctor first.")
    await ruled(alpha, Act.WARN, writer, host)
    await ruled(alpha, Act.NOTHING, writer, host, post=fresh)
    known = await alpha.ask(lambda: Post.get(id=post.id))
    assert (known.label, known.label_words) == (Note.UNPROVEN, "Nobody has tested this")
    assert known.team_note == "Ask your doctor first."
    await ruled(alpha, Act.DELETE, writer, host, post=fresh)
    assert not await sees(alpha, writer, post.uri)
    acts = [row.act for row in await alpha.ask(lambda: Ruling.all().order_by("id"))]
    assert acts == [Act.HIDE, Act.HOLD, Act.HIDE, Act.HOLD, Act.LABEL, Act.NOTE, Act.WARN, Act.NOTHING, Act.DELETE]
    assert await alpha.ask(lambda: Statement.all().count()) == len(acts) - 1, "who was only looked at is told nothing"
    assert (await alpha.ask(lambda: Member.get(actor_id=writer.id))).state is MemberState.ACTIVE


async def over(server: LiveServer, ruling: Ruling) -> None:
    """The day of a ruling has come."""
    await server.ask(lambda: Ruling.filter(id=ruling.id).update(until=clock.now() - timedelta(seconds=1)))


async def test_whoever_is_frozen_reads_and_writes_nothing(alpha: LiveServer) -> None:
    host, writer = await alpha.member("host", role=Role.HOST), await alpha.member("writer")
    post = await alpha.write(host, "Welcome", reach=Reach.COMMUNITY)
    frozen = await ruled(alpha, Act.FREEZE, writer, host, until=clock.now() + timedelta(days=7))
    async with Browser(alpha, writer) as browser, Api(alpha, writer) as app:
        assert "Welcome" in await browser.get("/home")
        for path, form in ((f"/m/{post.key}/thanks", {}), ("/compose", {"text": "x"}), ("/@host/follow", {}),
                           ("/settings/profile", {"display_name": "x"})):
            await browser.post(path, form)
            assert browser.status == 403, path
        assert (await app.post("/api/v1/statuses", {"status": "x"})).status == 403
        assert (await app.post(f"/api/v1/statuses/{post.id}/favourite", {})).status == 403
        await browser.post("/@host/mute")
        assert browser.status == 200
        mine = await alpha.ask(lambda: Statement.get(ruling_id=frozen.id))
        assert "but not write" in await browser.get(f"/rulings/{mine.id}")
        with pytest.raises(Refused):  # of a message that was to go out by itself
            await alpha.write(await alpha.ask(lambda: Actor.get(id=writer.id)), "x")
        await over(alpha, frozen)
        assert await alpha.run(terms.end_due()) == 1 and await alpha.run(terms.end_due()) == 0
        assert (await app.post("/api/v1/statuses", {"status": "x"})).status == 200


async def test_who_is_suspended_reads_why_by_a_link_asks_again_and_comes_back(alpha: LiveServer) -> None:
    host, other = await alpha.member("host", role=Role.HOST), await alpha.member("other", role=Role.MODERATOR)
    writer, reader = await alpha.member("writer"), await alpha.member("reader")
    await alpha.ask(lambda: Member.filter(actor_id=writer.id).update(email="writer@mail.example"))
    post = await alpha.write(writer, "Mine", reach=Reach.COMMUNITY)
    async with Browser(alpha, writer) as browser:
        ruling = await ruled(alpha, Act.SUSPEND, writer, host, facts="Sold pills.", matter=Matter.SCAM)
        assert "/signin" in (await browser.get("/home"), browser.path)[1], "signed out"
        assert not await sees(alpha, reader, post.uri)
        with pytest.raises(NotHere):
            await alpha.run(Actor.named("writer"))
        letter = await alpha.ask(lambda: OutgoingMail.get(kind=Letter.RULING).select_related("member__actor"))
        written = (await alpha.run(alpha.app[MAIL].write(letter))).get_body(("plain",)).get_content()
        assert "pills" not in written and "suspend" not in written.lower()
        [link] = re.findall(r"/statements/\S+", written)
        [number] = re.findall(rf"{link}/(\d+)", await browser.get(link))
        assert "Sold pills." in await browser.get(f"{link}/{number}") and "within six months" in browser.page
        await browser.post(f"{link}/{number}", {"text": "I gave them away."})
        assert browser.status == 200 and "I gave them away." in browser.page
        await browser.post(f"{link}/{number}", {"text": "And again"})
        assert browser.status == 409
    await over(alpha, ruling)
    assert await alpha.run(terms.end_due()) == 0, "who waits to be heard is waited for"
    case = await alpha.ask(lambda: Case.get(source=CaseSource.APPEAL))
    statement, _ = await alpha.run(appeals.of_case(case)) or (None, None)
    assert statement
    with pytest.raises(appeals.NotToHear):
        await alpha.run(appeals.hear(statement, host, True, "Right."))
    await alpha.run(verdicts.give(case, Verdict(acts=(Act.NOTHING,)), host, alpha.app[MEDIA]))
    waits = await alpha.ask(lambda: Case.get(id=case.id))
    assert waits.is_open, "an appeal is answered, and closed by nobody who would rather not hear it"
    await alpha.run(cases.release(waits, host))
    await alpha.run(appeals.hear(statement, other, True, "You are right."))
    assert await sees(alpha, reader, post.uri)
    assert (await alpha.ask(lambda: Member.get(actor_id=writer.id))).state is MemberState.ACTIVE
    assert not (await alpha.ask(lambda: Case.get(id=case.id))).is_open


async def test_whoever_presses_twice_has_decided_once(alpha: LiveServer) -> None:
    host, writer = await alpha.member("host", role=Role.HOST), await alpha.member("writer")
    case = await alpha.run(cases.open_(writer, Matter.SCAM, CaseSource.REPORT))
    first, second = [await ruled(alpha, Act.SUSPEND, writer, host, case=case) for _ in range(2)]
    assert first.id == second.id and await alpha.ask(lambda: Statement.all().count()) == 1
    await alpha.run(rulings.take_back(first, host))
    assert (await alpha.ask(lambda: Member.get(actor_id=writer.id))).state is MemberState.ACTIVE


async def test_what_hosts_decide_about_the_team_is_heard_by_hosts(alpha: LiveServer) -> None:
    host, mod, other = [await alpha.member(name, role=role) for name, role in (
        ("host", Role.HOST), ("mod", Role.MODERATOR), ("other", Role.MODERATOR))]
    ruling = await ruled(alpha, Act.LIMIT, mod, host)
    statement = await alpha.ask(lambda: Statement.get(ruling_id=ruling.id))
    await alpha.run(appeals.ask(statement, ruling, "Please look again."))
    with pytest.raises(StaffOnly):
        await alpha.run(appeals.hear(statement, other, False, "No."))
    second = await alpha.member("second", role=Role.HOST)
    with pytest.raises(appeals.NotToHear):
        await alpha.run(appeals.hear(statement, host, False, "No."))
    await alpha.run(appeals.hear(statement, second, True, "Yes."))
    assert (await alpha.ask(lambda: Actor.get(id=mod.id))).limited_at is None


async def test_it_takes_two_to_keep_somebody_out_for_good_and_then_everything_goes(alpha: LiveServer) -> None:
    host, other = await alpha.member("host", role=Role.HOST), await alpha.member("other", role=Role.MODERATOR)
    writer = await alpha.member("writer")
    await alpha.ask(lambda: Member.filter(actor_id=writer.id).update(email="w@mail.example"))
    proposed = await ruled(alpha, Act.BAN, writer, host, matter=Matter.HARASSMENT)
    assert not await alpha.run(bars.covers("writer", "w@mail.example")), "one alone bars nobody"
    with pytest.raises(rulings.NotSecond):
        await alpha.run(rulings.agree(proposed, await alpha.ask(lambda: Actor.get(id=host.id))))
    async with Browser(alpha, other) as browser:
        assert "for good" in await browser.get("/admin/log")
        await browser.post(f"/admin/log/{proposed.id}/agree")
        assert browser.status == 200
    plain = [sha256(f"{kind}:{text}".encode()).hexdigest() for kind, text in (("name", "writer"), ("mail", "w@mail.example"))]
    assert not await alpha.ask(lambda: Barred.filter(digest__in=plain).exists()), "whoever has the database cannot guess"
    assert await alpha.run(bars.covers("writer")) and await alpha.run(bars.covers(address="w+again@mail.example"))
    with pytest.raises(accounts.NameTaken):
        await alpha.member("newname", email="w@mail.example")
    agreed = await alpha.ask(lambda: Ruling.get(second_id=other.id))
    await over(alpha, proposed)
    await over(alpha, agreed)
    assert await alpha.run(terms.end_due()) == 1
    while await alpha.run(departures.end_due(alpha.app[MEDIA])):
        pass
    assert not await alpha.ask(lambda: Member.filter(actor_id=writer.id).exists())
    with pytest.raises(rulings.TakenBack):
        await alpha.run(rulings.take_back(agreed, host))
    async with Browser(alpha) as visitor:
        assert "fewer than 11" in await visitor.get("/moderation") and "writer" not in visitor.page
