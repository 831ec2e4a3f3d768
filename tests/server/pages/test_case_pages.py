"""The desk of the team: what waits, one case from its report to the answer, and who may do what."""
from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from models import Actor, AuditEntry, Case, Member, Notification, Post, Report, Ruling, Statement, clock
from models.case import ANSWER_TIME, CaseSource, Matter
from models.database import in_transaction
from models.delivery import ReportOutcome
from models.member import Role
from models.notification import Notice
from models.post import About
from models.reach import Reach
from models.ruling import Act, AppealState
from server.actions import appeals, cases, reports
from server.actions.reports import Told
from tests.browser import Browser
from tests.live import LiveServer

TEXT = "A powder that heals all, 89 euros"
GROUPS_LIMIT = 6


class Groups(HTMLParser):
    """What the keyboard meets in the main part: how many outermost landmarks with a name hold controls, and the controls
    outside any. A landmark is a `section` or `nav` with a name.
    """

    def __init__(self) -> None:
        super().__init__()
        self.stack, self.in_main, self.landmark = [], False, 0
        self.groups, self.outside, self.seen = 0, list[str](), False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        self.in_main = self.in_main or tag == "main"
        if not self.in_main:
            return
        if tag in ("section", "nav", "form"):
            named = tag != "form" and ("aria-labelledby" in known or "aria-label" in known)
            self.stack.append((tag, named))
            if named:
                self.landmark += 1
                self.seen = self.seen and self.landmark > 1
        control = tag in ("button", "select", "textarea", "summary") or (tag == "a" and "href" in known)
        if control or tag == "input" and known.get("type") != "hidden":
            if not self.landmark:
                self.outside.append(tag)
            elif not self.seen:
                self.groups, self.seen = self.groups + 1, True

    def handle_endtag(self, tag: str) -> None:
        if tag == "main":
            self.in_main = False
        elif self.in_main and tag in ("section", "nav", "form"):
            _, named = self.stack.pop()
            self.landmark -= named


def case_of(page: str) -> str:
    found = re.search(r'href="(/admin/cases/\d+)"', page)
    assert found
    return found[1]


async def test_one_case_from_its_report_to_the_answer(alpha: LiveServer) -> None:
    anna, ben, vita = [await alpha.member(name) for name in ("anna", "ben", "vita")]
    mod, host = await alpha.member("mod", role=Role.MODERATOR), await alpha.member("host", role=Role.HOST)
    post = await alpha.write(vita, TEXT, Reach.COMMUNITY)
    async with Browser(alpha, mod) as team, Browser(alpha, host) as other:
        await report(alpha, anna, vita, post, Matter.OTHER)
        await report(alpha, ben, vita, post, Matter.SCAM)
        assert "Something was reported" in await team.get("/notices") and 'href="/admin/queue"' in team.page
        assert "anna" not in team.page and "ben" not in team.page  # who reported

        page = await team.get("/admin/queue")
        assert "Scam or fraud" in page and "2 people reported this" in page and "1 case to look at" in page
        assert TEXT not in page and "vita" not in page and "anna" not in page
        url = case_of(page)
        page = await team.get(url)
        assert TEXT in page and "You are on it" in page and "anna" not in page and "ben" not in page
        groups = Groups()
        groups.feed(page)
        assert groups.groups <= GROUPS_LIMIT and not groups.outside, (groups.groups, groups.outside)

        page = await other.get(url)
        assert "mod is on it" in page and "/decide" not in page
        await other.post(f"{url}/decide", {"act": "nothing"})
        assert other.status == 422 and await alpha.ask(lambda: Case.filter(closed_at=None).count()) == 1
        await other.post(f"{url}/take-over")
        assert "You are on it" in other.page
        await other.post(f"{url}/note", {"audience": "team", "note": "I know this one"})
        await other.post(f"{url}/note", {"audience": "reporter", "note": "Did you pay?"})
        await other.post(f"{url}/hand-over", {"colleague": str(mod.id)})
        assert "hands you a case" in await team.get("/notices")
        assert "Mine · 1" in await team.get("/admin/queue?list=mine") and case_of(team.page) == url
        assert case_of(await team.get("/admin/queue?list=waiting")) == url
        asked = await alpha.ask(lambda: Case.get())
        await alpha.run(asked.change(asked_at=clock.now() - ANSWER_TIME))
        page = await team.get("/admin/queue?list=todo")
        assert case_of(page) == url and "No reply to our question" in page and "To do · 1" in page and "a reply · 0" in page
        assert url not in await team.get("/admin/queue?list=waiting")

        page = await team.get(url)
        assert "I know this one" in page and "Did you pay?" in page
        await team.post(f"{url}/decide", {"facts": "He sells a powder"})
        assert team.status == 422 and "He sells a powder" in team.page and "Choose what to do" in team.page
        await team.post(f"{url}/decide", {"act": "hide", "facts": "He sells a powder", "prepare": "1"})
        assert "often the target" in team.page and "You were right to tell us" in team.page
        await team.http.post(f"{url}/decide", data=[("csrf", team.csrf), ("act", "hide"), ("act", "warn"), ("rule", "4"),
                                                    ("facts", "He sells a powder"), ("days", "0"), ("keep", "1")])
        await team.post(f"{url}/decide", {"act": "ban", "rule": "4"})
        page = await other.get(url)
        assert team.path == "/admin/queue?done=passed" and "somebody else goes on" in team.page
        assert "A second opinion is wanted" in page and "I agree: close it for good" in page
        await other.post(f"{url}/decide")
        assert case_of(await team.get("/admin/queue?list=closed")) == url
        assert "Closed" in await team.get(url) and "/decide" not in team.page

    acts = await alpha.ask(lambda: Ruling.all().order_by("id"))
    assert [row.act for row in acts] == [Act.HIDE, Act.WARN, Act.BAN] and {row.rule for row in acts} == {4}
    told = await alpha.ask(lambda: Report.all())
    assert len(told) == 2 and all(one.outcome is ReportOutcome.REMOVED and "You were right" in one.answer for one in told)
    assert await alpha.ask(lambda: Notification.filter(kind=Notice.REPORT_ANSWERED).count()) == 2
    assert not await alpha.ask(lambda: Notification.filter(kind=Notice.REPORT).exists())
    seen = await alpha.ask(lambda: AuditEntry.filter(action="case.open").values_list("target", flat=True))
    assert [f"member:{(await alpha.ask(lambda: Member.get(actor=vita))).id}"] * 2 == list(seen), "once for each of the team"
    async with Browser(alpha, anna) as person:
        await person.get(url)
        assert person.status == 404


async def report(server: LiveServer, by: Actor, about: Actor, post: Post, matter: Matter) -> None:
    async def tell() -> None:
        await reports.report(await Actor.instance(), by, about, Told(text="Look", post_ids=(post.id,), matter=matter))
    await server.run(tell())


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_danger_first_held_messages_appeals_and_nobody_about_themselves(alpha: LiveServer) -> None:
    anna, vita = [await alpha.member(name) for name in ("anna", "vita")]
    mod, host = await alpha.member("mod", role=Role.MODERATOR), await alpha.member("host", role=Role.HOST)
    post, own = await alpha.write(vita, TEXT, Reach.CIRCLE, recipients=(anna,)), await alpha.write(mod, "Mine", Reach.COMMUNITY)
    held = await alpha.write(vita, "My neighbour is in hospital", Reach.COMMUNITY, about=About.SOMEONE_ELSE)
    await report(alpha, anna, mod, own, Matter.SCAM)
    async with Browser(alpha, mod) as team, Browser(alpha, host) as other:
        page = await other.get("/admin/queue")
        assert page.index("Scam or fraud") < page.index("to read before anybody else") and "2 cases to look at" in page
        assert "1 case to look at" in await team.get("/admin/queue")  # not the one about themselves
        await team.get(case_of(page))
        assert team.status == 403 and "Mine" not in team.page

        url = case_of(team_page := await team.get("/admin/queue"))
        assert "neighbour" not in team_page and "My neighbour" in await team.get(url)
        await team.post(f"{url}/decide", {"act": "nothing"})
        assert team.path == url, "a held message has to go, or to go back, first"
        number = team.hidden("review")[0]
        await team.post(f"{url}/held", {"review": number, "do": "send-back"})
        assert team.status == 422 and "Write the reason." in team.page
        assert "trust from now on" not in team.page
        await alpha.ask(lambda: Member.filter(actor_id=vita.id).update(newcomer_since=clock.now()))
        assert "trust from now on" in await team.get(url)
        await team.post(f"{url}/held", {"review": number, "do": "trust"})
        assert team.path == "/admin/queue?done=closed" and "the case is closed" in team.page
        assert not (await alpha.ask(lambda: Post.get(id=held.id))).is_in_review
        assert (await alpha.ask(lambda: Member.get(actor_id=vita.id))).newcomer_since is None

        await alpha.run(case_about(vita, post))
        page = await other.get("/admin/queue")
        assert page.index("may be in danger") < page.index("Scam or fraud") and "Read this one first" in page
        assert "Somebody may be in danger" in await team.get("/notices") and "/admin/queue" in team.page
        url = case_of(await team.get("/admin/queue"))
        assert TEXT in await team.get(url), "what was reported is read by whoever has the case, even below the community"
        await team.post(f"{url}/decide", {"act": "warn", "facts": "A powder", "text": "Please do not"})
        statement = await alpha.ask(lambda: Statement.get(owner=vita))
        ruling = await alpha.ask(lambda: Ruling.get(id=statement.ruling_id))
        await alpha.run(appeals.ask(statement, ruling, "It was a joke"))
        url = case_of(await team.get("/admin/queue"))
        assert "It was a joke" in await team.get(url)
        await team.post(f"{url}/hear", {"answer": "No", "do": "uphold"})
        assert team.status == 422 and (await alpha.ask(lambda: Statement.get(id=statement.id))).state is AppealState.ASKED
        await team.post(f"{url}/leave")
        await other.get(url)
        await other.post(f"{url}/hear", {"answer": "You are right", "do": "grant"})
        assert (await alpha.ask(lambda: Statement.get(id=statement.id))).state is AppealState.GRANTED
        assert "Median answer" in await other.get("/admin/measures") and "appeal in a year (1 granted)" in other.page
        await team.post("/admin/queue/break", {"days": "3"})
        assert "You take a break until" in team.page and "takes a break until" in await other.get("/admin/queue")
        await team.post("/admin/queue/break", {"days": "0"})
        assert "You take a break until" not in team.page


async def case_about(about: Actor, post: Post) -> None:
    """Words of distress, as a rule finds them."""
    async with in_transaction():
        await cases.open_(about, Matter.DANGER, CaseSource.CRISIS, [post])
