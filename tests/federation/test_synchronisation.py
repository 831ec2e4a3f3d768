"""Two servers that disagree on who follows whom agree again (FEP-8fcf), and nobody is made to say more than they said."""
from __future__ import annotations

import asyncio
import hashlib

import pytest
from aiohttp import web

from federation import follower_digests, synchronisation
from federation.follower_digests import HEADER, Drifts, Stated
from models import Actor, Follow
from models.host import Standing
from tests.live import PATIENCE_SECONDS, LiveServer, settle
from tests.peer import Peer, PeerActor
from tests.stories.scene import befriend, known


def test_a_digest_is_the_exclusive_or_of_all() -> None:
    one, two = (hashlib.sha256(uri.encode()).digest() for uri in ("https://a.example/1", "https://a.example/2"))
    joined = bytes(left ^ right for left, right in zip(one, two, strict=True)).hex()
    assert follower_digests.digest(["https://a.example/2", "https://a.example/1"]) == joined
    assert follower_digests.digest([]) == "0" * 64


@pytest.mark.parametrize(("header", "stated"), [
    ('collectionId="https://a.example/f", url="https://a.example/s", digest="ABCD"',
     Stated("https://a.example/f", "https://a.example/s", "abcd")),
    ('digest="ab",url="u",collectionId="c"', Stated("c", "u", "ab")),
    ("", None), ("nonsense", None), ('collectionId="c", url="u"', None), ('collectionId="c", url="u", digest=""', None),
    ('a="' * 5000, None),
])
def test_the_header_is_read(header: str, stated: Stated | None) -> None:
    assert follower_digests.parse(header) == stated


def test_what_drifts_is_bounded_and_looked_at_once_in_a_while() -> None:
    drifts = Drifts()
    assert drifts.is_due(1) and not drifts.is_due(1)
    for number in range(5000):
        drifts.is_due(number)
        drifts.add(number, "https://a.example/")
    assert drifts.take() == (0, "https://a.example/") and not drifts.is_due(0)
    taken = 1
    while drifts.take():
        taken += 1
    assert taken == follower_digests.DRIFTS_LIMIT


async def until(server: LiveServer, followers: int, target: Actor) -> None:
    """Wait until so many members of a server follow somebody there."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while await server.ask(lambda: Follow.filter(target__uri=target.uri, accepted_at__isnull=False).count()) != followers:
            await asyncio.sleep(0.05)


async def test_a_follower_who_was_sent_away_unheard_and_one_who_left_unheard(alpha: LiveServer, beta: LiveServer) -> None:
    """Alice no longer has Bea as a follower, but still Ben, who left; after Alice's next message both servers agree."""
    alice, bea, ben, bob = (await alpha.member("alice"), *[await beta.member(name) for name in ("bea", "ben", "bob")])
    for member in (bea, ben, bob):
        await befriend(beta, member, alice, alpha)
    await alpha.ask(lambda: Follow.filter(follower__uri=bea.uri).delete())
    await beta.ask(lambda: Follow.filter(follower__uri=ben.uri).delete())

    post = await alpha.write(alice, "Hello")
    await until(beta, 1, alice)
    await settle(alpha, beta)

    assert await known(beta, post) is not None
    for server in (alpha, beta):
        assert await server.ask(lambda: Follow.all().values_list("follower__uri", flat=True)) == [bob.uri]


async def test_a_yes_that_got_lost_is_found(alpha: LiveServer, beta: LiveServer) -> None:
    """Bea's server never heard that Alice said yes."""
    alice, bea, ben = await alpha.member("alice"), await beta.member("bea"), await beta.member("ben")
    await befriend(beta, bea, alice, alpha)
    await befriend(beta, ben, alice, alpha)
    await beta.ask(lambda: Follow.filter(follower__uri=bea.uri).update(accepted_at=None))
    await alpha.write(alice, "Hello")
    await until(beta, 2, alice)


async def said(alpha: LiveServer, peer: Peer, vera: PeerActor, **change: str) -> None:
    """Vera's server sends something with its header; alpha looks into what it drew from it."""
    stated = {"collectionId": f"{vera.uri}/followers", "url": f"{vera.uri}/sync", "digest": "0" * 64} | change
    header = ", ".join(f'{name}="{value}"' for name, value in stated.items())
    alpha.instance.drifts.__init__()
    activity = vera.does("Like", f"{alpha.origin}/posts/x")
    assert await peer.send(alpha, activity, vera, change=lambda headers: headers.update({HEADER: header})) == 202
    await alpha.run(synchronisation.settle_due(alpha.instance))


async def test_only_the_owners_own_whole_list_counts(alpha: LiveServer, peer: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lists elsewhere, of others, without end or that are none; and a member whom that server was never told of."""
    alice, dora, vera = await alpha.member("alice"), await alpha.member("dora"), peer.actor("vera")
    assert await peer.send(alpha, vera.does("Follow", alice.uri), vera) == 202
    await settle(alpha)
    there = await alpha.ask(lambda: Actor.get(uri=vera.uri))
    await alpha.ask(lambda: Follow.create(uri=f"{alice.uri}/follows/1", follower=alice, target=there,
                                          accepted_at=alice.created_at))

    async def following() -> int:
        return await alpha.ask(lambda: Follow.filter(follower_id=alice.id).count())

    async def endless(request: web.Request) -> web.Response:
        return web.json_response({"type": "CollectionPage", "items": [], "next": f"{vera.uri}/endless?{len(peer.fetched)}"},
                                 content_type="application/activity+json")

    lists = {"type": "OrderedCollection", "orderedItems": []}
    peer.show(f"{peer.origin}/other", lists)
    await said(alpha, peer, vera, url="https://elsewhere.example/sync")
    async with Peer() as other:
        await other.become(alpha)
        other.show(f"{other.origin}/sync", lists)
        await said(alpha, peer, vera, url=f"{other.origin}/sync")
        assert "/sync" not in other.fetched and await following() == 1
    await said(alpha, peer, vera, collectionId=f"{peer.origin}/users/otto/followers", url=f"{peer.origin}/other")
    await said(alpha, peer, vera)  # 404
    peer.show(f"{vera.uri}/note", {"type": "Note", "orderedItems": []})
    peer.show(f"{vera.uri}/led-away", lists | {"next": "https://elsewhere.example/sync?2"})
    peer.show(f"{vera.uri}/long", lists | {"orderedItems": [f"{alpha.origin}/actors/{number}" for number in range(4)]})
    monkeypatch.setattr(synchronisation, "FOLLOWERS_LIMIT", 3)
    for name in ("note", "led-away", "long"):
        await said(alpha, peer, vera, url=f"{vera.uri}/{name}")
        assert peer.fetched[-1] == f"/users/vera/{name}" and await following() == 1, name
    peer.pages["/users/vera/endless"] = endless
    before = len(peer.fetched)
    await said(alpha, peer, vera, url=f"{vera.uri}/endless")
    assert len(peer.fetched) - before == synchronisation.PAGES_LIMIT
    alpha.instance.drifts.add(there.id, f"{vera.uri}/suspended")
    await peer.become(alpha, Standing.SUSPENDED)
    await alpha.run(synchronisation.settle_due(alpha.instance))
    assert "/users/vera/suspended" not in peer.fetched
    await peer.become(alpha)
    assert await following() == 1

    peer.show(f"{vera.uri}/sync2", lists | {"orderedItems": [alice.uri, dora.uri, f"{alpha.origin}/actors/nobody"]})
    await said(alpha, peer, vera, url=f"{vera.uri}/sync2")
    await settle(alpha)
    assert await following() == 1
    assert peer.of_kind("Undo") == [], "Dora was never named there, and is not now"

    peer.show(f"{vera.uri}/sync3", lists | {"orderedItems": [dora.uri]})
    await said(alpha, peer, vera, url=f"{vera.uri}/sync3")
    assert await following() == 0
