"""Finding, following and keeping one's distance, in a browser without JavaScript."""
from __future__ import annotations

from typing import Any

import pytest

from models import Actor, Block, Community, ConsentRecord, Follow, Member
from models.consent import Purpose
from models.reach import Reach
from server.actions import relations, sharing
from tests.browser import Browser
from tests.live import LiveServer, settle


async def exists(server: LiveServer, model: type[Any], **where: Any) -> bool:
    """Whether a server has such a row."""
    async def query() -> bool:
        return bool(await model.exists(**where))
    return await server.run(query())


async def agree(actor: Actor) -> None:
    """Say yes to being found."""
    member = await Member.get(actor_id=actor.id).select_related("actor")
    await sharing.say(member, Purpose.FOUND_HERE, True, "en", await Community.current())


async def test_only_those_who_chose_it_are_found_and_search_words_stay_out_of_addresses(alpha: LiveServer) -> None:
    alice, bob = await alpha.member("alice"), await alpha.member("bob")
    await alpha.member("carol")
    await alpha.run(bob.change(display_name="Petite Ourse"))
    await alpha.run(agree(bob))
    async with Browser(alpha, alice) as browser:
        await browser.get("/people")
        assert "Petite Ourse" in browser.page and "carol" not in browser.page and "You do not appear here" in browser.page
        await browser.post("/people", {"q": "ourse"})
        assert "Petite Ourse" in browser.page and browser.path == "/people"
        assert browser.headers["Cache-Control"] == "no-store"
        await browser.post("/people", {"q": "carol"})
        assert "Nobody found" in browser.page
        await browser.post("/people", {"q": f"@carol@{alpha.host}"})  # by the whole address one finds them all the same
        assert 'href="/@carol"' in browser.page
        await alpha.run(relations.block(bob, alice))
        await browser.get("/people")
        assert "Petite Ourse" not in browser.page
        await browser.get("/@bob")
        assert browser.status == 404


@pytest.mark.parametrize(("words", "said"), [
    ("@bea@unknown.example", "does not exchange messages with that server"),
    ("https://unknown.example/@bea", "does not exchange messages with that server"),
    ("@nobody@{host}", "Nobody has this address"),
    ("%_'\"<script>", "Nobody found"),
])
async def test_what_cannot_be_found_is_said_plainly(alpha: LiveServer, words: str, said: str) -> None:
    async with Browser(alpha, await alpha.member("alice")) as browser:
        await browser.post("/people", {"q": words.format(host=alpha.host)})
        assert browser.status == 200 and said in browser.page and "<script>" not in browser.page.split("</head>")[1]


async def test_a_follow_button_of_another_server_fills_the_field_in(alpha: LiveServer) -> None:
    """WebFinger names this address (the subscribe template): nothing is looked up before the member presses the button."""
    async with Browser(alpha, await alpha.member("alice")) as browser:
        await browser.get("/people?address=%40bea%40beta.example%22%3E")
        assert browser.status == 200
        assert 'value="@bea@beta.example&#34;&gt;"' in browser.page


async def test_following_somebody_elsewhere_takes_two_actions_and_asks_for_the_yes(alpha: LiveServer, beta: LiveServer) -> None:
    alice, bea = await alpha.member("alice", shares=False), await beta.member("bea", approves=True)
    address = f"@bea@{beta.host}"
    async with Browser(alpha, alice) as browser, Browser(beta, bea) as other:
        await browser.post("/people", {"q": address})
        assert f'href="/{address}"' in browser.page
        await browser.get(f"/{address}/follow")
        assert "What their server learns" in browser.page and 'value="no"' in browser.page
        await browser.post(f"/{address}/follow")  # without an answer: asked again, nothing leaves
        assert 'name="c5" value="yes"' in browser.page
        await browser.post(f"/{address}/follow", {"c5": "no"})
        assert not await exists(alpha, Follow) and not await exists(alpha, ConsentRecord, purpose="C5")
        await browser.post(f"/{address}/follow", {"c5": "yes"})
        assert "You asked to follow" in browser.page and "You have asked to follow them." in browser.page
        await settle(alpha, beta)
        await other.get("/notices")
        assert "alice asks to follow you" in other.page
        await other.post(f"/@alice@{alpha.host}/accept", {"back": "/notices"})
        assert other.path == "/notices?said=accepted" and "Let them follow" not in other.page
        assert 'autofocus><div class="notice good">' in other.page and "They follow you now." in other.page
        await settle(alpha, beta)
        await browser.get("/notices")
        assert "bea lets you follow them" in browser.page
        await browser.get(f"/{address}")
        assert "Stop following" in browser.page
        await other.get("/follows/me")
        assert "alice" in other.page
        post = await beta.write(bea, "From beta with #hope and @alice", Reach.PARTNERS)
        await settle(alpha, beta)
        await browser.get("/home/follows")
        assert "From beta with" in browser.page and beta.host in browser.page
        await browser.get("/tags/hope")
        assert "From beta with" in browser.page
        await browser.get("/home")
        key = browser.page.split('id="m-')[1].split('"')[0]
        await browser.get(f"/m/{key}")
        await browser.post("/compose", {"text": "Answer from alpha", "reply": key, "reach": "partners"})
        await browser.post(f"/m/{browser.key()}/send-now")
        await settle(alpha, beta)
        await other.get(f"/m/{post.key}")
        assert "Answer from alpha" in other.page
        await browser.get(f"/m/{browser.key()}/copies")
        assert "Has a copy" in browser.page
        await other.get("/notices")
        assert "alice answered you" in other.page


async def test_blocking_ends_follows_both_ways_and_hides_each_from_the_other(alpha: LiveServer) -> None:
    alice, bob = await alpha.member("alice"), await alpha.member("bob")
    await alpha.write(bob, "Words of bob", Reach.COMMUNITY)
    async with Browser(alpha, alice) as browser, Browser(alpha, bob) as other:
        await browser.post("/@bob/follow")
        assert "You follow them now." in browser.page
        await other.post("/@alice/follow")
        await browser.get("/@bob/block")
        assert "They are not told" in browser.page
        await browser.post("/@bob/block", {"back": "/home"})
        assert "Words of bob" not in browser.page and not await exists(alpha, Follow)
        await other.get("/@alice")
        assert other.status == 404
        await other.get("/notices")
        assert "alice" not in other.page
        await other.post("/@alice/follow")
        assert other.status == 404 and not await exists(alpha, Follow)
        assert "They are no longer blocked." in await browser.post("/@bob/unblock")
        assert not await exists(alpha, Block)
        await browser.get("/@alice/block")
        assert browser.status == 404


async def test_a_muted_person_is_gone_from_the_lists_and_does_not_know(alpha: LiveServer) -> None:
    alice, bob = await alpha.member("alice"), await alpha.member("bob")
    await alpha.write(bob, "Words of bob", Reach.COMMUNITY)
    async with Browser(alpha, alice) as browser, Browser(alpha, bob) as other:
        await browser.post("/@bob/mute")
        await browser.get("/home")
        assert "Words of bob" not in browser.page
        await alpha.write(bob, "Hello @alice", Reach.COMMUNITY)
        await browser.get("/notices")
        assert "No notice" in browser.page
        await other.get("/@alice")
        assert other.status == 200
        await browser.post("/@bob/unmute")
        await browser.get("/home")
        assert "Words of bob" in browser.page


async def test_requests_can_be_refused_and_followers_sent_away(alpha: LiveServer) -> None:
    alice, bob = await alpha.member("alice", approves=True), await alpha.member("bob")
    async with Browser(alpha, alice) as browser, Browser(alpha, bob) as other:
        await other.post("/@alice/follow")
        await browser.get("/follows/requests")
        assert "bob" in browser.page
        await browser.post("/@bob/refuse", {"back": "/follows/requests?said=accepted"})
        assert "No request" in browser.page and "They do not follow you." in browser.page and "follow you now" not in browser.page
        await other.post("/@alice/follow")
        await browser.post("/@bob/accept")
        await browser.get("/follows/me")
        assert "bob" in browser.page
        await browser.post("/@bob/refuse")
        await other.post("/@alice/accept")  # nobody asked
        assert other.status == 404 and not await exists(alpha, Follow)
        await other.get("/@bob/follow")
        assert "refused." not in other.page


async def test_visitors_learn_nothing_about_members(alpha: LiveServer) -> None:
    alice = await alpha.member("alice")
    async with Browser(alpha) as visitor:
        answers = []
        for path in ("/@alice", "/@nobody", "/home", "/people", "/notices", "/follows", "/m/nothing"):
            await visitor.get(path)
            answers.append(visitor.path.split("?")[0])
        assert set(answers) == {"/signin"}
        await visitor.post("/@alice/follow")
        assert visitor.status == 403
    assert await exists(alpha, Actor, id=alice.id)
