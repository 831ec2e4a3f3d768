"""Conversations across servers: what is missing comes when somebody reads, holes are said, and lists tell nobody too much."""
from __future__ import annotations

import asyncio
import json
import re
from typing import Any

import pytest
from aiohttp import web

from federation import conversations, gaps
from models import Actor, Follow, Post
from models.reach import Reach
from tests.browser import Browser
from tests.live import LiveServer, settle
from tests.peer import ACTIVITY, Peer, PeerActor
from tests.stories.scene import befriend, deliver, known, see, withdraw


async def listed(server: LiveServer, uri: str) -> list[str]:
    """The ids in a collection of another server, all pages of it, as this server may read them."""
    found: list[str] = []
    page: Any = uri
    while page:
        if isinstance(page, str):
            status, body = await server.fetch(page)
            if status != 200:
                return [str(status)]
            page = json.loads(body)
        found += page.get("orderedItems", page.get("items", []))
        page = page.get("first") or page.get("next")
    return found


async def looked(server: LiveServer, reader: Actor, post: Post, until: str) -> str:
    """Read the conversation until the job has done its work, and the page holds these words."""
    async with Browser(server, reader) as browser, asyncio.timeout(15):
        while until not in (page := await browser.get(f"/m/{post.key}")):
            await asyncio.sleep(0.1)
    return page


async def test_answers_that_nobody_here_follows_come_when_somebody_reads(alpha: LiveServer, beta: LiveServer) -> None:
    """Dora and Ed on alpha answer Alice and each other; Bea on beta follows Alice alone."""
    alice, dora, ed = [await alpha.member(name) for name in ("alice", "dora", "ed")]
    bea = await beta.member("bea")
    await befriend(beta, bea, alice, alpha)
    first = await alpha.write(alice, "The beginning")
    answer = await alpha.write(dora, "Doras answer", parent=first)
    deeper = await alpha.write(ed, "Eds answer to Dora", parent=answer)
    hidden = await alpha.write(ed, "At home only", Reach.COMMUNITY, parent=first)
    await settle(alpha, beta)
    copy = await known(beta, first)
    assert copy is not None and await known(beta, answer) is None

    page = await looked(beta, bea, copy, "Eds answer to Dora")

    assert "Doras answer" in page and "Eds answer to Dora" in page and "At home only" not in page
    assert "Read them there" not in page
    there = await known(beta, deeper)
    assert there is not None and there.parent is not None and there.parent.uri == answer.uri
    assert await listed(beta, f"{first.uri}/context") == [first.uri, answer.uri, deeper.uri]
    assert await listed(beta, f"{first.uri}/replies") == [answer.uri]
    assert await listed(beta, f"{hidden.uri}/replies") == await listed(beta, f"{answer.uri}/context") == ["404"]


async def test_lists_hold_what_their_reader_may_see(alpha: LiveServer, beta: LiveServer, gamma: LiveServer) -> None:
    """A circle's answer is named to the server of the one it is for; what was taken back is named to nobody."""
    alice, dora, bea = await alpha.member("alice"), await alpha.member("dora"), await beta.member("bea")
    first = await alpha.write(alice, "For partners")
    near = await alpha.write(alice, f"For you @bea@{beta.host}", Reach.CIRCLE, parent=first, recipients=(await see(alpha, bea),))
    doras = await alpha.write(dora, "Hers", parent=first)
    assert await listed(beta, f"{first.uri}/replies") == [near.uri, doras.uri]
    assert await listed(gamma, f"{first.uri}/context") == [first.uri, doras.uri]
    _, body = await gamma.fetch(first.uri)
    assert json.loads(body)["replies"]["first"]["items"] == [doras.uri]
    await alpha.run(withdraw(dora))
    assert doras.uri not in await listed(beta, f"{first.uri}/replies")
    assert (await gamma.fetch(f"{near.uri}/replies"))[0] == 404
    assert (await gamma.fetch(f"{first.uri}/replies?page=x"))[0] == 400
    async with Peer() as stranger:
        assert (await stranger.get(alpha, f"{first.uri}/context", stranger.actor("otto")))[0] == 403
        assert (await stranger.get(alpha, f"{first.uri}/context"))[0] == 401


async def read_by_alice(alpha: LiveServer, peer: Peer, vera: PeerActor, **more: Any) -> tuple[Actor, Post]:
    """Alice follows Vera, whose message is here, with `replies` or `context` as told."""
    alice = await alpha.member("alice")
    assert await peer.send(alpha, vera.does("Follow", alice.uri), vera) == 202
    await settle(alpha)
    there = await alpha.ask(lambda: Actor.get(uri=vera.uri))
    await alpha.ask(lambda: Follow.create(uri=f"{alice.uri}/follows/1", follower=alice, target=there,
                                          accepted_at=there.created_at))
    note = vera.note("The first", url=f"{peer.origin}/page") | more
    peer.show(note["id"], note)
    assert await peer.send(alpha, vera.does("Create", note), vera) == 202
    await settle(alpha)
    return alice, await alpha.ask(lambda: Post.get(uri=note["id"]))


async def test_answers_of_ours_name_the_collection_of_a_conversation_that_began_elsewhere(alpha: LiveServer, peer: Peer) -> None:
    """Only its own origin's collection; and when the beginning is gone, the collection still leads to the rest."""
    vera = peer.actor("vera")
    context = f"{peer.origin}/contexts/1"
    alice, first = await read_by_alice(alpha, peer, vera, context=context)
    first = await alpha.ask(lambda: Post.get(id=first.id).select_related("author"))
    answer = await alpha.write(alice, "I answer", parent=first)
    (create,) = await peer.wait_for("Create")
    assert create["object"]["context"] == context and create["object"]["inReplyTo"] == first.uri
    foreign = vera.note("Another", context="https://elsewhere.example/1")
    assert await peer.send(alpha, vera.does("Create", foreign), vera) == 202
    await settle(alpha)
    assert (await alpha.ask(lambda: Post.get(uri=foreign["id"]))).context_uri == ""

    deeper = vera.note("I answer you", inReplyTo=answer.uri)
    peer.show(deeper["id"], deeper)
    peer.show(first.uri, "", status=404)
    peer.show(context, {"type": "OrderedCollection", "id": context, "orderedItems": [first.uri, answer.uri, deeper["id"]]})
    await alpha.ask(lambda: Post.filter(uri=first.uri).delete())
    alpha.instance.gaps.want(first.uri)
    await alpha.run(conversations.complete_due(alpha.instance))
    assert await alpha.ask(lambda: Post.filter(uri=deeper["id"], conversation=first.uri).exists())


async def test_holes_are_said_with_a_link(alpha: LiveServer, peer: Peer) -> None:
    """Of Vera's answers one comes, one is gone, one is out of reach, one belongs elsewhere and one lies about its author."""
    vera = peer.actor("vera")
    notes = [vera.note(f"Answer {number}") for number in range(5)]
    alice, first = await read_by_alice(alpha, peer, vera, replies={"type": "Collection", "first": {
        "type": "CollectionPage", "items": [note["id"] for note in notes]}})
    for note in notes:
        peer.show(note["id"], note | {"inReplyTo": first.uri})
    peer.show(notes[1]["id"], "", status=404)
    peer.show(notes[2]["id"], "", status=503)
    peer.show(notes[3]["id"], notes[3] | {"inReplyTo": f"{peer.origin}/other"})
    peer.show(notes[4]["id"], notes[4] | {"inReplyTo": first.uri, "attributedTo": "https://elsewhere.example/users/x"})

    page = await looked(alpha, alice, first, "not here yet")

    assert "Answer 0" in page and "Answer 3" not in page and "Answer 4" not in page
    # by the name that the community gives itself, once that is known
    assert re.search(rf"1 answer is on ({re.escape(peer.host)}|Instance) and is not here yet\.", page)
    assert f'<a href="{peer.origin}/page" rel="noopener noreferrer">Read them there</a>' in page
    assert await alpha.ask(lambda: Post.filter(author__host=peer.host).count()) == 2
    async with Browser(alpha) as visitor:
        assert "not here yet" not in await visitor.get(f"/m/{first.key}")

    torn = vera.note("Torn off", inReplyTo=f"{peer.origin}/nowhere", url=f"{peer.origin}/torn")
    await deliver(alpha, peer, vera, vera.does("Create", torn))
    end = await alpha.ask(lambda: Post.get(uri=torn["id"]))
    async with Browser(alpha, alice) as browser:
        page = await browser.get(f"/m/{end.key}")
        assert re.search(f'began earlier[^<]*<a href="{peer.origin}/torn"[^>]*>See the conversation where it comes from', page)


async def test_a_list_without_end_costs_a_bounded_number_of_requests(alpha: LiveServer, peer: Peer) -> None:
    """Pages that name ever more messages and pages, and messages that name ever more answers; and only one look in a while."""
    vera = peer.actor("vera")

    async def endless(request: web.Request) -> web.Response:
        number = int(request.query.get("page", 0))
        items = [f"{peer.origin}/made/{number}/{item}" for item in range(100)]
        return web.json_response({"type": "OrderedCollectionPage", "orderedItems": items,
                                  "next": f"{peer.origin}/context?page={number + 1}"}, content_type=ACTIVITY)

    peer.pages["/context"] = endless
    alice, first = await read_by_alice(alpha, peer, vera, context=f"{peer.origin}/context")
    before = len(peer.fetched)
    page = await looked(alpha, alice, first, "not here yet")
    assert 0 < len(peer.fetched) - before <= gaps.DOCUMENTS_PER_MINUTE + 5
    assert "answers are on" in page
    asked = len(peer.fetched)
    await looked(alpha, alice, first, "not here yet")
    assert await alpha.run(conversations.complete_due(alpha.instance)) == 0
    assert len(peer.fetched) == asked, "not again for ten minutes"


async def test_what_a_list_names_is_not_asked_for_without_end(
        alpha: LiveServer, peer: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    """The budget of an origin does not hold off a list that names a little on each of many servers."""
    monkeypatch.setattr(conversations, "TRIES_LIMIT", 5)
    vera = peer.actor("vera")
    peer.show(f"{peer.origin}/context", {"type": "OrderedCollection", "orderedItems": [
        f"{peer.origin}/made/{number}" for number in range(100)]})
    alice, first = await read_by_alice(alpha, peer, vera, context=f"{peer.origin}/context")
    await looked(alpha, alice, first, "not here yet")
    assert sum(path.startswith("/made/") for path in peer.fetched) == 5


def test_what_is_remembered_is_bounded() -> None:
    kept = gaps.Gaps()
    for number in range(5000):
        kept.want(f"https://a.example/{number}")
        kept.found(f"https://a.example/{number}", 1)
    waiting = 0
    while kept.take():
        waiting += 1
    assert waiting == gaps.WAITING_LIMIT
    assert sum(kept.missing(f"https://a.example/{number}") for number in range(5000)) == gaps.KEPT_LIMIT


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_what_a_server_lists_below_a_message_of_its_own_was_let(alpha: LiveServer, peer: Peer) -> None:
    """Nobody may answer Vera any more. Eve's answer is from before: Vera's server shows it; Eve's other one only Eve's does."""
    vera, viktor = peer.actor("vera"), peer.actor("viktor")
    async with Peer() as third:
        await third.become(alpha)
        eve = third.actor("eve")
        first = f"{peer.origin}/replies"
        alice, post = await read_by_alice(alpha, peer, vera, replies=first,
                                          interactionPolicy={"canReply": {"automaticApproval": [vera.uri]}})
        old, new = (eve.note(text, inReplyTo=post.uri) for text in ("From before", "Pushed in"))
        beside = viktor.note("From her own server", inReplyTo=post.uri)
        third.show(old["id"], old | {"replies": {"type": "Collection", "items": [new["id"]]}})
        third.show(new["id"], new)
        peer.show(beside["id"], beside)
        peer.show(first, {"type": "Collection", "id": first, "items": [old["id"]]})
        await deliver(alpha, third, eve, eve.does("Create", old | {"cc": [alice.uri]}))
        assert not await alpha.ask(lambda: Post.exists(uri=old["id"])), "nothing says that it was let"
        await deliver(alpha, peer, viktor, viktor.does("Create", beside | {"cc": [alice.uri]}))
        alpha.instance.gaps.want(post.uri)
        await alpha.run(conversations.complete_due(alpha.instance))
        there = await alpha.ask(lambda: Post.filter(parent_id=post.id).values_list("uri", flat=True))
        assert {*there} == {old["id"], beside["id"]} and third.fetched.count(new["id"].removeprefix(third.origin)) == 1
