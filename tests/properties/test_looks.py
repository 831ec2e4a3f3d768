"""Whatever page of the team shows something of a member leaves a trace that this member can read."""
from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from models import AuditEntry, Case, Community, Member, Report
from models.badge import BadgeKind, Evidence
from models.case import CaseSource, Matter
from models.guardian import Tie
from models.member import MemberState, Role
from models.post import About
from models.reach import Reach
from server.actions import badges, corrections, deaths, guardians, looks
from server.actions.accounts import Newcomer
from server.actions.badges import Asked
from server.actions.guardians import Scopes
from server.api.admin.routes import ADMIN
from server.routes import ROUTES
from server.team_routes import TEAM
from tests.browser import Browser
from tests.live import LiveServer
from tests.server.api.client import Api

#: Their answers name nobody but the one who asks, and need no filling in.
POSTS = {"/admin/members/search": {"q": "zia"}}


def addresses() -> set[str]:
    """Every address of the team that shows something, as the routes write it."""
    pages = {route.path for route in ROUTES if route.method == "GET" and route.path.startswith("/admin/")}
    return pages | {endpoint.path for endpoint in ADMIN if endpoint.method == "GET"}


def filled(path: str, known: dict[str, str]) -> str:
    """With what stands for each place; a new kind of place fails here, until somebody says what stands for it."""
    return re.sub(r"\{(\w+)(?::(?:[^{}]|\{[^}]*\})*)?\}", lambda place: known[place[1]], path)


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_every_page_of_the_team_that_shows_a_member_is_written_down(
        alpha: LiveServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looks, "ONCE_IN", timedelta(0))
    host = await alpha.member("host", role=Role.HOST)
    zia = await alpha.member("zia", display_name="Zia Marker", email="zia@mail.example")
    kim = await alpha.member("kim", display_name="Kim Marker")
    await alpha.member("wanda", display_name="Wanda Marker", state=MemberState.WAITING, answer="Marker of Wanda")

    async def fill() -> dict[str, str]:
        member = {actor.id: await Member.get(actor=actor).select_related("actor") for actor in (zia, kim, host)}
        child = await guardians.make_profile(alpha.origin, member[zia.id], Newcomer(name="lou", display_name="Lou Marker"),
                                             Tie.PARENT)
        await guardians.add(child, member[kim.id], Tie.RELATIVE, Scopes(view=True, write=False, consent=False), member[host.id])
        await deaths.report(kim, member[zia.id], True, "Marker of a sister")
        await corrections.ask(member[zia.id], "Marker to put right")
        case = await Case.open_(zia.id, Matter.OTHER, CaseSource.REPORT)
        report = await Report.create(uri="r", sender_host="", reporter=kim, target=zia, text="Marker", case=case)
        badge = await badges.ask(member[zia.id], Asked(kind=BadgeKind.HEALTH, profession="Marker", evidence=Evidence.NPI,
                                                       number="1234567893"), "fr", await Community.current(), alpha.origin)
        return {"id": str(zia.id), "name": "lou", "host": "beta.example", "report": str(report.id), "case": str(case.id),
                "key": badge.key, "country": "FR", "what": "blocks"}
    known = await alpha.run(fill())
    held = await alpha.write(zia, "My sister has cancer, Marker", Reach.COMMUNITY, about=About.SOMEONE_ELSE)
    assert held.is_in_review
    people = {one.actor_id: one for one in await alpha.ask(lambda: Member.all().select_related("actor"))}

    async def traces() -> dict[int, int]:
        return {id_: await alpha.ask(lambda member=member: AuditEntry.filter(
            actor_id=host.id, target=f"member:{member.id}").count()) for id_, member in people.items()}

    shown_somewhere = set[str]()
    async with Browser(alpha, host) as team, Api(alpha, host, "admin:read admin:write") as app:
        for path in sorted(addresses() | POSTS.keys()):
            ids = known | {"id": known["report" if "/reports/" in path else "case" if "/cases/" in path else "id"]}
            before = await traces()
            if path in POSTS:
                text = await team.post(path, POSTS[path])
            elif path.startswith("/api/"):
                text = str((await app.get(filled(path, ids))).json)
            else:
                text = await team.get(filled(path, ids))
            after = await traces()
            for id_, member in people.items():
                if id_ != host.id and member.actor.display_name.endswith("Marker") and member.actor.display_name in text:
                    shown_somewhere.add(path)
                    assert after[id_] > before[id_], f"{path} shows {member.actor.name}, and nobody is told"
    assert {"/admin/reviews", "/admin/cases/{id:[0-9]{1,19}}", "/admin/corrections", "/admin/deaths",
            "/admin/badges/{key:[0-9A-Za-z]{1,22}}", "/admin/members/{name}/guardians", "/admin/members",
            "/admin/members/{name}", "/admin/members/search", "/api/v1/admin/accounts/{id}"} <= shown_somewhere
    async with Browser(alpha, zia) as me:
        page = await me.get("/data/access")
        for words in ("A message of yours that was held was read.", "What you asked to have put right was read.",
                      "Who acts for whom was read, and you are named there."):
            assert words in page


def test_no_page_of_the_team_stands_elsewhere() -> None:
    elsewhere = Path("server/routes.py").read_text()
    assert "Who.TEAM" not in elsewhere and "Who.HOST" not in elsewhere
    assert len(TEAM) > 20 and all(route.path.startswith("/admin") for route in TEAM), "the test above walks only /admin"
