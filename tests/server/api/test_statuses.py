"""Messages through the client API: written, read, changed, erased; with the reach that the member may have."""
from __future__ import annotations

import asyncio
from typing import Any

from models import (
    Actor,
    Community,
    Draft,
    Member,
    Notification,
    OutgoingActivity,
    Post,
    Revision,
    ScheduledPost,
    clock,
)
from models.reach import Reach
from server.actions import follows
from server.api import scheduled
from server.keys import COMMUNITY
from tests.browser import picture
from tests.live import LiveServer
from tests.server.api.client import Answer, Api, upload
from tests.stories.scene import withdraw

FIELDS = {
    "id", "uri", "url", "created_at", "edited_at", "account", "content", "text", "visibility", "local_only", "dazzle",
    "sensitive",
    "spoiler_text", "language", "media_attachments", "mentions", "tags", "emojis", "reblogs_count", "favourites_count",
    "replies_count", "quotes_count", "in_reply_to_id", "in_reply_to_account_id", "reblog", "poll", "card", "quote",
    "quote_approval", "application", "favourited", "reblogged", "muted", "bookmarked", "pinned", "filtered"}


async def quick(server: LiveServer, actor: Actor, **more: Any) -> None:
    """A member whose messages leave at once."""
    await server.ask(lambda: Member.filter(actor_id=actor.id).update(undo_seconds=0, **more))


async def said(app: Api, text: str, **more: Any) -> Any:
    """A new message."""
    answer = await app.post("/api/v1/statuses", {"status": text, **more})
    assert answer.status == 200, answer
    return answer.json


async def test_a_message_is_written_changed_and_erased(alpha: LiveServer) -> None:
    ourse, loup = await alpha.member("ourse"), await alpha.member("loup")
    await quick(alpha, ourse)
    await quick(alpha, loup)
    async with Api(alpha, ourse) as app, Api(alpha, loup) as other:
        new = await said(app, "Bonjour @loup, une *nuit* sans #Fatigue", language="fr", spoiler_text="Sommeil",
                         dazzle_voice="experience")
        assert new.keys() == FIELDS
        assert (new["visibility"], new["local_only"], new["dazzle"]) == (
            "private", True, {"reach": "community", "voice": "experience", "note": ""})
        assert "<em>nuit</em>" in new["content"] and new["sensitive"] and new["spoiler_text"] == "Sommeil"
        assert [(one["acct"], one["id"]) for one in new["mentions"]] == [("loup", str(loup.id))]
        assert [one["name"] for one in new["tags"]] == ["fatigue"] and new["tags"][0]["url"].endswith("/tags/fatigue")
        id_ = new["id"]
        answer = await said(other, "@ourse bien dormi", in_reply_to_id=id_, visibility="public")
        assert (answer["in_reply_to_id"], answer["in_reply_to_account_id"]) == (id_, str(ourse.id))
        assert answer["visibility"] == "private", "not wider than what it answers"
        changed = await app.good("PUT", f"/api/v1/statuses/{id_}", json={"status": "Bonjour, *deux* nuits", "spoiler_text": ""})
        assert changed["edited_at"] and changed["spoiler_text"] == "" and changed["replies_count"] == 1 and changed["tags"] == []
        told = await other.good("GET", f"/api/v1/statuses/{id_}/history")
        assert ["une" in one["content"] for one in told] == [True, False] and told[0]["spoiler_text"] == "Sommeil"
        assert (await app.good("GET", f"/api/v1/statuses/{id_}/source"))["text"] == "Bonjour, *deux* nuits"
        talk = await other.good("GET", f"/api/v1/statuses/{answer['id']}/context")
        assert [one["id"] for one in talk["ancestors"]] == [id_] and talk["descendants"] == []
        talk = await app.good("GET", f"/api/v1/statuses/{id_}/context")
        assert [one["id"] for one in talk["descendants"]] == [answer["id"]]
        for method, path in (("PUT", ""), ("GET", "/source")):
            assert (await other.ask(method, f"/api/v1/statuses/{id_}{path}", json={"status": "x"})).status == 404
        assert (await other.ask("DELETE", f"/api/v1/statuses/{id_}")).status == 404
        gone = await app.good("DELETE", f"/api/v1/statuses/{id_}")
        assert gone["text"] == "Bonjour, *deux* nuits"
        assert (await app.get(f"/api/v1/statuses/{id_}")).status == 404
        assert [one["id"] for one in await app.good("GET", f"/api/v1/statuses?id[]={id_}&id[]={answer['id']}")] == [answer["id"]]


async def test_bad_input_is_said_and_nothing_is_written(alpha: LiveServer) -> None:
    ourse, loup = await alpha.member("ourse"), await alpha.member("loup")
    note = await alpha.write(loup, "à moi", Reach.ME)
    async with Api(alpha, ourse) as app:
        for wrong in ({}, {"status": " "}, {"status": "x" * 5001}, {"status": "a", "visibility": "everyone"}, {"status": ["a"]},
                      {"status": "a", "media_ids": ["12"]}, {"status": "a", "media_ids": ["x"]}, {"status": "a", "poll": "b"},
                      {"status": "a", "poll": {"options": ["b"], "expires_in": 3600}}, {"status": "a", "dazzle_reach": "all"},
                      {"status": "a", "scheduled_at": "soon"}, {"status": "a", "quoted_status_id": "x"},
                      {"status": "a", "spoiler_text": "x" * 201}):
            answer = await app.post("/api/v1/statuses", wrong)
            assert answer.status == 422 and answer.json["error"], wrong
        for named in ("in_reply_to_id", "quoted_status_id"):
            assert (await app.post("/api/v1/statuses", {"status": "a", named: str(note.id)})).status == 404
        for id_ in (str(note.id), "0", "99999999999999999999999", "x", str(2**62)):
            for method, path in (("GET", ""), ("GET", "/context"), ("GET", "/history"), ("POST", "/favourite"),
                                 ("POST", "/reblog"),
                                 ("POST", "/bookmark"), ("POST", "/pin"), ("POST", "/mute"), ("PUT", ""), ("DELETE", "")):
                answer = await app.ask(method, f"/api/v1/statuses/{id_}{path}", json=None)
                assert (answer.status, answer.json) == (404, {"error": "Record not found"}), (method, id_, path)
    assert await alpha.ask(lambda: Post.all().count()) == 1


async def test_no_app_reaches_further_than_its_member_may(alpha: LiveServer) -> None:
    ourse, shy = await alpha.member("ourse"), await alpha.member("shy", shares=False)
    async with Api(alpha, ourse) as app, Api(alpha, shy) as quiet:
        async def reach(app: Api, **given: Any) -> str:
            return str((await said(app, "a", **given))["dazzle"]["reach"])
        assert [await reach(app, visibility=one) for one in ("public", "unlisted", "private", "direct")] == [
            "community", "community", "community", "me"]
        assert await reach(app) == "community" and await reach(app, dazzle_reach="partners") == "partners"
        refused = await app.post("/api/v1/statuses", {"status": "a", "dazzle_reach": "web"})
        assert refused.status == 403, "above the ceiling of the community"
        await quick(alpha, ourse, default_reach=Reach.WEB)
        await quick(alpha, shy, default_reach=Reach.PARTNERS)
        assert [await reach(app, visibility=one) for one in ("public", "unlisted", "private")] == ["partners"] * 3
        await alpha.ask(lambda: Community.all().update(ceiling=Reach.WEB))
        await alpha.run(alpha.app[COMMUNITY].load())
        posts = [await said(app, "a", visibility=one) for one in ("public", "unlisted", "private")]
        assert [one["visibility"] for one in posts] == ["public", "unlisted", "private"]
        assert [one["dazzle"]["reach"] for one in posts] == ["web", "web", "partners"]
        assert [one["id"] for one in await app.good("GET", "/api/v1/timelines/public")][1] != posts[1]["id"]
        assert await reach(quiet) == "community"
        missing = await quiet.post("/api/v1/statuses", {"status": "a", "visibility": "private"})
        assert missing.status == 422 and f"{alpha.origin}/settings/" in missing.json["error"]
        small = await said(app, "pour @shy", visibility="direct")
        assert (small["dazzle"]["reach"], small["visibility"]) == ("circle", "direct")
        assert await reach(quiet, in_reply_to_id=small["id"], visibility="public") == "circle"
        async with Api(alpha) as visitor:
            assert (await visitor.get(f"/api/v1/statuses/{posts[0]['id']}")).status == 200
            assert (await visitor.get(f"/api/v1/statuses/{posts[2]['id']}")).status == 404


async def test_a_request_that_comes_twice_counts_once(alpha: LiveServer) -> None:
    ourse, loup = await alpha.member("ourse"), await alpha.member("loup")
    async with Api(alpha, ourse) as app, Api(alpha, loup) as other:
        async def send(app: Api, key: str) -> Answer:
            return await app.post("/api/v1/statuses", {"status": "une fois"}, headers={"Idempotency-Key": key})
        answers = await asyncio.gather(*(send(app, "k") for _ in range(4)))
        assert {answer.status for answer in answers} == {200} and len({answer.json["id"] for answer in answers}) == 1
        assert (await send(app, "k")).json["id"] == answers[0].json["id"]
        assert (await send(other, "k")).json["id"] != answers[0].json["id"] != (await send(app, "l")).json["id"]
    assert await alpha.ask(lambda: Post.all().count()) == 3


async def test_what_can_be_undone_is_its_authors_alone_and_an_edit_leaves_no_trace(alpha: LiveServer) -> None:
    ourse, loup = await alpha.member("ourse"), await alpha.member("loup")
    async with Api(alpha, ourse) as app, Api(alpha, loup) as other:
        new = await said(app, "@loup trop vite")
        assert (await app.get(f"/api/v1/statuses/{new['id']}")).status == 200
        assert (await other.get(f"/api/v1/statuses/{new['id']}")).status == 404
        changed = await app.good("PUT", f"/api/v1/statuses/{new['id']}", json={"status": "@loup mieux"})
        assert changed["edited_at"] is None and "mieux" in changed["content"]
        assert len(await app.good("GET", f"/api/v1/statuses/{new['id']}/history")) == 1
        assert not await alpha.ask(lambda: OutgoingActivity.filter(body__contains="trop vite").exists())
        await app.good("DELETE", f"/api/v1/statuses/{new['id']}")
    assert await alpha.ask(lambda: Post.all().count()) + await alpha.ask(lambda: Notification.all().count()) == 0
    assert not await alpha.ask(lambda: Revision.exists())


async def test_images_keep_their_order_and_belong_to_one_member(alpha: LiveServer) -> None:
    ourse, loup = await alpha.member("ourse"), await alpha.member("loup")
    await quick(alpha, ourse)
    async with Api(alpha, ourse) as app, Api(alpha, loup) as other, Api(alpha) as nobody:
        first = await app.ask("POST", "/api/v2/media", data=upload("file", picture(), description="un", focus="0.5,-2"))
        assert first.status == 202 and first.json["url"] is None and first.json["description"] == "un"
        second = await app.good("POST", "/api/v1/media", data=upload("file", picture()))
        broken = await app.ask("POST", "/api/v2/media", data=upload("file", b"no image"))
        one, two = first.json["id"], second["id"]
        assert (await app.ask("POST", "/api/v1/media", data=upload("file", b"no image"))).status in (415, 422)
        assert (await app.ask("POST", "/api/v2/media", json={})).status == 422
        for _ in range(200):
            if (await app.get(f"/api/v1/media/{one}")).status == 200:
                break
            await asyncio.sleep(0.05)
        ready = await app.good("GET", f"/api/v1/media/{one}")
        assert ready["meta"]["focus"] == {"x": 0.5, "y": -1.0} and ready["meta"]["original"]["width"] > 0
        for _ in range(200):
            if (bad := await app.get(f"/api/v1/media/{broken.json['id']}")).status != 206:
                break
            await asyncio.sleep(0.05)
        assert bad.status == 422
        for method in ("GET", "PUT", "DELETE"):
            assert (await other.ask(method, f"/api/v1/media/{one}")).status == 404
        assert (await other.post("/api/v1/statuses", {"status": "a", "media_ids": [one]})).status == 422
        assert (await app.good("PUT", f"/api/v1/media/{two}", json={"description": "deux"}))["description"] == "deux"
        new = await said(app, "", media_ids=[two, one])
        assert [image["description"] for image in new["media_attachments"]] == ["deux", "un"]
        assert (await app.ask("DELETE", f"/api/v1/media/{one}")).status == 422, "part of a message"
        seen = await other.good("GET", f"/api/v1/statuses/{new['id']}")
        url = seen["media_attachments"][0]["url"].removeprefix(alpha.origin)
        assert (await nobody.get(url)).status == 200, "the address was made for loup, whose app shows it without a token"
        for wrong in (url[:-1] + ("0" if url[-1] != "0" else "1"), url.partition("?")[0], url.replace("?for=", "?for=x")):
            assert (await nobody.get(wrong)).status != 200
        attributes = {"media_ids": [one], "media_attributes": [{"id": one, "description": "uno", "focus": "0,0"}]}
        changed = await app.good("PUT", f"/api/v1/statuses/{new['id']}", json=attributes)
        assert [(image["id"], image["description"]) for image in changed["media_attachments"]] == [(one, "uno")]
        await app.good("DELETE", f"/api/v1/statuses/{new['id']}?delete_media=false")
        assert (await said(app, "encore", media_ids=[one]))["media_attachments"][0]["id"] == one
        assert (await nobody.get(url)).status != 200


async def test_a_message_for_later_is_asked_again_when_its_hour_comes(alpha: LiveServer) -> None:
    ourse, loup = await alpha.member("ourse"), await alpha.member("loup")

    async def due() -> None:
        await ScheduledPost.all().update(due_at=clock.now())
        while await scheduled.publish_due(alpha.app):
            pass
    async with Api(alpha, ourse) as app, Api(alpha, loup) as other:
        later = (clock.now().replace(year=clock.now().year + 1)).isoformat()
        async def wait(text: str, **more: Any) -> Any:
            return await said(app, text, scheduled_at=later, **more)
        assert (await app.post("/api/v1/statuses", {"status": "a", "scheduled_at": clock.now().isoformat()})).status == 422
        row = await wait("plus tard", dazzle_reach="partners")
        assert row["params"]["text"] == "plus tard" and row.keys() == {"id", "scheduled_at", "params", "media_attachments"}
        path = f"/api/v1/scheduled_statuses/{row['id']}"
        for method in ("GET", "PUT", "DELETE"):
            assert (await other.ask(method, path, json={"scheduled_at": later})).status == 404
        assert (await app.good("GET", path))["id"] == row["id"]
        assert (await app.ask("PUT", path, json={"scheduled_at": "2001-01-01T00:00:00Z"})).status == 422
        gone = await wait("jamais")
        assert await app.good("DELETE", f"/api/v1/scheduled_statuses/{gone['id']}") == {}
        assert [one["id"] for one in await app.good("GET", "/api/v1/scheduled_statuses")] == [row["id"]]
        await alpha.run(due())
        home = await app.good("GET", "/api/v1/timelines/home")
        assert [one["dazzle"]["reach"] for one in home] == ["partners"] and "plus tard" in home[0]["content"]
        await wait("sans accord", dazzle_reach="partners")
        await alpha.run(withdraw(ourse))
        await alpha.run(due())
        assert await alpha.ask(lambda: Post.all().count()) == 1
        assert (await alpha.ask(lambda: Draft.get())).form["text"] == "sans accord", "nothing typed is lost"
        await wait("d'une autre version")
        await alpha.ask(lambda: ScheduledPost.all().update(given={"status": "d'une autre version", "language": {"no": "text"}},
                                                                 sealed=None))
        await alpha.run(due())
        assert "d'une autre version" in {draft.form["text"] for draft in await alpha.ask(lambda: Draft.all())}


async def test_a_question_is_asked_and_answered(alpha: LiveServer) -> None:
    ourse, loup = await alpha.member("ourse"), await alpha.member("loup")
    await quick(alpha, ourse)
    async with Api(alpha, ourse) as app, Api(alpha, loup) as other:
        form = [("status", "Thé ou café ?"), ("poll[options][]", "Thé"), ("poll[options][]", "Café"),
                ("poll[expires_in]", "3600"), ("poll[multiple]", "false")]
        answer = await app.ask("POST", "/api/v1/statuses", data=form)
        poll = answer.json["poll"]
        assert [one["title"] for one in poll["options"]] == ["Thé", "Café"] and not poll["expired"] and poll["expires_at"]
        path = f"/api/v1/polls/{poll['id']}"
        assert (await other.good("GET", path))["options"][0]["votes_count"] is None
        for wrong in ([5], [-1], [], ["x"], [0, 1]):
            assert (await other.post(f"{path}/votes", {"choices": wrong})).status in (400, 422), wrong
        mine = await other.good("POST", f"{path}/votes", json={"choices": ["1"]})
        assert mine["voted"] and mine["own_votes"] == [1] and mine["votes_count"] == 0, "fewer than five are not counted"
        assert (await other.post(f"{path}/votes", {"choices": [0]})).status == 422
        hidden = await said(app, "à moi", visibility="direct", poll={"options": ["a", "b"], "expires_in": 300})
        assert (await other.get(f"/api/v1/polls/{hidden['poll']['id']}")).status == 404
        kept = await app.ask("PUT", f"/api/v1/statuses/{answer.json['id']}", json={"poll": {"options": ["x", "y"]}})
        assert kept.status == 422


async def test_acts_are_done_once_and_told_to_nobody_else(alpha: LiveServer) -> None:
    ourse, loup = await alpha.member("ourse"), await alpha.member("loup")
    await quick(alpha, ourse)
    async with Api(alpha, ourse) as app, Api(alpha, loup) as other:
        post = await said(app, "un mot")
        path = f"/api/v1/statuses/{post['id']}"
        for verb, field in (("favourite", "favourited"), ("bookmark", "bookmarked"), ("mute", "muted")):
            for _ in range(2):
                assert (await other.good("POST", f"{path}/{verb}"))[field], verb
            assert not (await app.good("GET", path))[field]
        boost = await other.good("POST", f"{path}/reblog")
        assert boost["reblog"]["id"] == post["id"] and boost["account"]["acct"] == "loup" and boost["reblog"]["reblogged"]
        assert (await other.good("POST", f"{path}/reblog"))["id"] == boost["id"]
        assert (await other.good("GET", f"/api/v1/statuses/{boost['id']}"))["reblog"]["id"] == post["id"]
        assert (await app.good("POST", f"{path}/pin"))["pinned"] and (await other.ask("POST", f"{path}/pin")).status == 404
        assert [one["id"] for one in await other.good("GET", f"/api/v1/accounts/{ourse.id}/statuses?pinned=true")] == [post["id"]]
        assert [one["acct"] for one in await app.good("GET", f"{path}/favourited_by")] == ["loup"]
        assert [one["acct"] for one in await app.good("GET", f"{path}/reblogged_by")] == ["loup"]
        assert await other.good("GET", f"{path}/favourited_by") == await other.good("GET", f"{path}/reblogged_by") == []
        assert (await app.good("GET", path))["favourites_count"] == 0
        for shelf in ("bookmarks", "favourites"):
            assert [one["id"] for one in await other.good("GET", f"/api/v1/{shelf}")] == [post["id"]]
            assert await app.good("GET", f"/api/v1/{shelf}") == []
        undone = (("unfavourite", "favourited"), ("unbookmark", "bookmarked"), ("unmute", "muted"), ("unreblog", "reblogged"))
        for verb, field in undone:
            for _ in range(2):
                assert not (await other.good("POST", f"{path}/{verb}"))[field], verb
        assert await other.good("GET", "/api/v1/bookmarks") == []
        await other.good("POST", f"{path}/mute")
        await alpha.run(follows.follow(ourse, loup))
        await said(app, "@loup encore", in_reply_to_id=post["id"])
        assert not await alpha.ask(lambda: Notification.filter(recipient_id=loup.id, post_id__isnull=False).exists())
        assert (await app.post(f"{path}/translate", {})).status == 503
        assert (await app.good("GET", f"{path}/quotes")) == []
        assert (await app.ask("PUT", f"{path}/interaction_policy", json={"quote_approval_policy": "public"})).status == 422
