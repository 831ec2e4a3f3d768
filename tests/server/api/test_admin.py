"""The team's acts through apps: as far as the pages go, by role, and all written down."""
from __future__ import annotations

from datetime import timedelta
from typing import Any

from models import Actor, AuditEntry, Case, Host, Member, Report, clock
from models.host import Standing
from models.member import MemberState, Role
from models.reach import Reach
from moderation import hosts
from server.actions import cases
from tests.live import LiveServer, settle
from tests.server.api.client import Api
from tests.server.api.counting import queries
from tests.stories.scene import befriend, known

TEAM = "read write admin:read admin:write"
ACCOUNTS, REPORTS = "/api/v1/admin/accounts", "/api/v1/admin/reports"
LOOKS = ("report.read", "report.open", "member.open", "member.list")  # see tests/server/pages/test_who_looked.py
BLOCKS, ALLOWS = "/api/v1/admin/domain_blocks", "/api/v1/admin/domain_allows"


async def audit(server: LiveServer) -> list[tuple[int | None, str]]:
    """Who did what, oldest first, without the making of accounts."""
    entries = await server.ask(lambda: AuditEntry.exclude(action="member.create").order_by("id"))
    return [(entry.actor_id, entry.action) for entry in entries]


async def test_a_report_goes_from_a_member_to_the_team_and_to_the_other_server(alpha: LiveServer, beta: LiveServer) -> None:
    """Camille reports what Bea wrote to her; Bastien of the team reads it, decides, and beta learns of it from alpha alone."""
    camille, bea = await alpha.member("camille"), await beta.member("bea")
    bastien, ada = await alpha.member("bastien", role=Role.MODERATOR), await alpha.member("ada", role=Role.MODERATOR)
    await befriend(alpha, camille, bea, beta)
    seen, other = await beta.write(bea, "Drink this tea instead"), await alpha.write(camille, "Mine")
    await settle(alpha, beta)
    copy = await known(alpha, seen)
    assert copy
    async with Api(alpha, camille) as app, Api(alpha, bastien, TEAM) as team:
        told = await app.good("POST", "/api/v1/reports", data={
            "account_id": str(copy.author_id), "status_ids[]": [str(copy.id), str(other.id)], "comment": "It promises a cure",
            "forward": "true", "category": "violation", "rule_ids[]": ["1"]})
        assert (told["status_ids"], told["forwarded"], told["category"]) == ([str(copy.id)], True, "violation")
        assert (await app.post("/api/v1/reports", {"account_id": str(camille.id)})).status == 422
        assert (await app.post("/api/v1/reports", {"account_id": "1"})).status == 404
        assert (await app.get(REPORTS)).status == 403  # the scope is missing
        await settle(alpha, beta)

        [waiting] = await team.good("GET", REPORTS)
        assert waiting["account"]["username"] == "camille" and waiting["target_account"]["domain"] == beta.host
        assert [status["id"] for status in waiting["statuses"]] == [str(copy.id)] and not waiting["action_taken"]
        one = f"{REPORTS}/{waiting['id']}"
        assert (await team.good("POST", f"{one}/assign_to_self"))["assigned_account"]["username"] == "bastien"
        case = await alpha.ask(lambda: Case.get())
        assert case.holder_id == bastien.id, "the page says the same as the app"
        assert (await team.good("POST", f"{one}/unassign"))["assigned_account"] is None
        assert (await alpha.ask(lambda: Case.get())).holder_id is None
        await alpha.run(cases.claim(case, ada))
        assert (await team.good("GET", one))["assigned_account"]["username"] == "ada", "and the app the same as the page"
        assert (await team.post(f"{one}/resolve")).status == 409
        await alpha.run(cases.release(case, ada))
        assert (await team.good("PUT", one, json={"category": "spam"}))["category"] == "spam"
        await team.good("POST", f"{ACCOUNTS}/{copy.author_id}/action", json={"type": "suspend", "report_id": waiting["id"]})
        assert (await team.good("GET", REPORTS)) == [] and len(await team.good("GET", REPORTS, params={"resolved": "1"})) == 1
        assert (await team.good("GET", f"{ACCOUNTS}/{copy.author_id}"))["suspended"]
        assert not (await team.good("POST", f"{one}/reopen"))["action_taken"]
        assert (await team.good("POST", f"{one}/resolve"))["action_taken_by_account"]["username"] == "bastien"
        assert not (await team.good("POST", f"{ACCOUNTS}/{copy.author_id}/unsuspend"))["suspended"]
    flag = await beta.ask(lambda: Report.get())
    assert (flag.sender_host, flag.target_id, flag.post_uris) == (alpha.host, bea.id, [seen.uri])
    assert "camille" not in repr(dict(flag))
    done = [action for who, action in await audit(alpha) if who == bastien.id and action not in LOOKS]
    assert done == ["report.assign", "report.unassign", "report.sort", "ruling.suspend", "report.resolve", "case.close",
                    "report.reopen", "report.resolve", "case.close", "ruling.suspend.undone"]


async def test_a_message_that_was_not_for_the_team_is_read_only_in_its_report(alpha: LiveServer) -> None:
    camille, dora = await alpha.member("camille"), await alpha.member("dora")
    bastien = await alpha.member("bastien", role=Role.MODERATOR)
    secret = await alpha.write(dora, "Only for you", reach=Reach.CIRCLE, recipients=(camille,))
    async with Api(alpha, camille) as app, Api(alpha, bastien, TEAM) as team:
        await app.good("POST", "/api/v1/reports", json={"account_id": str(dora.id), "status_ids": [str(secret.id)]})
        [waiting] = await team.good("GET", REPORTS)
        assert waiting["statuses"] == [] and set(await audit(alpha)) == {(bastien.id, "report.open")}
        whole = await team.good("GET", f"{REPORTS}/{waiting['id']}")
        assert [status["id"] for status in whole["statuses"]] == [str(secret.id)]
        assert (await team.get(f"/api/v1/statuses/{secret.id}")).status == 404
        # who is reported learns of it neither that nor by whom, and does not close it
        async with Api(alpha, dora, TEAM) as theirs:
            await alpha.ask(lambda: Member.filter(actor_id=dora.id).update(role=Role.HOST))
            one = f"{REPORTS}/{waiting['id']}"
            assert await theirs.good("GET", REPORTS) == [] and (await theirs.get(one)).status == 403
            assert [(await theirs.post(f"{one}/{verb}", {})).status for verb in ("resolve", "assign_to_self")] == [403, 403]
    assert set(await audit(alpha)) == {(bastien.id, "report.open"), (bastien.id, "report.read")}


async def test_accounts_are_decided_on_by_role(alpha: LiveServer) -> None:
    camille = await alpha.member("camille")
    bastien, odile = await alpha.member("bastien", role=Role.MODERATOR), await alpha.member("odile", role=Role.HOST)
    new, other = [await alpha.member(name, state=MemberState.WAITING, answer="Please") for name in ("newcomer", "second")]
    async with Api(alpha, bastien, TEAM) as team, Api(alpha, camille, TEAM) as app:
        assert (await app.get(ACCOUNTS)).status == 404  # scopes make nobody a moderator
        pending = await team.good("GET", ACCOUNTS, params={"pending": "true"})
        assert {one["username"] for one in pending} == {"newcomer", "second"}
        assert pending[0]["invite_request"] == "Please" and pending[0]["email"] == "" and pending[0]["ip"] is None
        assert (await team.good("POST", f"{ACCOUNTS}/{new.id}/approve"))["approved"]
        assert not (await team.good("POST", f"{ACCOUNTS}/{other.id}/reject"))["approved"]
        acts = f"{ACCOUNTS}/{camille.id}"
        for kind, status in (("silence", 200), ("disable", 200), ("sensitive", 422), ("nonsense", 422), ("none", 200)):
            assert (await team.post(f"{acts}/action", {"type": kind})).status == status
        assert (await team.post(f"{ACCOUNTS}/{odile.id}/action", {"type": "suspend"})).status == 404  # about the team: hosts
        assert (await team.post(f"{ACCOUNTS}/{bastien.id}/action", {"type": "suspend"})).status == 409
        await team.good("POST", f"{acts}/action", json={"type": "suspend", "text": "a pause"})
        assert [one["username"] for one in await team.good("GET", "/api/v2/admin/accounts", params={"status": "suspended"})] == [
            "camille"]
        assert (await app.get("/api/v1/accounts/verify_credentials")).status == 401  # no token of hers counts now
        assert not (await team.good("POST", f"{acts}/unsuspend"))["suspended"]
        seen = await team.good("POST", f"{acts}/unsilence")
        assert seen["disabled"] and not seen["silenced"] and not (await team.good("POST", f"{acts}/enable"))["disabled"]
        first = await team.get(ACCOUNTS, limit=2, origin="local")
        assert len(first.json) == 2 and 'rel="next"' in first.headers["Link"]
        assert [one["username"] for one in await team.good("GET", ACCOUNTS, params={"username": "camil"})] == ["camille"]
        assert await team.good("GET", ACCOUNTS, params={"email": "camille@mail.example"}) == []
        assert len(await team.good("GET", "/api/v2/admin/accounts", params={"permissions": "staff"})) == 2
    done = [action for _, action in await audit(alpha) if action not in LOOKS]
    assert done == ["member.accept", "member.refuse", "ruling.limit", "ruling.freeze", "ruling.suspend",
                    "ruling.suspend.undone", "ruling.limit.undone", "ruling.freeze.undone"]


async def test_domains_are_for_hosts_and_say_what_standings_say(alpha: LiveServer, beta: LiveServer) -> None:
    bastien, odile = await alpha.member("bastien", role=Role.MODERATOR), await alpha.member("odile", role=Role.HOST)
    async with Api(alpha, bastien, TEAM) as team, Api(alpha, odile, TEAM) as host:
        assert (await team.get(BLOCKS)).status == 404 and (await team.post(ALLOWS, {"domain": "x.example"})).status == 404
        block = await host.good("POST", f"{BLOCKS}/", json={"domain": "Spam.Example", "severity": "suspend",
                                                             "private_comment": "spam"})
        assert (block["domain"], block["severity"], block["private_comment"]) == ("spam.example", "suspend", "spam")
        assert await host.good("GET", f"{BLOCKS}/") == [block] == await host.good("GET", BLOCKS)
        assert await alpha.ask(lambda: hosts.standing("deep.spam.example")) is Standing.SUSPENDED
        # a community of partners opens no door by limiting what is shut
        assert (await host.post(BLOCKS, {"domain": "other.example", "severity": "silence"})).status == 422
        assert (await host.ask("PUT", f"{BLOCKS}/{block['id']}", json={"severity": "silence"})).status == 422
        assert (await host.post(ALLOWS, {"domain": "spam.example"})).status == 422
        assert await host.good("DELETE", f"{BLOCKS}/{block['id']}") == {}
        assert await alpha.ask(lambda: hosts.standing("spam.example")) is Standing.UNKNOWN
        for domain in ("", "no host", alpha.host):
            assert (await host.post(BLOCKS, {"domain": domain, "severity": "suspend"})).status in (400, 422)

        [partner] = await host.good("GET", ALLOWS)
        assert (partner["domain"], partner["dazzle_standing"]) == (beta.host, "partner")
        no_images = {"domain": beta.host, "severity": "noop", "reject_media": True, "public_comment": "loud pictures"}
        noop = await host.good("POST", BLOCKS, json=no_images)
        assert (noop["severity"], noop["reject_media"], noop["public_comment"]) == ("noop", True, "loud pictures")
        changed = await host.good("PUT", f"{BLOCKS}/{noop['id']}", json={"reject_reports": True})
        assert (changed["reject_media"], changed["reject_reports"]) == (True, True), "what is not said stays"
        assert await host.good("DELETE", f"{BLOCKS}/{noop['id']}") == {} and await host.good("GET", BLOCKS) == []
        assert await alpha.ask(lambda: hosts.standing(beta.host)) is Standing.PARTNER
        opened = await host.good("POST", ALLOWS, json={"domain": "open.example"})
        assert opened["dazzle_standing"] == "open"
        limited = await host.good("POST", BLOCKS, json={"domain": "open.example", "severity": "silence"})
        assert await alpha.ask(lambda: hosts.standing("open.example")) is Standing.LIMITED
        assert await host.good("DELETE", f"{BLOCKS}/{limited['id']}") == {}
        assert await host.good("DELETE", f"{ALLOWS}/{partner['id']}") == {}
        assert await host.good("GET", ALLOWS) == [] and (await host.get(f"{ALLOWS}/{partner['id']}")).status == 404
    await alpha.ask(lambda: Host.called(beta.host))
    done = [action for who, action in await audit(alpha) if who == odile.id]
    assert done == ["host.suspended", "host.end", "host.refuses", "host.refuses", "host.lift", "host.open", "host.limited",
                    "host.end", "host.end"]


async def test_small_numbers_are_none(alpha: LiveServer) -> None:
    bastien = await alpha.member("bastien", role=Role.MODERATOR)

    async def measured(team: Api) -> dict[str, Any]:
        keys = ["new_users", "active_users", "opened_reports", "interactions"]
        span = {"keys": keys, "start_at": "2026-01-01", "end_at": "2100-01-01"}
        found = await team.good("POST", "/api/v1/admin/measures", json=span)
        return {one["key"]: one["total"] for one in found}
    async with Api(alpha, bastien, TEAM) as team:
        await alpha.member("camille")
        assert await measured(team) == {"new_users": "0", "active_users": "0", "opened_reports": "0"}
        for number in range(4):
            await alpha.member(f"member{number}")
        assert (await measured(team))["new_users"] == "0", "today's number would tell when somebody came"
        await alpha.ask(lambda: Member.all().update(created_at=clock.now() - timedelta(days=1)))
        assert (await measured(team))["new_users"] == "5"
        parts = await team.good("POST", "/api/v1/admin/dimensions", json={"keys": ["languages", "software_versions", "sources"]})
        assert [part["key"] for part in parts] == ["languages", "software_versions"]
        assert parts[0]["data"] == [{"key": "en", "human_key": "en", "value": "5"}]
        for path in ("retention", "canonical_email_blocks/test"):
            assert await team.good("POST", f"/api/v1/admin/{path}", json={}) == []
        for path in ("ip_blocks", "email_domain_blocks", "canonical_email_blocks", "trends/tags"):
            assert await team.good("GET", f"/api/v1/admin/{path}") == []
        assert (await team.post("/api/v1/admin/measures", {"keys": ["new_users"], "start_at": "yesterday"})).status == 422


async def test_somebody_of_another_server_is_heard_again_only_when_given_back(alpha: LiveServer, beta: LiveServer) -> None:
    camille, bea = await alpha.member("camille"), await beta.member("bea")
    bastien = await alpha.member("bastien", role=Role.MODERATOR)
    await befriend(alpha, camille, bea, beta)
    theirs = await alpha.ask(lambda: Actor.get(uri=bea.uri))
    async with Api(alpha, bastien, TEAM) as team:
        await team.good("POST", f"{ACCOUNTS}/{theirs.id}/action", json={"type": "suspend"})
        await settle(alpha, beta)
        assert await known(alpha, await beta.write(bea, "Still here?")) is None
        await team.good("POST", f"{ACCOUNTS}/{theirs.id}/unsuspend")
    await befriend(alpha, camille, bea, beta)
    again = await beta.write(bea, "Hello again")
    await settle(alpha, beta)
    assert await known(alpha, again)


async def test_no_list_of_the_team_asks_the_database_more_than_twelve_times(alpha: LiveServer) -> None:
    odile, camille = await alpha.member("odile", role=Role.HOST), await alpha.member("camille")
    async with Api(alpha, odile, TEAM) as host:
        for number in range(4):
            post = await alpha.write(camille, f"Hello @odile {number}", reach=Reach.COMMUNITY)
            await host.good("POST", "/api/v1/reports", json={"account_id": str(camille.id), "status_ids": [str(post.id)]})
        async with queries(alpha) as asked:
            for path in (ACCOUNTS, REPORTS, BLOCKS, ALLOWS, f"/actors/{odile.key}/inbox?page=first"):
                asked.clear()
                assert (await host.get(path)).status == 200 and len(asked) <= 12, (path, len(asked), asked)
