"""People, as apps see them: nothing more than the pages show, and through the same actions."""
from __future__ import annotations

import json
from typing import Any

from models import Actor, Block, Community, Member, Mute
from models.consent import Purpose
from models.reach import Reach
from moderation import consent
from server.actions import follows, relations, sharing
from tests.live import LiveServer, settle
from tests.server.api.client import Api, upload
from tests.server.api.counting import queries
from tests.stories.scene import see

ACCOUNT = {"id": str, "username": str, "acct": str, "display_name": str, "locked": bool, "bot": bool, "group": bool, "note": str,
           "url": str, "uri": str, "avatar": str, "avatar_static": str, "header": str, "header_static": str, "created_at": str,
           "followers_count": int, "following_count": int, "statuses_count": int, "emojis": list, "fields": list, "roles": list}


def is_whole(account: dict[str, Any]) -> bool:
    """Every field that apps fall over when it is missing, or empty."""
    good = all(isinstance(account[name], kind) for name, kind in ACCOUNT.items())
    return good and all(account[name].startswith("http") for name in ("url", "uri", "avatar", "header"))


async def test_people_here_and_how_one_stands_with_them(alpha: LiveServer) -> None:
    ourse, bea, zoe = [await alpha.member(name, approves=True) for name in ("ourse", "bea", "zoe")]
    async with Api(alpha, ourse) as app, Api(alpha, bea) as hers, Api(alpha) as nobody:
        someone = await app.good("GET", f"/api/v1/accounts/{bea.id}")
        assert is_whole(someone) and someone["acct"] == "bea"
        assert (await app.good("GET", "/api/v1/accounts/lookup?acct=@bea"))["id"] == str(bea.id)
        assert [one["acct"] for one in (await app.get("/api/v1/accounts", id=[zoe.id, bea.id, 1])).json] == ["zoe", "bea"]
        for path in (f"/api/v1/accounts/{bea.id}", "/api/v1/accounts/lookup?acct=bea", "/api/v1/accounts/nobody"):
            assert (await nobody.get(path)).status == 404, "that somebody is a member here tells of their health"
        for _ in range(2):
            asked = await app.good("POST", f"/api/v1/accounts/{bea.id}/follow")
            assert asked["requested"] and not asked["following"]
        assert [one["acct"] for one in await hers.good("GET", "/api/v1/follow_requests?limit=80")] == ["ourse"]
        assert (await hers.good("GET", "/api/v1/accounts/verify_credentials"))["source"]["follow_requests_count"] == 1
        assert (await hers.good("POST", f"/api/v1/follow_requests/{ourse.id}/authorize"))["followed_by"]
        assert [one["acct"] for one in await app.good("GET", f"/api/v1/accounts/{ourse.id}/following")] == ["bea"]
        assert [one["acct"] for one in await hers.good("GET", f"/api/v1/accounts/{bea.id}/followers")] == ["ourse"]
        assert await app.good("GET", f"/api/v1/accounts/{bea.id}/followers") == [], "the lists of others are nobody's"
        muted = await app.ask("POST", f"/api/v1/accounts/{zoe.id}/mute", data={"duration": "3600", "notifications": "false"})
        assert muted.json["muting"] and not muted.json["muting_notifications"] and muted.json["muting_expires_at"]
        assert (await app.good("GET", "/api/v1/mutes"))[0]["mute_expires_at"]
        noted = await app.good("POST", f"/api/v1/accounts/{zoe.id}/note", json={"comment": "Met in Lyon"})
        assert noted["note"] == "Met in Lyon"
        blocked = await hers.good("POST", f"/api/v1/accounts/{ourse.id}/block")
        assert blocked["blocking"] and not blocked["followed_by"]
        assert [one["acct"] for one in await hers.good("GET", "/api/v1/blocks")] == ["ourse"]
        for path in (f"/api/v1/accounts/{bea.id}", "/api/v1/accounts/lookup?acct=bea"):
            assert (await app.get(path)).status == 404, "as on the pages, who blocks is not there"
        assert (await app.ask("POST", f"/api/v1/accounts/{bea.id}/follow")).status == 404
        among = await app.get("/api/v1/accounts/relationships", id=[bea.id, zoe.id])
        assert [one["id"] for one in among.json] == [str(zoe.id)]
        assert (await app.ask("POST", f"/api/v1/accounts/{zoe.id}/pin")).status == 403
        assert not (await app.good("POST", f"/api/v1/accounts/{zoe.id}/unmute"))["muting"]
    assert await alpha.ask(lambda: Mute.all().count()) == 0 and await alpha.ask(lambda: Block.all().count()) == 1


async def test_following_somebody_elsewhere_needs_the_yes_to_it(alpha: LiveServer, beta: LiveServer) -> None:
    ourse, shy = await alpha.member("ourse"), await alpha.member("shy", shares=False)
    bea = await see(alpha, await beta.member("bea"))
    async with Api(alpha, ourse) as app, Api(alpha, shy) as other:
        shown = await app.good("GET", f"/api/v1/accounts/{bea.id}")
        assert is_whole(shown) and shown["acct"] == f"bea@{beta.host}"
        assert (await app.good("POST", f"/api/v1/accounts/{bea.id}/follow"))["requested"]
        await settle(alpha, beta)
        among = await app.get("/api/v1/accounts/relationships", id=[bea.id])
        assert among.json[0]["following"] and among.json[0]["showing_reblogs"]
        refused = await other.ask("POST", f"/api/v1/accounts/{bea.id}/follow")
        assert refused.status == 403 and "nothing of yours leaves" in refused.json["error"]


async def test_only_those_who_chose_it_are_found(alpha: LiveServer) -> None:
    ourse = await alpha.member("ourse")
    found = await _found(alpha)
    await alpha.member("hidden")
    async with Api(alpha, ourse) as app:
        assert not await app.good("GET", "/api/v1/directory"), "not on the web"
        await _say_yes(alpha, found, Purpose.SEARCH_ENGINES)
        for path in ("/api/v1/directory", "/api/v1/suggestions", "/api/v1/accounts/search?q=d"):
            assert [one["acct"] for one in await app.good("GET", path)] == ["findable"], path
        assert [one["account"]["acct"] for one in await app.good("GET", "/api/v2/suggestions")] == ["findable"]
        familiar = await app.get("/api/v1/accounts/familiar_followers", id=[found.id])
        assert familiar.json == [{"id": str(found.id), "accounts": []}]


async def _found(server: LiveServer) -> Actor:
    actor = await server.member("findable")
    await _say_yes(server, actor, Purpose.FOUND_HERE)
    return actor


async def _say_yes(server: LiveServer, actor: Actor, purpose: Purpose) -> None:
    async def agree() -> None:
        member = await Member.get(actor_id=actor.id).select_related("actor")
        await sharing.say(member, purpose, True, "en", await Community.current())
    await server.run(agree())


async def test_a_profile_is_changed_and_no_consent_is_given(alpha: LiveServer) -> None:
    ourse, found = await alpha.member("ourse", approves=True), await _found(alpha)
    async with Api(alpha, ourse) as app, Api(alpha, found) as theirs:
        form = {"display_name": " Petite\tOurse ", "note": "**Hi**", "locked": "false", "discoverable": "true",
                "indexable": "true", "source[privacy]": "public", "source[language]": "fr", "fields_attributes[0][name]": "x"}
        changed = (await app.ask("PATCH", "/api/v1/accounts/update_credentials", data=form)).json
        assert (changed["display_name"], changed["locked"], changed["source"]["note"]) == ("Petite Ourse", False, "**Hi**")
        assert "<strong>Hi</strong>" in changed["note"] and changed["source"]["language"] == "fr"
        assert changed["dazzle"] == {"default_reach": Reach.PARTNERS}, "the web is asked for each time"
        assert not changed["discoverable"] and not changed["indexable"]
        assert await alpha.run(consent.in_force(ourse.id, Purpose.FOUND_HERE)) is None
        photo = await app.ask("PATCH", "/api/v1/accounts/update_credentials", data=upload("avatar", b"photo"))
        assert photo.status == 422 and (await app.good("DELETE", "/api/v1/profile/avatar"))["avatar"]
        assert (await app.ask("PATCH", "/api/v1/accounts/update_credentials", json={"display_name": "x" * 61})).status == 422
        assert (await app.good("GET", "/api/v1/preferences"))["posting:default:visibility"] == "private"
        assert (await app.good("GET", "/api/v1/profile"))["note"] == "**Hi**"
        assert await alpha.run(consent.in_force(found.id, Purpose.FOUND_HERE)), "and a change elsewhere takes none back"
        await theirs.good("PATCH", "/api/v1/accounts/update_credentials", json={"display_name": "Found"})
        assert await alpha.run(consent.in_force(found.id, Purpose.FOUND_HERE))
        await theirs.good("PATCH", "/api/v1/accounts/update_credentials", json={"discoverable": False})
        assert await alpha.run(consent.in_force(found.id, Purpose.FOUND_HERE)) is None


async def test_lists_of_people_have_pages(alpha: LiveServer) -> None:
    ourse = await alpha.member("ourse")
    others = [await alpha.member(f"other{number}") for number in range(5)]

    async def meet() -> None:
        for other in others:
            await follows.follow(other, ourse)
            await relations.block(ourse, other) if other is others[0] else None
    await alpha.run(meet())
    async with Api(alpha, ourse) as app, queries(alpha) as asked:
        several = "&".join(f"id[]={other.id}" for other in others)
        for path in ("accounts/verify_credentials", f"accounts/{others[1].id}", f"accounts?{several}", "accounts/search?q=other",
                     f"accounts/relationships?{several}", f"accounts/{ourse.id}/followers", "directory", "suggestions", "blocks",
                     "mutes", "follow_requests", "profile", "preferences", "instance", "accounts/lookup?acct=other2"):
            asked.clear()
            await app.good("GET", f"/api/v1/{path}")
            assert len(asked) <= 12, (path, asked)
        path, names = f"/api/v1/accounts/{ourse.id}/followers?limit=3", []
        first = await app.get(path)
        names += [one["acct"] for one in first.json]
        links = dict((part.split('rel="')[1][:4], part.split("<")[1].split(">")[0]) for part in first.headers["Link"].split(", "))
        second = await app.get(links["next"].removeprefix(alpha.origin))
        names += [one["acct"] for one in second.json]
        assert names == ["other4", "other3", "other2", "other1"] and "next" not in second.headers["Link"]
        assert (await app.get(links["prev"].removeprefix(alpha.origin))).json == []
        assert "limit=3" in links["next"] and json.dumps(first.json).count("http") > 3
