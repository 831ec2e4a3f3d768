"""The door: who may say what to us at all, asked before anything is read from anywhere (security.md R1 to R6)."""
from __future__ import annotations

import pytest

from models import Actor, InboxItem, Post, clock
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


async def test_who_is_suspended_takes_back_what_is_theirs_and_says_nothing_new(
        alpha: LiveServer, peer: Peer, alice: Actor, vera: PeerActor, mallory: PeerActor) -> None:
    """By their own server, which may also say that they are back, or by our team. Who left is not heard at all."""
    here, gone, shut = vera.note("hers"), [one.note("gone") for one in (vera, mallory)], vera.document | {"suspended": True}
    for one, *notes in ((vera, here, gone[0]), (mallory, gone[1])):
        await scene.follow(alpha, alice, one)
        await scene.deliver(alpha, peer, one, *(one.does("Create", note) for note in notes))

    async def known(who: PeerActor) -> Actor:
        return await alpha.ask(lambda: Actor.get(uri=who.uri))

    async def left() -> list[str]:
        kept = await alpha.ask(lambda: Post.filter(author__host=peer.host, deleted_at__isnull=True))
        return [post.uri for post in kept if "changed" not in post.html]
    assert await told(alpha, peer, vera, vera.does("Update", shut)) == ["done"] and (await known(vera)).is_gone
    await alpha.ask(lambda: Actor.filter(uri=mallory.uri).update(suspended_at=clock.now()))
    newer = here | {"content": "changed", "updated": "2026-06-01T00:00:00Z"}
    await scene.deliver(alpha, peer, vera, vera.does("Update", newer), vera.does("Create", vera.note("new")))
    await scene.deliver(alpha, peer, mallory, mallory.does("Update", mallory.document | {"name": "Changed"}))
    assert len(await left()) == 3 and (await known(mallory)).display_name == "Mallory"
    assert await told(alpha, peer, vera, vera.does("Like", vera.uri)) == ["done"], "it is not looked at, else it would be refused"
    for one, note in zip((vera, mallory), gone, strict=True):
        await scene.deliver(alpha, peer, one, one.does("Delete", note["id"]))
    assert await left() == [here["id"]]
    await scene.deliver(alpha, peer, vera, vera.does("Update", vera.document))
    assert not (await known(vera)).is_gone and (await known(mallory)).deleted_at is None
    for one in (vera, mallory):
        await scene.deliver(alpha, peer, one, one.does("Update", one.document | {"suspended": True}), one.does("Delete", one.uri))
        assert (await known(one)).deleted_at
        assert await told(alpha, peer, one, one.does("Update", one.document)) == ["401"]
    assert await left() == []


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
