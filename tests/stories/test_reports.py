"""A report crosses to the server of whom it is about, without who made it; what became of it comes back to both teams."""
from __future__ import annotations

from models import Actor, Case, CaseNote, Mute, Notification, OutgoingActivity, Post, Report, Ruling
from models.case import Audience, CaseSource, Matter
from models.database import in_transaction
from models.delivery import ReportOutcome
from models.member import Role
from models.notification import Notice
from models.ruling import Act
from server.actions import cases, report_answers, reports, rulings, verdicts
from server.actions.verdicts import Verdict
from server.keys import MEDIA
from tests.browser import Browser
from tests.live import LiveServer, settle
from tests.stories.scene import befriend, known, sees


async def write(server: LiveServer, by: Actor, host: str, text: str) -> None:
    """The team of a server writes to that of another about its one case."""
    async def say() -> None:
        async with in_transaction():
            assert await report_answers.write_to_peer(await Case.get(), by, host, text)
    await server.run(say())


async def rule(server: LiveServer, by: Actor, act: Act) -> None:
    """Somebody of the team decides about the one message of the one case, and closes it."""
    async def decide() -> None:
        posts = await Post.filter(uri__in=(await Case.get()).post_uris).select_related("author")
        await verdicts.give(await Case.get(), Verdict(acts=(act,), posts=tuple(posts), facts="It promises a cure."), by,
                            server.app[MEDIA])
    await server.run(decide())


async def test_a_report_reaches_its_origin_is_ruled_there_and_answered_on_both_sides(alpha: LiveServer, beta: LiveServer) -> None:
    """Bea of beta reports what Alice of alpha wrote; alpha's team erases it; beta's team and Bea hear of that."""
    alice, bea = await alpha.member("alice"), await beta.member("bea")
    ours, theirs = await alpha.member("mona", role=Role.MODERATOR), await beta.member("theo", role=Role.MODERATOR)
    await befriend(beta, bea, alice, alpha)
    post = await alpha.write(alice, "Come and see me for tea")
    await settle(alpha, beta)
    copy = await known(beta, post)
    assert copy and await sees(beta, bea, post.uri)
    async with Browser(beta, bea) as browser:
        assert f'href="/m/{copy.key}/report"' in await browser.get("/home")
        assert "Come and see me for tea" in await browser.get(f"/m/{copy.key}/report") and 'name="forward"' in browser.page
        await browser.post(f"/m/{copy.key}/report", {"text": "It promises a cure", "forward": "1"})
        assert browser.status == 422 and "It promises a cure" in browser.page and "Choose what is wrong." in browser.page
        await browser.post(f"/m/{copy.key}/report", {
            "matter": "medical", "text": "It promises a cure", "rule": "2", "forward": "1", "hide": "1"})
        assert browser.path.startswith("/reports/") and "You will get an answer within a day." in browser.page
        mine = browser.path.partition("?")[0]
        await settle(alpha, beta)
        assert "Come and see me" not in await browser.get("/home") and await beta.ask(lambda: Mute.exists(owner_id=bea.id))

        flag = await alpha.ask(lambda: Report.get().select_related("case"))
        assert (flag.sender_host, flag.target_id, flag.post_uris) == (beta.host, alice.id, [post.uri])
        assert (flag.matter, flag.text) == (Matter.MEDICAL, "It promises a cure")
        assert flag.case and flag.case.source is CaseSource.REPORT
        said = await beta.ask(lambda: OutgoingActivity.get(kind="Flag"))
        for trace in ("bea", bea.key):
            assert trace not in said.body.lower() and trace not in repr(vars(flag))

        await write(alpha, ours, beta.host, "Has she written this to others?")
        await settle(alpha, beta)
        await write(beta, theirs, alpha.host, "To three of our members.")
        await settle(alpha, beta)
        talk = await alpha.ask(lambda: CaseNote.filter(audience=Audience.PEER).order_by("id"))
        assert [(note.is_theirs, note.text) for note in talk] == [
            (False, "Has she written this to others?"), (True, "To three of our members.")]
        assert (await beta.ask(lambda: CaseNote.get(is_theirs=True))).author_id is None
        assert "mona" not in repr(await beta.ask(lambda: Actor.all().values_list("name", flat=True)))

        await rule(alpha, ours, Act.HIDE)
        await settle(alpha, beta)
        assert (await beta.ask(lambda: Report.get())).peer_outcome is ReportOutcome.REMOVED
        await alpha.run(rulings.take_back(await alpha.ask(lambda: Ruling.get(undoes_id=None)), ours))
        await settle(alpha, beta)
        assert (await beta.ask(lambda: Report.get())).peer_outcome is ReportOutcome.NOTHING, "the newer answer counts"
        await alpha.run(reports.reopen(await alpha.ask(lambda: Report.get()), ours))
        await rule(alpha, ours, Act.DELETE)
        await settle(alpha, beta)
        known_here = await beta.ask(lambda: Report.get())
        assert known_here.peer_outcome is ReportOutcome.REMOVED and known_here.closed_at is None
        async with Browser(beta, theirs) as team:
            page = await team.get(f"/admin/cases/{known_here.case_id}")
            assert "has taken it away." in page and "Has she written this to others?" in page
            assert not await sees(beta, bea, post.uri)

        async def close() -> None:
            case = await Case.get()
            about = await Actor.get(id=known_here.target_id)
            await rulings.rule(rulings.Decided(act=Act.LIMIT, subject=about, by=theirs, case=case), beta.app[MEDIA])
            await cases.close(case, theirs, "Thank you, Bea. It is gone.")
        await beta.run(close())
        assert "The team has answered what you reported" in await browser.get("/notices") and f'href="{mine}"' in browser.page
        assert "Thank you, Bea. It is gone." in await browser.get(mine) and "has taken it away." in browser.page
        assert "Answered" in await browser.get("/reports")
        noted = await beta.ask(lambda: Ruling.get(undoes_id=None))
        await beta.run(rulings.take_back(noted, theirs))
        assert "has taken back something that it had decided." in await browser.get(mine) and "no rule was broken" in browser.page
    assert not await beta.ask(lambda: Notification.exists(kind=Notice.REPORT))
