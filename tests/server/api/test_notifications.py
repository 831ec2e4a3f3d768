"""Notices, markers and conversations for apps."""
from __future__ import annotations

import asyncio
from typing import Any

from models import Actor, Notification, Post
from models.notification import Notice
from models.reach import Reach
from server.actions import follows, reactions
from tests.live import LiveServer
from tests.server.api.client import Api
from tests.server.api.counting import queries


async def people(server: LiveServer, *names: str) -> list[Actor]:
    return [await server.member(name) for name in names]


async def test_notices_one_by_one_and_in_groups(alpha: LiveServer) -> None:
    camille, *others = await people(alpha, "camille", "anna", "bruno", "chloe")
    post = await alpha.write(camille, "A good day")
    for other in others:
        await alpha.run(reactions.thank(other, post))
        await alpha.run(follows.follow(other, camille))
    answer = await alpha.write(others[0], "Glad to hear", parent=post, reach=Reach.COMMUNITY)
    async with Api(alpha, camille) as app:
        single = await app.good("GET", "/api/v1/notifications")
        assert [one["type"] for one in single] == ["mention", *["follow", "favourite"] * 3]
        assert single[0]["status"]["id"] == str(answer.id) and single[0]["account"]["username"] == "anna"
        assert all(one["status"]["id"] == str(post.id) for one in single if one["type"] == "favourite")
        page = await app.get("/api/v1/notifications", limit=2, types=["follow", "favourite"], exclude_types=["favourite"])
        assert [one["account"]["username"] for one in page.json] == ["chloe", "bruno"] and "max_id=" in page.headers["Link"]
        assert len(await app.good("GET", f"/api/v1/notifications?account_id={others[1].id}")) == 2
        assert await app.good("GET", f"/api/v1/notifications/{single[1]['id']}") == single[1]
        await check_groups(app, post)
        assert (await app.good("GET", "/api/v1/notifications/unread_count"))["count"] == 7
        assert (await app.good("GET", "/api/v2/notifications/unread_count"))["count"] == 3
        await check_markers(app, single)
        await app.good("POST", f"/api/v1/notifications/{single[0]['id']}/dismiss")
        assert (await app.get(f"/api/v1/notifications/{single[0]['id']}")).status == 404
        await app.good("POST", "/api/v1/notifications/clear")
        assert await app.good("GET", "/api/v1/notifications") == []
    async with Api(alpha, others[0], "read:statuses") as app:
        assert (await app.get("/api/v1/notifications")).status == 403
        assert (await app.ask("POST", "/api/v1/notifications/clear")).status == 403


async def check_groups(app: Api, post: Post) -> None:
    whole = await app.good("GET", "/api/v2/notifications")
    groups: dict[str, Any] = {one["type"]: one for one in whole["notification_groups"]}
    assert [one["type"] for one in whole["notification_groups"]] == ["mention", "follow", "favourite"]
    assert groups["favourite"]["notifications_count"] == 3 and groups["favourite"]["status_id"] == str(post.id)
    assert {one["id"] for one in whole["accounts"]} >= set(groups["favourite"]["sample_account_ids"])
    assert len(whole["accounts"]) == 3 and len(whole["statuses"]) == 2
    less = await app.good("GET", "/api/v2/notifications?expand_accounts=partial_avatars&grouped_types[]=favourite&limit=3")
    assert [one["type"] for one in less["notification_groups"]] == ["mention", "follow", "favourite"]
    key = groups["favourite"]["group_key"]
    one = await app.good("GET", f"/api/v2/notifications/{key}")
    assert [group["group_key"] for group in one["notification_groups"]] == [key]
    assert len(await app.good("GET", f"/api/v2/notifications/{key}/accounts")) == 3
    for wrong in ("favourite-1-1", "ungrouped-1", "nonsense", "follow-99999999999999999"):
        assert (await app.get(f"/api/v2/notifications/{wrong}")).status == 404


async def check_markers(app: Api, single: list[Any]) -> None:
    assert await app.good("GET", "/api/v1/markers?timeline[]=notifications") == {}
    moved = await app.good("POST", "/api/v1/markers", data={"notifications[last_read_id]": single[2]["id"]})
    assert moved["notifications"]["last_read_id"] == single[2]["id"] and moved["notifications"]["version"] == 1
    again = await app.good("POST", "/api/v1/markers", json={"notifications": {"last_read_id": single[2]["id"]}})
    assert again["notifications"]["version"] == 2
    assert (await app.good("GET", "/api/v1/notifications/unread_count"))["count"] == 2
    assert (await app.ask("POST", "/api/v1/markers", json={"home": {"last_read_id": "x"}})).status == 422
    assert set(await app.good("GET", "/api/v1/markers?timeline[]=notifications&timeline[]=home")) == {"notifications"}


async def test_notices_of_strangers_are_kept_apart_if_wanted(alpha: LiveServer) -> None:
    camille, anna, bruno = await people(alpha, "camille", "anna", "bruno")
    await alpha.run(follows.follow(camille, anna))
    async with Api(alpha, camille) as app:
        policy = await app.ask("PATCH", "/api/v2/notifications/policy", json={"for_not_following": "filter"})
        assert policy.json["for_not_following"] == "filter" and policy.json["for_new_accounts"] == "accept"
        post = await alpha.write(camille, "Hello")
        for somebody in (anna, bruno):
            await alpha.run(reactions.thank(somebody, post))
        assert [one["account"]["username"] for one in await app.good("GET", "/api/v1/notifications")] == ["anna"]
        assert len(await app.good("GET", "/api/v1/notifications?include_filtered=true")) == 2
        requests = await app.good("GET", "/api/v1/notifications/requests")
        assert [(one["account"]["username"], one["notifications_count"]) for one in requests] == [("bruno", "1")]
        assert requests[0]["last_status"]["id"] == str(post.id)
        assert await app.good("GET", f"/api/v1/notifications/requests/{bruno.id}") == requests[0]
        summary = (await app.good("GET", "/api/v2/notifications/policy"))["summary"]
        assert summary == {"pending_requests_count": 1, "pending_notifications_count": 1}
        await app.good("POST", f"/api/v1/notifications/requests/{bruno.id}/dismiss")
        assert await app.good("GET", "/api/v1/notifications/requests") == []
        await app.good("POST", "/api/v1/notifications/requests/accept", json={"id": [str(bruno.id)]})
        assert len(await app.good("GET", "/api/v1/notifications")) == 2
        dropped = await app.ask("PATCH", "/api/v2/notifications/policy", data={"for_not_followers": "drop"})
        assert dropped.json["for_not_followers"] == "drop"
        assert [one["account"]["username"] for one in await app.good("GET", "/api/v1/notifications")] == ["bruno"]  # let in
        assert (await app.ask("PATCH", "/api/v2/notifications/policy", json={"for_not_following": "eat"})).status == 422
        old = await app.ask("PUT", "/api/v1/notifications/policy", json={"filter_not_following": "false"})
        assert old.json["filter_not_following"] is False and old.json["filter_not_followers"] is True


async def test_a_notice_about_what_is_out_of_sight_is_not_told(alpha: LiveServer) -> None:
    camille, anna = await people(alpha, "camille", "anna")
    post = await alpha.write(anna, "For me alone", reach=Reach.ME)

    async def tell() -> None:
        await Notification.tell(camille, Notice.MENTION, anna, post)
        await Notification.tell(camille, Notice.FOLLOW_ACCEPTED, anna)  # apps have no word for it
    await alpha.run(tell())
    async with Api(alpha, camille) as app:
        assert await app.good("GET", "/api/v1/notifications") == []
        assert (await app.good("GET", "/api/v2/notifications"))["notification_groups"] == []


async def test_the_end_of_a_question_is_told_in_both_versions(alpha: LiveServer) -> None:
    camille, anna = await people(alpha, "camille", "anna")
    post = await alpha.write(anna, "Tea or coffee?")
    await alpha.run(Notification.tell(camille, Notice.POLL, None, post))
    async with Api(alpha, camille) as app:
        single = (await app.good("GET", "/api/v1/notifications"))[0]
        assert (single["type"], single["account"]["username"], single["status"]["id"]) == ("poll", "anna", str(post.id))
        whole = await app.good("GET", "/api/v2/notifications")
        assert whole["notification_groups"][0]["type"] == "poll" and whole["notification_groups"][0]["status_id"] == str(post.id)
        assert whole["notification_groups"][0]["sample_account_ids"] == [str(anna.id)]


async def test_two_apps_that_move_a_marker_at_once_do_not_both_win(alpha: LiveServer) -> None:
    camille = await alpha.member("camille")
    async with Api(alpha, camille) as app:
        await app.good("POST", "/api/v1/markers", json={"home": {"last_read_id": "1"}})
        moves = (app.post("/api/v1/markers", {"home": {"last_read_id": str(number)}}) for number in range(2, 8))
        answers = [answer.status for answer in await asyncio.gather(*moves)]
        assert set(answers) <= {200, 409}
        version = (await app.good("GET", "/api/v1/markers?timeline[]=home"))["home"]["version"]
        assert version == 1 + answers.count(200)
        first = (app.post("/api/v1/markers", {"notifications": {"last_read_id": "1"}}) for _ in range(4))
        assert {answer.status for answer in await asyncio.gather(*first)} <= {200, 409}


async def test_conversations(alpha: LiveServer) -> None:
    camille, anna, bruno = await people(alpha, "camille", "anna", "bruno")
    first = await alpha.write(anna, "Just between us", reach=Reach.CIRCLE, recipients=(camille,))
    await alpha.write(bruno, "And another thing", reach=Reach.CIRCLE, recipients=(camille,))
    await alpha.write(bruno, "Not for her", reach=Reach.CIRCLE, recipients=(anna,))
    await alpha.write(bruno, "For all")
    async with Api(alpha, camille) as app:
        found = await app.good("GET", "/api/v1/conversations")
        assert [(one["accounts"][0]["username"], one["unread"]) for one in found] == [("bruno", True), ("anna", True)]
        page = await app.get("/api/v1/conversations", limit=1)
        older = await app.good("GET", page.headers["Link"].split(">")[0].removeprefix(f"<{alpha.origin}"))
        assert [one["id"] for one in older] == [str(first.id)]
        read = await app.good("POST", f"/api/v1/conversations/{first.id}/read")
        assert read["unread"] is False and read["last_status"]["id"] == str(first.id)
        await app.good("DELETE", f"/api/v1/conversations/{first.id}")
        assert [one["accounts"][0]["username"] for one in await app.good("GET", "/api/v1/conversations")] == ["bruno"]
        answer = await alpha.write(anna, "Are you there?", reach=Reach.CIRCLE, recipients=(camille,), parent=first)
        back = (await app.good("GET", "/api/v1/conversations"))[0]
        assert (back["id"], back["unread"], back["last_status"]["id"]) == (str(first.id), True, str(answer.id))
    async with Api(alpha, bruno) as app:
        assert (await app.ask("POST", f"/api/v1/conversations/{first.id}/read")).status == 404


async def test_queries_do_not_grow_with_the_page(alpha: LiveServer) -> None:
    camille, *others = await people(alpha, "camille", "anna", "bruno", "chloe", "dora")
    await alpha.run(follows.follow(camille, others[0]))
    for other in others:
        post = await alpha.write(camille, "Another #day")
        answer = await alpha.write(other, "Indeed", parent=post, reach=Reach.COMMUNITY)
        await alpha.write(other, "Between us", reach=Reach.CIRCLE, recipients=(camille,), parent=answer)
        await alpha.run(reactions.thank(other, post))
    async with Api(alpha, camille) as app, queries(alpha) as asked:
        for chosen in ("accept", "filter"):
            await app.ask("PATCH", "/api/v2/notifications/policy", json={
                "for_not_following": chosen, "for_not_followers": chosen})
            for path in (
                    "/api/v1/notifications", "/api/v2/notifications", "/api/v1/conversations", "/api/v1/notifications/requests",
                    "/api/v2/notifications/policy", "/api/v2/notifications/unread_count", "/api/v1/push/subscription",
                    "/api/v1/markers?timeline[]=home"):
                counts = []
                for limit in (1, 40):
                    asked.clear()
                    await app.get(path + ("&" if "?" in path else "?") + f"limit={limit}")
                    counts.append(len(asked))
                assert max(counts) <= 12, (path, chosen, counts, asked)
