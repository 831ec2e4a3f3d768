"""A badge from the form to the other community: checked offline, looked at by two, shown, renewed, taken, erased."""
from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from email import message_from_bytes
from email.policy import default

from models import Actor, AuditEntry, Badge, Community
from models.badge import BadgeState
from models.host import Standing
from models.member import Role
from models.reach import Reach
from server.actions import badge_years
from server.keys import COMMUNITY
from tests.browser import Browser
from tests.live import LiveServer, settle
from tests.server.api.client import Api
from tests.stories.scene import befriend

RPPS = "10003456786"  # made up, with a right key
FORM = {"do": "ask", "kind": "health", "profession": "Physiotherapist", "evidence": "rpps", "number": "100 0345 6786",
        "reach": "partners", "proof": "The page of my practice names me"}
WORDS = "Verified health professional"


async def test_a_badge_from_the_form_to_the_other_community(alpha: LiveServer, beta: LiveServer) -> None:
    """Two people of the team agree; members, apps and partners see it, visitors and its end nobody."""
    await alpha.allow(beta)
    await beta.allow(alpha)
    anna, bea = await alpha.member("anna"), await beta.member("bea")
    mod, host = await alpha.member("mod", role=Role.MODERATOR), await alpha.member("host", role=Role.HOST)
    await befriend(beta, bea, anna, alpha)
    await alpha.run(_open_web(alpha))
    await alpha.write(anna, "A word about sitting", reach=Reach.WEB)
    async with (Browser(alpha, anna) as pro, Browser(alpha, mod) as first, Browser(alpha, host) as second,
                Browser(alpha) as visitor, Browser(beta, bea) as far, Api(alpha, host) as api):
        await pro.post("/settings/badge", FORM | {"number": "10003456789"})
        assert pro.status == 422 and "this one has a mistake in it" in pro.page and "The page of my practice" in pro.page
        await pro.post("/settings/badge", FORM | {"profession": "", "evidence": "orcid", "number": "0000-0002-1825-0097"})
        assert pro.status == 422 and not await alpha.ask(lambda: Badge.all().count())
        await pro.post("/settings/badge", FORM)
        assert "The team looks at it." in pro.page and WORDS not in await second.get("/@anna")
        stored = await alpha.ask(lambda: Badge.all().values("number", "proof", "sealed"))
        assert stored[0]["number"] == "" and stored[0]["proof"] == "" and RPPS not in stored[0]["sealed"]

        assert "asks for a badge" in await first.get("/notices")
        [path] = re.findall(r"/admin/badges/\w{22}", await first.get("/admin/badges"))
        assert RPPS not in first.page and RPPS in await first.get(path)
        assert await alpha.ask(lambda: AuditEntry.filter(action="badge.open", actor_id=mod.id).exists())
        await pro.get(path)
        assert pro.status == 404
        await first.post(f"{path}/agree")
        await first.post(f"{path}/agree")
        assert first.status == 422 and "Somebody else of the team" in first.page and WORDS not in await second.get("/@anna")
        await second.post(f"{path}/agree")
        assert WORDS in await second.get("/@anna") and "Physiotherapist" in second.page and "checked by one" not in second.page
        assert second.page.count(WORDS) >= 2  # on the profile, and above the message
        assert WORDS not in await visitor.get("/@anna") and "A word about sitting" in visitor.page
        assert "Give nobody a diagnosis" in await pro.get("/settings/badge")

        told = await api.good("GET", f"/api/v1/accounts/{anna.id}")
        assert told["roles"] == [{"id": "badge-health", "name": WORDS, "color": ""}]
        assert told["standing"] == {"organisation": None, "badge": "health", "profession": "Physiotherapist", "checked_by": 2}
        await settle(alpha, beta)
        assert "Health professional, verified by their server" in await far.get(f"/@anna@{alpha.host}")

        await beta.allow(alpha, standing=Standing.LIMITED)
        await beta.run(badge_years.settle())
        assert "verified by their server" not in await far.get(f"/@anna@{alpha.host}")
        await beta.allow(alpha)

        await second.post(f"{path}/take", {"reason": "The register names somebody else"})
        assert WORDS not in await second.get("/@anna")
        assert "The register names somebody else" in await pro.get("/settings/badge")
    await settle(alpha, beta)
    assert not await beta.ask(lambda: Actor.filter(uri=anna.uri).exclude(badge="").exists())


async def test_mails_colleagues_years_and_what_is_erased(alpha: LiveServer) -> None:
    """Alone in the team one person checks, and the badge says so; a colleague and an address at work have to answer first."""
    anna, ben, host = await alpha.member("anna"), await alpha.member("ben"), await alpha.member("host", role=Role.HOST)
    async with Browser(alpha, anna) as pro, Browser(alpha, ben) as other, Browser(alpha, host) as team:
        await pro.post("/settings/badge", FORM | {"reach": "community", "evidence": "mail", "email": "anna@clinic.example"})
        assert "We have written to your address at work" in pro.page
        [path] = re.findall(r"/admin/badges/\w{22}", await team.get("/admin/badges"))
        await team.post(f"{path}/agree")
        assert team.status == 422
        link = await _mailed(alpha)
        await other.post(link)
        assert other.status == 410
        await pro.post(link)
        await team.post(f"{path}/agree")
        assert "checked by one person" in await team.get("/@anna")

        ask = FORM | {"reach": "community", "kind": "research", "evidence": "voucher", "profession": "Geneticist"}
        await other.post("/settings/badge", ask | {"colleague": "@host"})
        assert other.status == 422
        await other.post("/settings/badge", ask | {"colleague": "@anna"})
        [key] = re.findall(r'name="key" value="(\w{22})"', await pro.get("/settings/badge"))
        await pro.post("/settings/badge", {"do": "vouch", "key": key})
        await team.post(f"/admin/badges/{key}/agree")
        assert "Verified researcher" in await pro.get("/@ben") and "Geneticist" in pro.page

        await alpha.run(_pass(30))
        await alpha.run(badge_years.settle())
        kept = await alpha.ask(lambda: Badge.get(owner=anna))
        assert (kept.number, kept.email, kept.proof, kept.state) == ("", "", "", BadgeState.GIVEN) and kept.evidence_erased_at
        assert "What proved it is erased." in await pro.get("/settings/badge")
        await alpha.run(_pass(310))
        await alpha.run(badge_years.settle())
        assert "news about your badge" in await other.get("/notices") and "Verified researcher" in await pro.get("/@ben")
        await other.post("/settings/badge", {"do": "give-back"})
        assert "Verified" not in await pro.get("/@ben")
        await alpha.run(_pass(30))
        await alpha.run(badge_years.settle())
        assert WORDS not in await team.get("/@anna") and "as all do after a year" in await pro.get("/settings/badge")


async def _open_web(server: LiveServer) -> None:
    await (await Community.current()).change(ceiling=Reach.WEB)
    await server.app[COMMUNITY].load()


async def _mailed(server: LiveServer) -> str:
    """The path in the mail to the address at work."""
    async with asyncio.timeout(15):
        while True:
            for file in (server.settings.var_dir / "mail").glob("*.eml"):
                letter = message_from_bytes(file.read_bytes(), policy=default)
                text = str(letter.get_body(("plain",)).get_content())  # type: ignore[union-attr]
                assert letter["To"] == "anna@clinic.example" and "badge" not in text.replace("/settings/badge", "")
                return re.findall(r"/settings/badge/mail/\S+", text)[0]
            await asyncio.sleep(0.05)


async def _pass(days: int) -> None:
    """Time goes by for all badges."""
    past = timedelta(days=days)
    for badge in await Badge.all():
        await badge.change(decided_at=badge.decided_at and badge.decided_at - past,
                           ends_at=badge.ends_at and badge.ends_at - past)
