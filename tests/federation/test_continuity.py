"""Servers that come back after a silence, and servers that do not (security.md R13, R21)."""
from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from federation import continuity, keys
from federation.signatures import Key
from models import Actor, ActorKey, Delivery, Follow, Host, OutgoingActivity, Post, clock
from models.delivery import DeliveryState
from models.host import Standing
from models.ids import new_key
from models.member import Role
from models.notification import Notice
from server.actions import partners
from tests.live import LiveServer, settle
from tests.peer import Peer, PeerActor, rsa_key
from tests.stories.scene import deliver, follow, notices


async def quiet(server: LiveServer, peer: Peer, days: int = 40) -> None:
    """So long nothing has come from a peer."""
    then = clock.now() - timedelta(days=days)

    async def age() -> None:
        await Host.filter(name=peer.host).update(heard_at=then, decided_at=then, created_at=then, reached_at=then)
        await ActorKey.filter(actor__host=peer.host).update(created_at=then)
        await Actor.filter(host=peer.host).update(created_at=then)
    await server.run(age())
    server.instance.continuous._kept.clear()
    server.instance.arrivals._heard.clear()


def rekeyed(peer: Peer, actor: PeerActor) -> PeerActor:
    """The same person, by the documents, with a key that nobody has seen."""
    key = Key(actor.key.id, rsa_key(77))
    public = {"id": key.id, "owner": actor.uri, "publicKeyPem": keys.public_pem(key.private.public_key())}
    peer.show(actor.uri, actor.document | {"publicKey": public})
    return PeerActor(actor.uri, key, actor.document)


async def host_of(server: LiveServer, peer: Peer) -> Any:
    return await server.ask(lambda: Host.get(name=peer.host))


async def test_a_partner_that_comes_back_with_another_key_is_kept_out_until_somebody_looks(alpha: LiveServer, peer: Peer) -> None:
    """A new owner of the domain copies the documents. Our hosts hear of it, followers wait, nothing private leaves."""
    alice, boss = await alpha.member("alice"), await alpha.member("boss", role=Role.HOST)
    otto = peer.actor("otto")
    await deliver(alpha, peer, otto, otto.does("Follow", alice.uri))
    await quiet(alpha, peer, days=20)
    assert await peer.send(alpha, otto.does("Like", alice.uri), otto) == 202
    await settle(alpha)

    await quiet(alpha, peer)
    thief = rekeyed(peer, otto)
    assert await peer.send(alpha, thief.does("Like", alice.uri), thief) == 403
    host = await host_of(alpha, peer)
    assert host.standing is Standing.SUSPENDED and host.quarantined_at and "other keys" in host.reason
    assert (await peer.get(alpha, alice.uri, thief))[0] == 403
    assert Notice.QUARANTINE in [kind for kind, _ in await notices(alpha, boss)]
    assert not await alpha.ask(lambda: Follow.filter(target=alice, accepted_at__isnull=False).exists())
    peer.received.clear()
    await alpha.write(alice, "For partners")
    await settle(alpha)
    assert not peer.of_kind("Create")

    await alpha.run(partners.allow(alpha.instance, peer.host, None))
    alpha.instance.continuous._kept.clear()
    assert await peer.send(alpha, thief.does("Like", alice.uri), thief) == 202
    assert (await host_of(alpha, peer)).quarantined_at is None
    await settle(alpha)
    await alpha.write(alice, "For partners again")
    await settle(alpha)
    assert not peer.of_kind("Create"), "who followed has to be let in again"


async def test_a_partner_that_comes_back_as_itself_goes_on(alpha: LiveServer, peer: Peer) -> None:
    """With the old key; or as somebody new, while the server shows its own old key."""
    alice, otto = await alpha.member("alice"), peer.actor("otto")
    await deliver(alpha, peer, peer.instance, peer.instance.does("Like", alice.uri))
    await deliver(alpha, peer, otto, otto.does("Follow", alice.uri))
    await alpha.ask(lambda: Host.filter(name=peer.host).update(instance_uri=peer.instance.uri))
    for speaker in (otto, peer.actor("newcomer")):
        await quiet(alpha, peer)
        assert await peer.send(alpha, speaker.does("Like", alice.uri), speaker) == 202
        await settle(alpha)
    await quiet(alpha, peer)
    rekeyed(peer, peer.instance)
    last = peer.actor("last")
    assert await peer.send(alpha, last.does("Like", alice.uri), last) == 403, "neither the person nor the server is known"


async def test_who_was_known_before_comes_back_with_the_key_from_before(alpha: LiveServer, peer: Peer) -> None:
    """The server that shows its own old key speaks for newcomers, not for those whom we knew."""
    alice, otto = await alpha.member("alice"), peer.actor("otto")
    await deliver(alpha, peer, peer.instance, peer.instance.does("Like", alice.uri))
    await deliver(alpha, peer, otto, otto.does("Follow", alice.uri))
    await alpha.ask(lambda: Host.filter(name=peer.host).update(instance_uri=peer.instance.uri))
    await quiet(alpha, peer)
    thief = rekeyed(peer, otto)
    assert await peer.send(alpha, thief.does("Like", alice.uri), thief) == 403
    assert (await host_of(alpha, peer)).standing is Standing.SUSPENDED


async def test_nobody_on_a_dead_server_follows_for_ever(alpha: LiveServer, peer: Peer) -> None:
    """A month of tries that fail; days of answers that one inbox is gone. One that lives keeps its followers."""
    alice, bob = await alpha.member("alice"), await alpha.member("bob")
    otto, vera = peer.actor("otto"), peer.actor("vera")
    for one in (otto, vera):
        await deliver(alpha, peer, one, one.does("Follow", alice.uri))
    await follow(alpha, bob, otto)
    post = await alpha.write(alice, "Hello")
    await settle(alpha)
    assert await alpha.run(continuity.let_go()) == 0
    for number in range(3):
        await alpha.run(_answered_gone(alice, post, f"{otto.uri}/inbox", clock.now() - timedelta(days=4 + number)))
    assert await alpha.run(continuity.let_go()) == 0, "it took something a moment ago"
    await alpha.ask(lambda: Delivery.filter(state=DeliveryState.DONE).delete())
    assert await alpha.run(continuity.let_go()) == 1
    left = await alpha.ask(lambda: Follow.get(target=alice).select_related("follower"))
    assert left.follower.uri == vera.uri
    await quiet(alpha, peer)
    assert await alpha.run(continuity.let_go()) == 0, "silent is not dead"
    await alpha.ask(lambda: Host.filter(name=peer.host).update(failures=9))
    assert await alpha.run(continuity.let_go()) == 1
    assert await alpha.ask(lambda: Follow.filter(follower=bob).exists()), "whom our members follow is theirs to decide"


async def _answered_gone(actor: Actor, post: Post, inbox: str, when: datetime) -> None:
    key = new_key()
    activity = await OutgoingActivity.create(key=key, uri=f"{actor.uri}/{key}", actor=actor, kind="Create", object_uri=post.uri,
                                             body="")
    await Delivery.create(activity=activity, host="gone.example", inbox_uri=inbox, object_uri=post.uri, status=410, done_at=when,
                          state=DeliveryState.FAILED)
