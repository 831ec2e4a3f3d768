"""Who of the team read what of a member stands on the member's page "Who looked"."""
from __future__ import annotations

from models import AuditEntry, Member, Report
from models.member import MemberState, Role
from models.reach import Reach
from tests.browser import Browser
from tests.live import LiveServer
from tests.server.api.client import Api

ADMIN = "admin:read admin:write"


async def test_what_the_team_reads_is_told_to_those_it_is_about(alpha: LiveServer) -> None:
    host, camille, other = await alpha.member("host", role=Role.HOST), await alpha.member("camille"), await alpha.member("other")
    waiting = await alpha.member("waiting", state=MemberState.WAITING, answer="My child has it")
    post = await alpha.write(camille, "Rather private", Reach.COMMUNITY)
    report = await alpha.ask(lambda: Report.create(uri="r", sender_host="", reporter=other, target=camille, post_uris=[post.uri]))

    async def told(actor_id: int) -> list[str]:
        entries = await alpha.ask(lambda: AuditEntry.filter(
            actor_id=host.id, target=f"member:{members[actor_id]}").order_by("id").values_list("action", flat=True))
        return [str(one) for one in entries]
    members = {one.actor_id: one.id for one in await alpha.ask(Member.all)}
    async with Browser(alpha, host) as team, Api(alpha, host, ADMIN) as app:
        for _ in range(2):  # again within the hour is one look
            assert "My child has it" in await team.get("/admin/members")
        assert await told(camille.id) == ["member.list"] and await told(waiting.id) == ["member.list", "member.answer"]
        await team.get("/admin/members/other")
        await app.good("GET", "/api/v2/admin/accounts")
        await app.good("GET", f"/api/v1/admin/accounts/{camille.id}")
        shown = await app.good("GET", f"/api/v1/admin/reports/{report.id}")
        assert "Rather private" in str(shown)
    assert await told(camille.id) == ["member.list", "member.open", "report.read", "report.open"]
    assert await told(other.id) == ["member.list", "member.open", "report.open"] and await told(host.id) == []
    async with Browser(alpha, camille) as me:
        page = await me.get("/data/access")
        for words in ("You stood in a list that was opened.", "Your page in the list of members was opened.",
                      "Messages of yours were read.", "Something about you was opened."):
            assert words in page
        assert "@host" not in page.split("<main")[1].split("</main>")[0], "the team answers together"
