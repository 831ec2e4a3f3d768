"""Members' rights on their pages: take one's data, bring it along, have something put right, leave."""
from __future__ import annotations

import io
import zipfile
from datetime import timedelta

from models import Actor, Archive, Brought, Correction, Departure, Member, OutgoingMail, clock
from models.mail import Letter
from models.member import MemberState, Role
from models.rights import ArchiveState, Outcome
from server.actions import brought, departures, links
from server.archives import making
from server.commands import members
from server.commands.output import Output
from server.keys import MAIL, PASSWORDS
from tests.browser import Browser
from tests.live import LiveServer

PASSWORD = "correct horse battery"  # noqa: S105 - of a test


async def _with_password(alpha: LiveServer, name: str) -> Actor:
    stored = await alpha.run(alpha.app[PASSWORDS].hash(PASSWORD))
    return await alpha.member(name, password_hash=stored, email=f"{name}@example.org", confirmed=True)


async def test_a_copy_is_asked_for_and_fetched_by_its_member_alone(alpha: LiveServer) -> None:
    camille, other = await _with_password(alpha, "camille"), await alpha.member("other")
    async with Browser(alpha, camille) as browser, Browser(alpha, other) as stranger:
        await browser.post("/data/export", {"proof": "wrong"})
        assert browser.status == 422 and not await alpha.ask(lambda: Archive.all().exists())
        assert "Your copy is being made." in await browser.post("/data/export", {"proof": PASSWORD})
        await alpha.run(making.make_due(alpha.app))
        assert (await alpha.ask(lambda: Archive.get(owner_id=camille.id))).state is ArchiveState.READY
        assert "Your copy is ready" in await browser.get("/data/export")
        await browser.post("/data/export/file", {"proof": "wrong"})
        assert browser.status == 422
        await stranger.post("/data/export/file")
        assert stranger.status == 404
        async with browser.http.post("/data/export/file", data={"csrf": browser.csrf, "proof": PASSWORD}) as answer:
            assert answer.status == 200 and answer.headers["Cache-Control"] == "no-store"
            assert "index.html" in zipfile.ZipFile(io.BytesIO(await answer.read())).namelist()
        await alpha.ask(lambda: Archive.all().update(expires_at=clock.now() - timedelta(seconds=1)))
        await browser.post("/data/export/file", {"proof": PASSWORD})
        assert browser.status == 404


async def test_a_file_is_brought_along_line_by_line(alpha: LiveServer) -> None:
    camille = await alpha.member("camille")
    await alpha.member("odile")
    async with Browser(alpha, camille) as browser:
        await browser.post("/data/import", {"kind": "follow"}, {"f.csv": b"\xff\xfe"})
        assert browser.status == 422 and "This file cannot be read." in browser.page
        table = f"Account address\nodile@{alpha.host}\nnobody@{alpha.host}\nno address\n".encode()
        await browser.post("/data/import", {"kind": "follow"}, {"f.csv": table})
        assert browser.status == 200 and await alpha.ask(lambda: Brought.all().count()) == 3
        while await alpha.ask(lambda: Brought.filter(outcome=Outcome.WAITING).exists()):
            await alpha.run(brought.carry_out(alpha.instance))
        page = await browser.get("/data/import")
        assert "Nobody and nothing found there" in page and "Not understood" in page and f"@odile@{alpha.host}" in page


async def test_the_team_answers_what_cannot_be_changed_alone(alpha: LiveServer) -> None:
    camille = await alpha.member("camille", email="c@example.org", confirmed=True)
    odile = await alpha.member("odile", role=Role.MODERATOR)
    async with Browser(alpha, camille) as browser, Browser(alpha, odile) as team:
        await browser.post("/data/correction", {"text": "  "})
        assert browser.status == 422
        assert "Not answered yet" in await browser.post("/data/correction", {"text": "My old name <b>"})
        assert "My old name &lt;b&gt;" in await team.get("/admin/corrections")
        number = team.hidden("number")[0]
        await team.post("/admin/corrections", {"number": number, "answer": "It is changed."})
        assert "Nothing waits for an answer." in team.page
        await team.post("/admin/corrections", {"number": number, "answer": "Again"})
        assert team.status == 404
        assert "It is changed." in await browser.get("/data/correction")
        assert "The team answered" in await browser.get("/data/access")
        await browser.get("/admin/corrections")
        assert browser.status == 404
    assert (await alpha.ask(lambda: Correction.get(owner_id=camille.id))).answer == "It is changed."


async def test_leaving_and_coming_back_by_signing_in(alpha: LiveServer) -> None:
    camille = await _with_password(alpha, "camille")
    async with Browser(alpha, camille) as browser:
        page = await browser.get("/data/close")
        assert page.count(" checked") == len(departures.Kind) and "No other server has anything of you." in page
        await browser.post("/data/close", {"proof": "wrong", "messages": "keep"})
        assert browser.status == 422 and 'id="messages-keep" value="keep" checked' in browser.page
        await browser.post("/data/close", {"proof": PASSWORD, "messages": "keep"})
        assert browser.path == "/return"
        assert (await alpha.ask(lambda: Departure.get(actor_id=camille.id))).keeps == ["messages"]
        await browser.get("/home")
        assert browser.path.startswith("/signin")
        await browser.post("/signin", {"who": "camille", "password": PASSWORD})
        assert browser.path.startswith("/return/") and "you can stay" in browser.page
        await browser.post(browser.path)
        assert browser.status == 200 and browser.path == "/home"
    assert (await alpha.ask(lambda: Member.get(actor_id=camille.id))).state is MemberState.ACTIVE


async def test_the_host_erases_with_a_reason(alpha: LiveServer) -> None:
    camille = await alpha.member("camille", email="c@example.org", confirmed=True)
    await members.erase(alpha.settings, Output(True), "camille", reason="asked by letter", keep="", yes=True)
    assert not await alpha.ask(lambda: Member.filter(actor_id=camille.id).exists())

    async def last_mail() -> str:
        mail = await OutgoingMail.get_or_none(kind=Letter.CLOSED)
        letter = await alpha.app[MAIL].write(mail) if mail else None
        return letter.as_string() if letter else "sent already"
    assert (text := await alpha.run(last_mail())) == "sent already" or "asked by letter" in text
    with_link = await alpha.member("dora")

    async def late() -> bool:
        member = await Member.get(actor_id=with_link.id).select_related("actor")
        await departures.leave(member, [])
        token = await departures.way_back(member)
        await Departure.all().update(told_at=clock.now())
        try:
            await departures.come_back(token)
        except departures.NotHere:
            return (await links.find(token, departures.LinkPurpose.RETURN)).used_at is None  # the step was undone whole
        return False
    assert await alpha.run(late())


async def test_mails_about_rights_can_be_written_in_both_languages(alpha: LiveServer) -> None:
    camille = await alpha.member("camille")

    async def write() -> None:
        member = await Member.get(actor_id=camille.id).select_related("actor")
        for language in ("fr", "en"):
            await Member.filter(id=member.id).update(language=language)
            member.language = language
            for kind in (Letter.ARCHIVE, Letter.CORRECTION, Letter.CLOSING, Letter.CLOSED):
                mail = OutgoingMail(kind=kind, recipient="c@example.org", member=member, language=language,
                                    details={"when": "3 May", "hosts": "b.example", "reason": "", "name": "Camille"})
                letter = await alpha.app[MAIL].write(mail)
                assert letter is not None
                text = letter.get_body(("plain",)).get_content()  # type: ignore[union-attr]
                assert ("b.example" in text) is (kind is Letter.CLOSED) and ("3 May" in text) is (kind is Letter.CLOSING)
    await alpha.run(write())
