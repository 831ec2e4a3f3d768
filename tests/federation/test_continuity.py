"""Servers that come back after a silence, and servers that do not (security.md R13, R21)."""
from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from federation import continuity, keys
from federation.signatures import Key
from models import Actor, ActorKey, Delivery, Follow, Host, OutgoingActivity, clock
from models.host import Standing
from models.ids import new_key
from models.member import Role
from models.notification import Notice
from server.actions import partners
from tests.live import LiveServer, settle
from tests.peer import Peer, PeerActor, rsa_key
from tests.stories.scene import deliver, notices


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


async def test_nobody_on_a_dead_server_follows_for_ever(db: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """A month of tries that fail; days of answers that one inbox is gone. A few at a time, however many are long dead."""
    monkeypatch.setattr(continuity, "AT_ONCE", 2)
    now = clock.now()
    old, lately, late = now - timedelta(days=40), now - timedelta(days=20), now - timedelta(days=4)
    alice = await Actor.create(uri="https://here.example/alice", name="alice", inbox_uri="")
    dead = {"heard_at": old, "reached_at": old, "failures": 1, "created_at": old}
    hosts: dict[str, dict[str, Any]] = {
        "1empty": {}, "2empty": {}, "3empty": {}, "dead": {}, "never": {"heard_at": None, "reached_at": None},
        "heard": {"heard_at": lately}, "reached": {"reached_at": lately}, "well": {"failures": 0}, "new": {"created_at": lately}}
    tries: dict[str, list[tuple[str, int, datetime]]] = {
        "gone": [("failed", 410, late), ("failed", 404, late), ("failed", 410, now)], "twice": [("failed", 410, late)] * 2,
        "today": [("failed", 410, now)] * 3, "ill": [("failed", 500, late)] * 3, "tried": [("waiting", 410, late)] * 3,
        "took": [("failed", 410, late)] * 3 + [("done", 202, now)], "left": [("failed", 410, late)] * 3 + [("done", 202, old)]}
    for name, columns in hosts.items():
        await Host.create(name=name)
        await Host.filter(name=name).update(**dead | columns)
    for name in (*hosts, *tries):
        if "empty" not in name:
            there = await Actor.create(uri=f"https://{name}/x", name=name, host=name, inbox_uri=f"https://{name}/x/inbox")
            await Follow.create(uri=f"{name}/1", follower=there, target=alice, accepted_at=now)
            await Follow.create(uri=f"{name}/2", follower=alice, target=there, accepted_at=now)
    for name, answers in tries.items():
        for state, status, when in answers:
            key = new_key()
            sent = await OutgoingActivity.create(key=key, uri=f"https://here.example/{key}", actor=alice, kind="Create",
                                                 object_uri="x", body="")
            await Delivery.create(activity=sent, host=name, inbox_uri=f"https://{name}/x/inbox", object_uri="x", state=state,
                                  status=status, done_at=when)
    assert [await continuity.let_go() for _ in range(3)] == [2, 2, 0]
    left = set(await Follow.filter(target=alice).values_list("follower__name", flat=True))
    assert left == {"heard", "reached", "well", "new", "twice", "today", "ill", "tried", "took"}
    assert await Follow.filter(follower=alice).count() == 13, "whom our members follow is theirs to decide"
