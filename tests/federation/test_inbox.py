"""The door: who may say what to us at all, asked before anything is read from anywhere (security.md R1 to R6)."""
from __future__ import annotations

import pytest

from models import Actor, InboxItem, Post
from models.host import Standing
from tests.federation.test_lies import told
from tests.live import LiveServer
from tests.peer import Peer, PeerActor
from tests.stories import scene


@pytest.fixture
def database_kind() -> str:
    """One database: what ends at the door leaves nothing in any."""
    return "sqlite"


async def test_a_partner_that_waits_for_our_hosts_changes_and_takes_back_and_says_nothing_new(
        alpha: LiveServer, peer: Peer, alice: Actor, vera: PeerActor) -> None:
    await scene.follow(alpha, alice, vera)
    note, gone = vera.note("hers"), vera.note("gone")
    await scene.deliver(alpha, peer, vera, vera.does("Create", note), vera.does("Create", gone))
    await peer.become(alpha, Standing.PAUSED)
    newer = note | {"content": "changed", "updated": "2026-06-01T00:00:00Z"}
    new = [vera.does("Create", vera.note("new")), vera.does("Follow", alice.uri), vera.does("Like", alice.uri)]
    assert await told(alpha, peer, vera, *new) == ["403"] * 3
    assert await told(alpha, peer, vera, vera.does("Update", newer), vera.does("Delete", gone["id"])) == ["done"] * 2
    left = await alpha.ask(lambda: Post.filter(author__host=peer.host, deleted_at__isnull=True))
    assert [(post.uri, "changed" in post.html) for post in left] == [(note["id"], True)]


@pytest.mark.parametrize("standing", [Standing.SUSPENDED, Standing.UNKNOWN])
async def test_what_strangers_may_say_is_said_by_strangers(
        alpha: LiveServer, peer: Peer, vera: PeerActor, standing: Standing) -> None:
    """An Offer is heard of somebody new, and not of those whom our hosts have shown out; an answer only where we asked; and of
    what concerns copies nothing where there never was one.
    """
    await peer.become(alpha, standing)
    partnership = {"type": "Relationship", "subject": peer.instance.uri, "relationship": f"{peer.origin}/ns#partner",
                   "object": f"{alpha.origin}/actor"}
    said = {kind: (await told(alpha, peer, peer.instance, peer.instance.does(kind, partnership)))[0]
            for kind in ("Accept", "Reject", "Undo", "Withdraw", "Acknowledge", "Offer")}
    assert {kind for kind, outcome in said.items() if outcome != "403"} == ({"Offer"} if standing is Standing.UNKNOWN else set())


async def test_nothing_is_read_for_a_word_about_others(
        alpha: LiveServer, peer: Peer, alice: Actor, vera: PeerActor) -> None:
    """Neither for an actor of another server than the key's, nor for a key whose page names an owner elsewhere or another key."""
    async with Peer() as evil:
        await evil.become(alpha)
        eve = evil.actor("eve")
        liar = PeerActor(vera.uri, eve.key, vera.document)
        assert await evil.send(alpha, liar.does("Follow", alice.uri), liar) == 401
        assert evil.fetched == []
        for number, more in enumerate(({"owner": vera.uri}, {"id": f"{evil.origin}/keys/other"})):
            odd = evil.actor(f"odd{number}", key_path=f"/keys/{number}")
            public = {"id": odd.key.id, "owner": odd.uri, "publicKeyPem": "x"} | more
            evil.show(odd.key.id, {"id": odd.uri, "type": "Person", "publicKey": public})
            assert await evil.send(alpha, odd.does("Follow", alice.uri), odd) == 401
    assert peer.fetched == []
    assert await alpha.ask(lambda: InboxItem.all().count()) == 0
