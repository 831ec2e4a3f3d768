"""What other servers can learn from us: never more than they were meant to (security.md §1, LINDDUN P2, P6, P20)."""
from __future__ import annotations

import json
from typing import Any

import pytest

from models import Actor, Community, Post
from models.host import Standing
from models.reach import Reach
from server.actions import removal
from server.keys import MEDIA
from tests.live import LiveServer, settle
from tests.peer import Peer


@pytest.fixture
def database_kind() -> str:
    """One database: these are rules of who may read, asked in one form of SQL that the stories try on both."""
    return "sqlite"


@pytest.fixture
async def alice(alpha: LiveServer) -> Actor:
    """Our member, known elsewhere."""
    return await alpha.member("alice", email="alice@private.example", confirmed=True)


def keys_of(thing: Any) -> set[str]:
    """Every name in a document, however deep."""
    if isinstance(thing, dict):
        return set(thing) | set().union(*(keys_of(inner) for inner in thing.values()), set())
    return set().union(*(keys_of(inner) for inner in thing), set()) if isinstance(thing, list) else set()


async def test_absent_hidden_and_forbidden_get_one_answer(alpha: LiveServer, peer: Peer, alice: Actor) -> None:
    """CVE-2025-67500: messages, members, names; status and body are the same."""
    otto, shy = peer.actor("otto"), await alpha.member("shy", shares=False)
    hidden = [await alpha.write(alice, "x", reach) for reach in (Reach.ME, Reach.COMMUNITY)]
    erased = await alpha.write(alice, "y", Reach.COMMUNITY)
    await alpha.run(removal.delete(erased, alpha.app[MEDIA]))
    answers = {await peer.get(alpha, post.uri, otto) for post in (*hidden, erased)}
    answers |= {await peer.get(alpha, path, otto) for path in ("/posts/nothing", "/posts/nothing/replies", "/stamps/nothing",
                                                               "/actors/nothing", shy.uri, f"{shy.uri}/outbox")}
    assert {status for status, _ in answers} == {404} and len(answers) == 1
    names = {await peer.get(alpha, f"/.well-known/webfinger?resource=acct:{name}@{alpha.host}") for name in ("shy", "nobody")}
    names |= {await peer.get(alpha, f"/.well-known/webfinger?resource={uri}") for uri in (shy.uri, f"{alpha.origin}/actors/1")}
    assert {status for status, _ in names} == {404} and len(names) == 1
    for resource in ("", "x" * 1001):
        assert (await peer.get(alpha, f"/.well-known/webfinger?resource={resource}"))[0] == 400


async def test_nobody_reads_without_a_signature(alpha: LiveServer, peer: Peer, alice: Actor) -> None:
    post = await alpha.write(alice, "x", Reach.PARTNERS)
    for path in (post.uri, alice.uri, f"{alice.uri}/outbox", f"{alice.uri}/followers", f"{alice.uri}/following"):
        assert (await peer.get(alpha, path))[0] == 401


async def test_the_instance_actor_is_read_by_anybody_and_names_no_member(alpha: LiveServer, peer: Peer, alice: Actor) -> None:
    status, body = await peer.get(alpha, "/actor")
    document = json.loads(body)
    assert status == 200 and document["type"] == "Application" and "alice" not in body.decode()
    for name in ("outbox", "followers", "following", "featured"):
        status, body = await peer.get(alpha, document[name])
        assert status == 200 and json.loads(body)["orderedItems"] == []


async def test_the_outbox_shows_what_is_for_the_whole_web_whoever_asks(alpha: LiveServer, peer: Peer, alice: Actor) -> None:
    """CVE-2026-25808."""
    async def open_up() -> None:
        await (await Community.current()).change(ceiling=Reach.WEB)
    await alpha.run(open_up())
    reaches = (Reach.ME, Reach.COMMUNITY, Reach.PARTNERS, Reach.WEB)
    written = {reach: await alpha.write(alice, f"for {reach}", reach) for reach in reaches}
    otto = peer.actor("otto")
    status, body = await peer.get(alpha, f"{alice.uri}/outbox", otto)
    first = json.loads(body)["first"]
    _, page = await peer.get(alpha, first, otto)
    assert status == 200
    assert [item["object"]["id"] for item in json.loads(page)["orderedItems"]] == [written[Reach.WEB].uri]


async def test_a_server_reads_of_followers_only_its_own(alpha: LiveServer, peer: Peer, alice: Actor) -> None:
    """As in FEP-8fcf; nobody learns who else follows, or how many."""
    async with Peer() as second:
        await second.become(alpha)
        mine, theirs = peer.actor("otto"), second.actor("gina")
        for server, one in ((peer, mine), (second, theirs)):
            assert await server.send(alpha, one.does("Follow", alice.uri), one) == 202
        await settle(alpha)
        _, body = await peer.get(alpha, f"{alice.uri}/followers", mine)
        assert json.loads(body)["orderedItems"] == [mine.uri]


async def test_no_document_counts_anybody(alpha: LiveServer, peer: Peer, alice: Actor) -> None:
    """P20, FEP-0151: how many have a disease is nobody's business."""
    otto, post = peer.actor("otto"), await alpha.write(alice, "x", Reach.PARTNERS)
    paths = [alice.uri, post.uri, f"{alice.uri}/outbox", f"{alice.uri}/outbox?page=first", f"{alice.uri}/followers",
             f"{alice.uri}/following", f"{alice.uri}/featured", "/actor", "/nodeinfo/2.0", "/nodeinfo/2.1"]
    for path in paths:
        status, body = await peer.get(alpha, path, otto)
        assert status == 200, path
        names = keys_of(json.loads(body))
        assert not names & {"totalItems", "total", "activeMonth", "activeHalfyear", "localPosts", "localComments"}, path


async def test_an_actor_document_tells_what_was_meant_for_others(alpha: LiveServer, peer: Peer, alice: Actor) -> None:
    """No e-mail address, no exact time of joining, no private key; what peers need is there."""
    _, body = await peer.get(alpha, alice.uri, peer.actor("otto"))
    document = json.loads(body)
    assert b"private.example" not in body and b"PRIVATE" not in body
    assert document["published"].endswith("T00:00:00Z")
    assert document["publicKey"]["owner"] == document["id"] == alice.uri
    assert document["assertionMethod"][0]["type"] == "Multikey"
    assert document["webfinger"] == f"alice@{alpha.host}"
    assert (await peer.get(alpha, alice.uri, peer.actor("otto")))[1] == body, "also to those who know her by now"


async def test_open_servers_get_what_is_for_the_whole_web_and_nothing_else(alpha: LiveServer, peer: Peer, alice: Actor) -> None:
    async def open_up() -> None:
        await (await Community.current()).change(ceiling=Reach.WEB)
    await alpha.run(open_up())
    otto = peer.actor("otto")
    assert await peer.send(alpha, otto.does("Follow", alice.uri), otto) == 202
    await peer.wait_for("Accept")
    for standing, expected in ((Standing.OPEN, [Reach.WEB]), (Standing.LIMITED, [Reach.WEB]),
                               (Standing.PARTNER, [Reach.PARTNERS, Reach.WEB]), (Standing.SUSPENDED, [])):
        await peer.become(alpha, standing)
        peer.received.clear()
        written = {reach: await alpha.write(alice, "x", reach) for reach in (Reach.COMMUNITY, Reach.PARTNERS, Reach.WEB)}
        await settle(alpha)
        came = {activity["object"]["id"] for activity in peer.of_kind("Create")}
        assert came == {written[reach].uri for reach in expected}, standing
        for reach, post in written.items():
            assert ((await peer.get(alpha, post.uri, otto))[0] == 200) == (reach in expected), (standing, reach)


async def test_what_servers_that_are_not_partners_say_to_some_is_not_taken(alpha: LiveServer, peer: Peer, alice: Actor) -> None:
    """An open host exchanges public messages only."""
    await peer.become(alpha, Standing.OPEN)
    otto = peer.actor("otto")
    for note in (otto.note(to=[alice.uri]), otto.note(to=[f"{otto.uri}/followers", alice.uri])):
        assert await peer.send(alpha, otto.does("Create", note), otto) == 202
    await settle(alpha)

    assert await alpha.ask(lambda: Post.filter(author__host=peer.host).count()) == 0
