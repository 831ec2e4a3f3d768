"""What a member wants of people and servers: whole servers kept away, boosts, languages, notices."""
from __future__ import annotations

from typing import Any

from aiohttp import ClientWebSocketResponse

from models import Actor, Community, Delivery, Emoji, Follow, HostBlock, Member, Notification, Post, Report, Vote, clock
from models.member import Role
from models.notification import Notice
from models.reach import Reach
from server.actions import follows, profiles, reactions
from server.actions.follows import Wishes
from server.actions.polls import PollDraft
from tests.browser import Browser
from tests.live import LiveServer, settle
from tests.server.api.client import Api
from tests.server.api.counting import queries
from tests.server.api.test_streaming import heard, next_event
from tests.stories.scene import befriend, known, see

DOMAINS = "/api/v1/domain_blocks"
QUERIES_LIMIT = 12


def ids(found: Any) -> list[str]:
    return [one["id"] for one in found]


async def types(app: Api) -> list[str]:
    """The kinds of notices that an app sees, newest first."""
    return [one["type"] for one in await app.good("GET", "/api/v1/notifications")]


async def test_a_whole_server_is_kept_away(alpha: LiveServer, beta: LiveServer) -> None:
    """Ourse and Bea follow each other; Bea's server is blocked: nothing of it is seen, nothing new goes there."""
    ourse, loup, bea = await alpha.member("ourse"), await alpha.member("loup"), await beta.member("bea")
    await befriend(alpha, ourse, bea, beta)
    await befriend(alpha, loup, bea, beta)
    await befriend(beta, bea, ourse, alpha)
    bea_here, ourse_there = await see(alpha, bea), await see(beta, ourse)
    mine, hers = await alpha.write(ourse, "de moi #thé"), await beta.write(bea, "hello @ourse@" + alpha.host + " #thé")
    await settle(alpha, beta)
    copy, there = await known(alpha, hers), await known(beta, mine)
    assert copy and there
    await alpha.run(reactions.pass_on(loup, copy))
    async with Api(alpha, ourse) as app, Browser(alpha, ourse) as page:
        assert str(copy.id) in ids(await app.good("GET", "/api/v1/timelines/home")) and "mention" in await types(app)
        for wrong in ("", "not a host", alpha.host, "a" * 300):
            assert (await app.post(DOMAINS, {"domain": wrong})).status == 422
        assert await app.good("POST", DOMAINS, json={"domain": f" {beta.host.upper()}"}) == {}
        await app.good("POST", DOMAINS, json={"domain": beta.host})
        await app.good("POST", DOMAINS, data={"domain": "far.example"})
        assert await app.good("GET", DOMAINS) == ["far.example", beta.host]
        first = await app.get(DOMAINS, limit=1)
        assert first.json == ["far.example"] and 'rel="next"' in first.headers["Link"]
        [how] = (await app.get("/api/v1/accounts/relationships", id=[str(bea_here.id)])).json
        assert (how["domain_blocking"], how["following"], how["followed_by"]) == (True, False, False)
        await settle(alpha, beta)
        assert not await beta.ask(lambda: Follow.filter(target_id=ourse_there.id).exists()), "they were told that it is over"
        for path in ("timelines/home", "timelines/public", "timelines/tag/thé", f"accounts/{bea_here.id}/statuses",
                     "notifications"):
            assert not any(beta.host in str(one) for one in await app.good("GET", f"/api/v1/{path}")), path
        for path in (f"statuses/{copy.id}", f"statuses/{copy.id}/context"):
            assert (await app.get(f"/api/v1/{path}")).status == 404
        found = await app.good("GET", "/api/v2/search?q=hello")
        assert not found["statuses"] and not found["accounts"]
        assert (await app.post(f"/api/v1/accounts/{bea_here.id}/follow")).status == 403
        async with Api(beta, bea) as away:
            await away.post(f"/api/v1/accounts/{ourse_there.id}/follow")
            await away.post(f"/api/v1/statuses/{there.id}/favourite")
        before = await alpha.ask(lambda: Delivery.filter(activity__kind="Create").count())
        await alpha.write(ourse, "encore")
        after = await alpha.ask(lambda: Delivery.filter(activity__kind="Create").count())
        assert after == before, "nothing new goes there"
        await beta.write(bea, "are you there? @ourse@" + alpha.host)
        await settle(alpha, beta)
        assert not await alpha.ask(lambda: Follow.filter(target_id=ourse.id, follower_id=bea_here.id).exists())
        assert not await alpha.ask(lambda: Notification.filter(recipient_id=ourse.id, actor_id=bea_here.id).exists())

        await page.get("/settings/blocks")
        assert beta.host in page.page and "far.example" in page.page
        await page.post("/settings/blocks/servers", {"server": "nowhere at all"})
        assert page.status == 422 and "nowhere at all" in page.page
        await page.post("/settings/blocks/servers", {"server": "https://New.Example/about"})
        assert page.status == 200 and "new.example" in page.page
        assert f"server={beta.host}" in await page.get(f"/@bea@{beta.host}/block")
        await page.post("/settings/blocks/servers/remove", {"server": "new.example"})
        assert "new.example" not in page.page
        await app.good("DELETE", DOMAINS, json={"domain": beta.host})
        assert await app.good("GET", DOMAINS) == ["far.example"]
        assert str(copy.id) in ids(await app.good("GET", f"/api/v1/accounts/{bea_here.id}/statuses"))
        assert await alpha.ask(lambda: HostBlock.filter(owner_id=ourse.id).count()) == 1


async def test_what_is_wanted_of_somebody_who_is_followed(alpha: LiveServer, beta: LiveServer) -> None:
    """Boosts are left out, other languages too, and each new message is told: of people here and elsewhere."""
    ourse, loup, bea = await alpha.member("ourse"), await alpha.member("loup"), await beta.member("bea")
    await befriend(alpha, loup, bea, beta)
    await alpha.run(follows.follow(ourse, loup))
    bea_here = await see(alpha, bea)
    far = await beta.write(bea, "far away")
    await settle(alpha, beta)
    copy = await known(alpha, far)
    assert copy
    await alpha.run(reactions.pass_on(loup, copy))
    async with Api(alpha, ourse) as app:
        async def home() -> list[str]:
            return [one["uri"] if not one["reblog"] else "boost" for one in await app.good("GET", "/api/v1/timelines/home")]
        assert "boost" in await home()
        path = f"/api/v1/accounts/{loup.id}/follow"
        how = await app.good("POST", path, json={"reblogs": False, "notify": True, "languages": ["fr", "nl"]})
        assert (how["showing_reblogs"], how["notifying"], how["languages"]) == (False, True, ["fr", "nl"])
        assert "boost" not in await home()
        french = await alpha.write(loup, "bonjour", Reach.COMMUNITY, language="fr")
        english = await alpha.write(loup, "hello", Reach.COMMUNITY, language="en")
        unsaid = await alpha.write(loup, "…", Reach.COMMUNITY, language="")
        asked = await alpha.write(ourse, "non", Reach.COMMUNITY)
        answer = await alpha.write(loup, "oui", Reach.COMMUNITY, language="fr", parent=asked)
        shown = await home()
        assert {french.uri, unsaid.uri} <= set(shown) and english.uri not in shown
        told = await app.good("GET", "/api/v1/notifications")
        assert [(one["type"], one["status"]["uri"]) for one in told] == [
            ("mention", answer.uri), ("status", unsaid.uri), ("status", french.uri)], "each once, and no answers to others"
        how = await app.good("POST", path, json={"languages": []})
        assert how["languages"] is None and not how["showing_reblogs"] and english.uri in await home(), "the rest stays as it was"
        for wrong in ({"languages": ["x"]}, {"languages": ["fr"] * 40}, {"reblogs": "maybe"}):
            assert (await app.post(path, wrong)).status == 422

        await app.good("POST", f"/api/v1/accounts/{bea_here.id}/follow", json={"notify": True})
        await settle(alpha, beta)
        plain = await beta.write(bea, "plain as most")
        await settle(alpha, beta)
        newest = (await app.good("GET", "/api/v1/notifications?types[]=status"))[0]
        assert newest["status"]["uri"] == plain.uri and newest["account"]["acct"].startswith("bea@")
    assert Wishes.of({"languages": [], "notify": None}).columns() == {"languages": ""}


async def test_a_change_of_a_question_is_told_and_asks_anew(alpha: LiveServer, beta: LiveServer) -> None:
    ourse, loup, bea = await alpha.member("ourse"), await alpha.member("loup"), await beta.member("bea")
    await befriend(beta, bea, ourse, alpha)
    post = await alpha.write(ourse, "Thé ?", poll=PollDraft(("oui", "non")))
    await settle(alpha, beta)
    copy = await known(beta, post)
    assert copy
    async with Api(alpha, ourse) as app, Api(alpha, loup) as other, Api(beta, bea) as away:
        path, asked = f"/api/v1/statuses/{post.id}", (await other.good("GET", f"/api/v1/statuses/{post.id}"))["poll"]
        await other.good("POST", f"/api/v1/polls/{asked['id']}/votes", json={"choices": [0]})
        there = (await away.good("GET", f"/api/v1/statuses/{copy.id}"))["poll"]
        await away.good("POST", f"/api/v1/polls/{there['id']}/votes", json={"choices": [1]})
        await other.good("POST", f"{path}/reblog")
        await settle(alpha, beta)
        assert await alpha.ask(lambda: Vote.all().count()) == 2
        same = {"options": ["oui", "non"], "expires_in": 3600, "hide_totals": True}
        assert (await app.good("PUT", path, json={"status": "Du thé ?", "poll": same}))["poll"]["votes_count"] == 0
        await settle(alpha, beta)
        assert await alpha.ask(lambda: Vote.all().count()) == 2, "the same answers: who chose has chosen"
        shown = (await other.good("GET", path))["poll"]
        assert shown["voted"] and [one["votes_count"] for one in shown["options"]] == [None, None], "hidden until it is over"
        assert (await types(other)).count("update") == 1
        assert (await app.ask("PUT", path, json={"poll": same | {"options": ["seul"]}})).status == 422
        changed = await app.good("PUT", path, json={"poll": same | {"options": ["oui", "non", "parfois"], "multiple": True}})
        assert [one["title"] for one in changed["poll"]["options"]] == ["oui", "non", "parfois"] and changed["poll"]["multiple"]
        await settle(alpha, beta)
        assert not await alpha.ask(lambda: Vote.all().count()) and not await beta.ask(lambda: Vote.all().count())
        there = (await away.good("GET", f"/api/v1/statuses/{copy.id}"))["poll"]
        assert len(there["options"]) == 3 and not there["voted"], "other servers ask anew as well"
        await away.good("POST", f"/api/v1/polls/{there['id']}/votes", json={"choices": [2, 0]})
        await settle(alpha, beta)
        assert await alpha.ask(lambda: Vote.all().count()) == 2
        assert (await types(other)).count("update") == 1, "the newest edit stands for the others"


async def test_a_boost_that_is_taken_back_goes_from_the_stream(alpha: LiveServer) -> None:
    ourse, loup, lynx = await alpha.member("ourse"), await alpha.member("loup"), await alpha.member("lynx")
    post = await alpha.write(lynx, "à lire", Reach.COMMUNITY)
    await alpha.run(follows.follow(ourse, loup))
    async with Api(alpha, ourse) as app, Api(alpha, loup) as other:
        socket: ClientWebSocketResponse = await app.http.ws_connect("/api/v1/streaming?stream=user")
        await other.good("POST", f"/api/v1/statuses/{post.id}/reblog")
        boost = await heard(socket, "update")
        assert boost["reblog"]["id"] == str(post.id)
        await other.good("POST", f"/api/v1/statuses/{post.id}/unreblog")
        gone = await next_event(socket, "delete")
        assert gone["payload"] == boost["id"] and gone["stream"] == ["user"]
        await socket.close()


async def test_the_team_hears_of_reports_and_small_pictures_are_named(alpha: LiveServer, beta: LiveServer) -> None:
    """A report is told to the team, without its words, and not to whom it is about; emoji of others stand with their accounts."""
    ourse, loup, bea = await alpha.member("ourse"), await alpha.member("loup", role=Role.MODERATOR), await beta.member("bea")
    lynx = await alpha.member("lynx", role=Role.MODERATOR)
    await befriend(alpha, ourse, bea, beta)
    bea_here = await see(alpha, bea)

    async def decorate() -> None:
        await Actor.filter(id=bea_here.id).update(display_name="Bea :star:", summary="<p>:moon: :sun:</p>")
        for name in ("star", "moon", "unused"):
            await Emoji.create(host=beta.host, name=name, remote_uri=f"https://{beta.host}/{name}", stored_at=clock.now())
    await alpha.run(decorate())
    await beta.write(bea, "hello")
    await settle(alpha, beta)
    async with Api(alpha, ourse) as app, Api(alpha, loup) as team, Api(alpha, lynx) as accused, queries(alpha) as asked:
        shown = [await app.good("GET", f"/api/v1/accounts/{bea_here.id}"),
                 (await app.good("GET", "/api/v1/timelines/home"))[0]["account"],
                 (await app.get("/api/v1/accounts", id=[str(bea_here.id)])).json[0]]
        assert [sorted(one["shortcode"] for one in person["emojis"]) for person in shown] == [["moon", "star"]] * 3
        for about in (bea_here, lynx):
            await app.good("POST", "/api/v1/reports", json={"account_id": str(about.id), "comment": "a secret word"})
        told = await team.good("GET", "/api/v1/notifications")
        assert [one["type"] for one in told] == ["admin.report", "admin.report"] and "secret" not in str(told)
        assert told[1]["report"]["target_account"]["id"] == str(bea_here.id) and told[0]["account"]["id"] != str(ourse.id)
        [mine] = (await accused.good("GET", "/api/v2/notifications"))["notification_groups"]
        assert mine["type"] == "admin.report" and mine["report"]["target_account"]["id"] == str(bea_here.id), "not about oneself"
        for path in ("notifications", "timelines/home", "blocks", "mutes", "domain_blocks",
                     f"accounts/relationships?id[]={bea_here.id}"):
            asked.clear()
            await team.good("GET", f"/api/v1/{path}")
            assert len(asked) <= QUERIES_LIMIT, (path, asked)
    assert await alpha.ask(lambda: Notification.filter(kind=Notice.REPORT).count()) == 3
    await alpha.ask(lambda: Report.all().delete())
    assert not await alpha.ask(lambda: Notification.filter(kind=Notice.REPORT).exists())
    assert await alpha.ask(lambda: Post.filter(author_id=bea_here.id).count()) == 1


async def test_members_quote_through_apps(alpha: LiveServer, beta: LiveServer) -> None:
    """Where the author lets them; who is quoted hears of it, hears of changes, and can take it back, here and elsewhere."""
    ourse, loup, bea = await alpha.member("ourse"), await alpha.member("loup"), await beta.member("bea")
    for server in (alpha, beta):
        await server.ask(lambda: Community.all().update(ceiling=Reach.WEB))
        await server.ask(lambda: Member.all().update(undo_seconds=0))
    await alpha.run(profiles.allow_quotes(loup, True))
    await beta.run(profiles.allow_quotes(bea, True))
    await befriend(alpha, ourse, bea, beta)
    await befriend(beta, bea, ourse, alpha)
    wide = await alpha.write(loup, "à citer", Reach.WEB)
    near = await alpha.write(loup, "entre nous", Reach.COMMUNITY)
    far = await beta.write(bea, "quote me", Reach.WEB)
    await settle(alpha, beta)
    copy = await known(alpha, far)
    assert copy
    async with Api(alpha, ourse) as app, Api(alpha, loup) as other, Api(beta, bea) as away:
        def quoting(post: Post, **more: Any) -> dict[str, Any]:
            return {"status": "voyez", "quoted_status_id": str(post.id), "dazzle_reach": "web"} | more
        assert (await app.post("/api/v1/statuses", quoting(near, dazzle_reach="community"))).status == 403
        assert (await app.post("/api/v1/statuses", quoting(wide, quoted_status_id="1"))).status == 404
        approval = (await app.good("GET", f"/api/v1/statuses/{wide.id}"))["quote_approval"]
        assert approval == {"automatic": ["public"], "manual": [], "current_user": "automatic"}
        assert (await app.good("GET", f"/api/v1/statuses/{near.id}"))["quote_approval"]["current_user"] == "denied"
        mine = await app.good("POST", "/api/v1/statuses", json=quoting(wide))
        assert (mine["quote"]["state"], mine["quote"]["quoted_status"]["id"]) == ("accepted", str(wide.id))
        assert "quote" in await types(other)
        assert ids(await other.good("GET", f"/api/v1/statuses/{wide.id}/quotes")) == [mine["id"]]
        await other.good("PUT", f"/api/v1/statuses/{wide.id}", json={"status": "à citer encore"})
        assert "quoted_update" in await types(app)
        revoke = f"/api/v1/statuses/{wide.id}/quotes/{mine['id']}/revoke"
        assert (await app.post(revoke)).status == 404, "only whose message is quoted"
        assert (await other.good("POST", revoke))["quote"]["quoted_status"] is None
        assert (await app.good("GET", f"/api/v1/statuses/{mine['id']}"))["quote"]["state"] == "revoked"
        assert (await other.post(revoke)).status == 404

        asked = await app.good("POST", "/api/v1/statuses", json=quoting(copy))
        assert asked["quote"]["state"] == "pending"
        await settle(alpha, beta)
        await settle(alpha, beta)
        assert (await app.good("GET", f"/api/v1/statuses/{asked['id']}"))["quote"]["state"] == "accepted"
        [told] = await away.good("GET", "/api/v1/notifications?types[]=quote")
        assert told["status"]["uri"] == asked["uri"] and told["status"]["quote"]["quoted_status"]["id"] == str(far.id)
        await away.good("POST", f"/api/v1/statuses/{far.id}/quotes/{told['status']['id']}/revoke")
        await settle(alpha, beta)
        assert (await app.good("GET", f"/api/v1/statuses/{asked['id']}"))["quote"]["state"] == "revoked"
