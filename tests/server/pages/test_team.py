"""The team's page leads to everything that the team can open."""
from __future__ import annotations

import re
from datetime import timedelta
from email.utils import format_datetime

from models import Case, DeathReport, clock
from models.case import CaseSource
from models.member import Role
from server.team_routes import TEAM
from tests.browser import Browser
from tests.live import LiveServer

#: Reached from the page of what they are about, and not from the list.
WRONG = "(NTP)"
FROM_ELSEWHERE = frozenset({"/admin", "/admin/servers"})  # the latter is the answer to a form of /admin/partners


async def test_it_names_each_page_of_the_team_to_those_who_may_open_it(alpha: LiveServer) -> None:
    """As no page of the team has another way in on a phone."""
    there = {route.path for route in TEAM if route.method == "GET" and "{" not in route.path}
    host, moderator = await alpha.member("hana", role=Role.HOST), await alpha.member("mona", role=Role.MODERATOR)
    dora = await alpha.member("dora")
    async with Browser(alpha, host) as one, Browser(alpha, moderator) as other:
        assert _links(await one.get("/admin")) == there - FROM_ELSEWHERE
        for path in _links(await other.get("/admin")):
            await other.get(path)
            assert other.status == 200, path
        for about, asked_at in ((moderator, None), (host, None), (host, clock.now())):
            await alpha.ask(lambda about=about, at=asked_at: Case.create(about=about, source=CaseSource.REPORT, asked_at=at))
        for reporter in (host, moderator):
            await alpha.ask(lambda who=reporter: DeathReport.create(subject=dora, reporter=who))
        said = _waiting(await other.get("/admin"))
        assert said == {"/admin/queue": 1, "/admin/deaths": 1}, "as many as their pages show, and nothing of a case about oneself"
        assert "1 case to look at" in await other.get("/admin/queue")


def _waiting(page: str) -> dict[str, int]:
    """What each card says of how much waits."""
    found = re.findall(r'href="(/admin/[^"]*)">[^<]*</a>(?: <span class="tag me">(\d+) )?', page)
    return {path: int(count) for path, count in found if count}


async def test_hosts_are_told_when_the_clock_is_wrong(alpha: LiveServer) -> None:
    host, moderator = await alpha.member("hana", role=Role.HOST), await alpha.member("mona", role=Role.MODERATOR)
    async with Browser(alpha, host) as one, Browser(alpha, moderator) as other:
        assert WRONG not in await one.get("/admin")
        now = clock.now()
        date = format_datetime(now - timedelta(days=2), usegmt=True)
        for name in ("b.example", "c.example"):
            assert WRONG not in await one.get("/admin"), "one server alone may itself be wrong"
            alpha.instance.client.clocks.hear(name, {"Date": date}, now)
        page = await one.get("/admin")
        assert WRONG in page and re.search("2 (days|jours)", page)
        assert WRONG not in await other.get("/admin")


def _links(page: str) -> set[str]:
    return set(re.findall(r'href="(/admin/[^"]*)"', page[page.index("<main"):page.index("</main>")]))
