"""Lists of messages, of people, filters, tags and search through the client API."""
from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from models import Attachment, Filter, ListedPerson, Notification, Post, clock
from models.reach import Reach
from server.actions import follows, posts, reactions
from server.actions.polls import PollDraft
from server.actions.posts import Composition
from tests.live import LiveServer, settle
from tests.server.api.client import Api
from tests.server.api.counting import queries
from tests.server.api.test_statuses import quick, said
from tests.stories.scene import befriend, known, see

QUERIES_LIMIT = 12


def ids(found: Any) -> list[str]:
    return [one["id"] for one in found]


async def test_lists_have_few_queries_and_go_on_page_by_page(alpha: LiveServer, beta: LiveServer) -> None:
    ourse, loup, bea = await alpha.member("ourse"), await alpha.member("loup"), await beta.member("bea")
    await befriend(alpha, ourse, bea, beta)
    bea_here = await see(alpha, bea)
    first = await alpha.write(loup, "premier @ourse #thé", Reach.COMMUNITY)
    for number in range(5):
        await alpha.write(ourse, f"message {number} #thé @loup", Reach.COMMUNITY, warning="mot",
                          parent=first if number % 2 else None, poll=PollDraft(("oui", "non")) if number == 2 else None)
    far = [await beta.write(bea, f"far {number} #thé") for number in range(3)]
    await settle(alpha, beta)
    for one in far[1:]:
        copy = await known(alpha, one)
        assert copy
        await alpha.run(reactions.pass_on(loup, copy))
    await alpha.run(follows.follow(ourse, loup))
    mine = await alpha.ask(lambda: Post.filter(author_id=ourse.id).order_by("id"))
    await alpha.ask(lambda: Attachment.bulk_create([Attachment(owner=ourse, post=post, stored_at=clock.now()) for post in mine]))
    async with Api(alpha, ourse) as app, queries(alpha) as asked:
        await app.post("/api/v2/filters", {"title": "f", "context": ["home", "public", "account", "thread"],
                                           "keywords_attributes": [{"keyword": "message 1"}, {"keyword": "far"}]})
        row = await app.good("POST", "/api/v1/lists", json={"title": "amis"})
        await app.good("POST", f"/api/v1/lists/{row['id']}/accounts", json={"account_ids": [str(loup.id), str(bea_here.id)]})
        for post in mine:
            await app.good("POST", f"/api/v1/statuses/{post.id}/bookmark")
        lists = ["timelines/home", "timelines/public", "timelines/tag/thé", f"timelines/list/{row['id']}",
                 f"accounts/{bea_here.id}/statuses", f"accounts/{loup.id}/statuses", "bookmarks", "favourites", "lists",
                 "followed_tags",
                 f"lists/{row['id']}/accounts", f"statuses/{first.id}/context", f"statuses/{mine[1].id}", "scheduled_statuses"]
        for path in lists:
            await app.good("GET", f"/api/v1/{path}")  # what is read now and then is fresh
            asked.clear()
            whole = await app.good("GET", f"/api/v1/{path}")
            assert len(asked) <= QUERIES_LIMIT, (path, asked)
            if path.startswith(("timelines", "accounts")):
                shown: list[str] = []
                url: str | None = f"/api/v1/{path}?limit=2"
                while url and len(shown) < 50:
                    answer = await app.ask("GET", url)
                    shown += ids(answer.json)
                    after = re.search(r'<([^>]*)>; rel="next"', answer.headers.get("Link", ""))
                    url = after[1].removeprefix(alpha.origin) if after else None
                assert shown == sorted(set(shown), key=int, reverse=True), path
                assert [id_ for id_ in shown if id_ in ids(whole)] == ids(whole), "a page shows a message once, however it came"
                newer = await app.good("GET", f"/api/v1/{path}?limit=1&min_id={shown[-1]}")
                assert ids(newer) == shown[-2:-1]
                since = ids(await app.good("GET", f"/api/v1/{path}?since_id={shown[-1]}"))
                assert since == [id_ for id_ in shown[:-1] if id_ in since] and since[0] == shown[0]
        home = await app.good("GET", "/api/v1/timelines/home")
        assert [one["filtered"][0]["keyword_matches"] for one in home if one["filtered"]][:1] == [["far"]]
        assert all(not one["filtered"] for one in home if one["account"]["id"] == str(ourse.id)), "never one's own"
        asked.clear()
        found = await app.good("GET", "/api/v2/search?q=message&limit=40")
        assert len(asked) <= QUERIES_LIMIT and len(found["statuses"]) == 5, asked


async def test_a_list_shows_the_people_on_it(alpha: LiveServer) -> None:
    ourse, loup, lynx = await alpha.member("ourse"), await alpha.member("loup"), await alpha.member("lynx")
    one = await alpha.write(loup, "un", Reach.COMMUNITY)
    await alpha.write(lynx, "deux", Reach.COMMUNITY)
    answer = await alpha.write(loup, "à lynx", Reach.COMMUNITY, parent=await alpha.write(lynx, "trois", Reach.COMMUNITY))
    async with Api(alpha, ourse) as app, Api(alpha, loup) as other:
        assert (await app.post("/api/v1/lists", {"title": " "})).status == 422
        row = await app.good("POST", "/api/v1/lists", data={"title": "amis", "replies_policy": "list", "exclusive": "true"})
        assert row == {"id": row["id"], "title": "amis", "replies_policy": "list", "exclusive": True}
        path = f"/api/v1/lists/{row['id']}"
        assert (await app.post(f"{path}/accounts", {"account_ids": ["1"]})).status == 404
        await app.good("POST", f"{path}/accounts", data={"account_ids[]": str(loup.id)})
        await app.good("POST", f"{path}/accounts", json={"account_ids": str(loup.id)})
        assert await alpha.ask(lambda: ListedPerson.all().count()) == 1
        assert ids(await app.good("GET", f"/api/v1/timelines/list/{row['id']}")) == [str(one.id)], "no answers to others"
        assert str(one.id) not in ids(await app.good("GET", "/api/v1/timelines/home")), "exclusive"
        assert (await app.good("PUT", path, json={"replies_policy": "none"}))["exclusive"]
        await app.good("PUT", path, json={"replies_policy": "followed", "exclusive": False})
        await alpha.run(follows.follow(ourse, lynx))
        assert ids(await app.good("GET", f"/api/v1/timelines/list/{row['id']}")) == [str(answer.id), str(one.id)]
        assert ids(await app.good("GET", f"/api/v1/accounts/{loup.id}/lists")) == [row["id"]]
        for rest, methods in (("", ("GET", "PUT", "DELETE")), ("/accounts", ("GET", "POST", "DELETE"))):
            for method in methods:
                assert (await other.ask(method, path + rest, json={"title": "x", "account_ids": [str(ourse.id)]})).status == 404
        assert (await other.get(f"/api/v1/timelines/list/{row['id']}")).status == 404
        assert await other.good("GET", f"/api/v1/accounts/{loup.id}/lists") == [], "who is on a list is not told"
        await app.good("DELETE", f"{path}/accounts?account_ids[]={loup.id}")
        assert await app.good("GET", f"{path}/accounts") == []
        await app.good("DELETE", path)
        assert await app.good("GET", "/api/v1/lists") == []


async def test_filters_of_both_versions_are_one(alpha: LiveServer) -> None:
    ourse, loup = await alpha.member("ourse"), await alpha.member("loup")
    post = await alpha.write(loup, "Un traitement, des **aiguilles** et c++", Reach.COMMUNITY)
    async with Api(alpha, ourse) as app, Api(alpha, loup) as other:
        good: dict[str, Any] = {"title": "a", "context": ["home"]}
        wrongs: list[dict[str, Any]] = [{}, {"title": "a"}, good | {"context": ["everywhere"]},
                                        good | {"filter_action": "x"}, good | {"keywords_attributes": [{}]},
                                        good | {"expires_in": 10**12}]
        for wrong in wrongs:
            assert (await app.post("/api/v2/filters", wrong)).status == 422, wrong
        form = {"title": "soins", "context[]": "home", "keywords_attributes[0][keyword]": "aiguille", "expires_in": "3600",
                "keywords_attributes[0][whole_word]": "true", "filter_action": "hide"}
        rule = await app.good("POST", "/api/v2/filters", data=form)
        path, word = f"/api/v2/filters/{rule['id']}", rule["keywords"][0]
        assert rule["filter_action"] == "hide" and rule["expires_at"] and word["whole_word"]

        async def matched(where: str = "/api/v1/timelines/home") -> Any:
            return [(one["keyword_matches"], one["status_matches"]) for one in (await app.good("GET", where))[0]["filtered"]]
        assert await matched() == [], "not as a whole word"
        await app.good("PUT", f"/api/v2/filters/keywords/{word['id']}", json={"whole_word": False})
        await app.good("POST", f"{path}/keywords", json={"keyword": "C++", "whole_word": "true"})
        assert await matched() == [(["aiguille", "C++"], None)] and await matched("/api/v1/timelines/public") == []
        held = await app.good("POST", f"{path}/statuses", json={"status_id": str(post.id)})
        await app.good("PUT", path, json={"title": "soins", "context": ["home", "account"],
                                          "keywords_attributes": [{"id": word["id"], "_destroy": True}]})
        assert await matched(f"/api/v1/accounts/{loup.id}/statuses") == [(["C++"], [str(post.id)])]
        old = await app.good("GET", "/api/v1/filters")
        assert [(one["phrase"], one["irreversible"], one["whole_word"]) for one in old] == [("C++", True, True)]
        word_id = old[0]["id"]
        for method, where in (("GET", path), ("PUT", path), ("DELETE", path), ("GET", f"{path}/keywords"),
                              ("POST", f"{path}/keywords"), ("GET", f"/api/v2/filters/keywords/{word_id}"),
                              ("DELETE", f"/api/v2/filters/statuses/{held['id']}"),
                              ("GET", f"/api/v1/filters/{word_id}"), ("DELETE", f"/api/v1/filters/{word_id}")):
            assert (await other.ask(method, where, json={"title": "x", "keyword": "x"})).status == 404, where
        await app.good("DELETE", f"/api/v2/filters/statuses/{held['id']}")
        await app.good("DELETE", f"/api/v1/filters/{old[0]['id']}")
        assert await app.good("GET", "/api/v2/filters") == [] and await matched() == []
        new = await app.good("POST", "/api/v1/filters", json={"phrase": "traitement", "context": ["home"], "expires_in": "60"})
        assert await matched() == [(["traitement"], None)]
        changed = await app.good("PUT", f"/api/v1/filters/{new['id']}", json={"phrase": "chat", "context": ["home"]})
        assert changed["phrase"] == "chat"
        await app.good("PUT", f"/api/v1/filters/{new['id']}", json={"phrase": "traitement"})
        await alpha.ask(lambda: Filter.all().update(expires_at=clock.now() - timedelta(seconds=1)))
        assert await matched() == [], "its time is over"


async def test_tags_are_followed_shown_and_found(alpha: LiveServer) -> None:
    ourse, loup = await alpha.member("ourse"), await alpha.member("loup")
    tea = await alpha.write(loup, "#Thé vert", Reach.COMMUNITY)
    await alpha.write(loup, "#théière pour moi", Reach.ME)
    async with Api(alpha, ourse) as app, Api(alpha, loup) as other:
        assert (await app.good("GET", "/api/v1/tags/Thé")) == {
            "id": "thé", "name": "thé", "url": f"{alpha.origin}/tags/th%C3%A9", "history": [], "following": False,
            "featuring": False}
        assert (await app.post("/api/v1/tags/a b/follow")).status == 422
        for _ in range(2):
            assert (await app.good("POST", "/api/v1/tags/thé/follow"))["following"]
        assert [one["name"] for one in await app.good("GET", "/api/v1/followed_tags")] == ["thé"]
        assert await other.good("GET", "/api/v1/followed_tags") == []
        await app.good("POST", "/api/v1/tags/thé/unfollow")
        assert await app.good("GET", "/api/v1/followed_tags") == []
        assert ids(await app.good("GET", "/api/v1/timelines/tag/THÉ?limit=5")) == [str(tea.id)]
        assert ids(await app.good("GET", "/api/v1/timelines/tag/café?any[]=thé")) == [str(tea.id)]
        for narrow in ("none[]=thé", "all[]=lait", "local=false&remote=true", "only_media=1"):
            assert await app.good("GET", f"/api/v1/timelines/tag/thé?{narrow}") == [], narrow
        shown = await other.good("POST", "/api/v1/featured_tags", json={"name": "#Thé"})
        assert [one["name"] for one in await app.good("GET", f"/api/v1/accounts/{loup.id}/featured_tags")] == ["thé"]
        assert [one["name"] for one in await other.good("GET", "/api/v1/featured_tags/suggestions")] == ["théière"]
        assert (await app.ask("DELETE", f"/api/v1/featured_tags/{shown['id']}")).status == 404
        await other.good("DELETE", f"/api/v1/featured_tags/{shown['id']}")
        for trend in ("", "/tags", "/statuses", "/links"):
            assert await app.good("GET", f"/api/v1/trends{trend}") == []
        assert [one["name"] for one in (await app.good("GET", "/api/v2/search?q=%23th"))["hashtags"]] == ["thé"]
        assert len((await other.good("GET", "/api/v2/search?q=th&type=hashtags"))["hashtags"]) == 2, "one's own notes too"


async def test_search_finds_what_one_may_see_and_asks_only_partners(alpha: LiveServer, beta: LiveServer) -> None:
    ourse, loup, bea = await alpha.member("ourse"), await alpha.member("loup"), await beta.member("bea")
    await quick(alpha, ourse)
    await alpha.write(loup, "aiguilles chez moi", Reach.COMMUNITY)
    far = await beta.write(bea, "from afar", Reach.PARTNERS)
    async with Api(alpha, ourse) as app:
        async def search(words: str, **more: Any) -> Any:
            return (await app.get("/api/v2/search", q=words, **more)).json
        mine = await said(app, "mes aiguilles")
        assert ids((await search("aiguille"))["statuses"]) == [mine["id"]], "messages of others are not searched by their words"
        assert (await search("%"))["statuses"] == [] and (await search(""))["accounts"] == []
        address = f"@bea@{beta.host}"
        assert (await search(address))["accounts"] == []
        found = await search(address, resolve="true")
        assert [one["acct"] for one in found["accounts"]] == [f"bea@{beta.host}"]
        assert ids((await search(far.uri, resolve="true", type="statuses"))["statuses"]) != []
        for nowhere in ("https://stranger.example/1", f"{beta.origin}/nothing", f"{alpha.origin}/posts/x",
                        "@x@stranger.example", "https://"):
            assert (await search(nowhere, resolve="true"))["statuses"] == []
        for wrong in ("offset=-1", "offset=99999", "max_id=x", "limit=x"):
            assert (await app.ask("GET", f"/api/v2/search?q=a&{wrong}")).status == 422


async def test_what_is_passed_on_and_answered_across_communities(alpha: LiveServer, beta: LiveServer) -> None:
    ourse, bea = await alpha.member("ourse"), await beta.member("bea")
    await quick(alpha, ourse)
    await befriend(alpha, ourse, bea, beta)
    await befriend(beta, bea, ourse, alpha)
    far = await beta.write(bea, "from afar")
    await settle(alpha, beta)
    async with Api(alpha, ourse) as app, Api(beta, bea) as theirs:
        seen = (await app.good("GET", "/api/v1/timelines/home"))[0]
        assert (seen["uri"], seen["account"]["acct"], seen["visibility"]) == (far.uri, f"bea@{beta.host}", "private")
        answer = await said(app, "d'ici", in_reply_to_id=seen["id"], visibility="private")
        assert answer["dazzle"]["reach"] == "partners", "community alone would not reach the one who is answered"
        await app.good("POST", f"/api/v1/statuses/{seen['id']}/favourite")
        await app.good("POST", f"/api/v1/statuses/{seen['id']}/reblog")
        await settle(alpha, beta)
        context = await theirs.good("GET", f"/api/v1/statuses/{far.id}/context")
        assert [one["uri"] for one in context["descendants"]] == [answer["uri"]]
        thought = await theirs.good("GET", f"/api/v1/statuses/{far.id}/favourited_by")
        assert [one["acct"] for one in thought] == [f"ourse@{alpha.host}"]
        await theirs.good("POST", f"/api/v1/statuses/{context['descendants'][0]['id']}/mute")
        await beta.ask(lambda: Notification.all().delete())
        await said(app, "encore", in_reply_to_id=answer["id"], visibility="private")
        await alpha.run(posts.publish(ourse, Composition(text=f"@bea@{beta.host} nouveau", reach=Reach.PARTNERS), alpha.origin))
        await settle(alpha, beta)
        assert await beta.ask(lambda: Notification.all().count()) == 1, "only of what is not muted"
