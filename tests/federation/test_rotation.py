"""Keys change, ours and those of others, and nothing is lost (security.md R19, R20)."""
from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

from aiohttp import ClientSession

from federation import keys, rotation, signatures
from federation.keys import load_private
from federation.signatures import Key
from models import Actor, ActorKey, Host, InboxItem, clock
from models.actor import KeyKind
from tests.conftest import NewDatabase
from tests.live import LiveServer, settle
from tests.peer import ACTIVITY, Peer, PeerActor, rsa_key
from tests.stories.scene import befriend, known


async def keys_at(server: LiveServer, actor: Actor) -> set[str]:
    """The ids of the keys of somebody that a server knows."""
    return set(await server.ask(lambda: ActorKey.filter(actor__uri=actor.uri).values_list("uri", flat=True)))


async def say(server: LiveServer, actor: Actor, key: Key, number: int) -> int:
    """Send something of a member of another server, signed with one key by hand; the status."""
    inbox = f"{server.origin}/inbox"
    said = {"id": f"{actor.uri}/said/{number}", "type": "Like", "actor": actor.uri, "object": f"{server.origin}/x"}
    body = json.dumps(said).encode()
    headers = dict(signatures.sign_cavage("POST", inbox, body, key, clock.now())) | {"Content-Type": ACTIVITY}
    async with ClientSession() as http, http.post(inbox, data=body, headers=headers) as answer:
        return answer.status


async def test_our_rotation_loses_nothing_and_ends_the_old_keys_later(alpha: LiveServer, beta: LiveServer) -> None:
    """What waits while Alice's keys change arrives; Bea's server knows both keys, until the old ones are retired."""
    alice, bea = await alpha.member("alice"), await beta.member("bea")
    await befriend(beta, bea, alice, alpha)
    before = await keys_at(beta, alice)
    row = await alpha.ask(lambda: ActorKey.signing(alice.id, KeyKind.RSA))
    old = Key(row.uri, load_private(row.private_pem))

    waiting = [await alpha.write(alice, f"Number {number}") for number in range(3)]
    await alpha.run(rotation.rotate(alice))
    waiting.append(await alpha.write(alice, "After"))
    await settle(alpha, beta)

    assert [await known(beta, post) is not None for post in waiting] == [True] * 4
    both = await keys_at(beta, alice)
    assert len(both) == 4 and before < both
    assert await say(beta, alice, old, 1) == 202

    assert await alpha.run(rotation.retire_due()) == 0, "not before the overlap is over"
    long_ago = clock.now() - rotation.OVERLAP - timedelta(hours=1)
    await alpha.ask(lambda: ActorKey.filter(actor_id=alice.id).update(created_at=long_ago))
    assert await alpha.run(rotation.retire_due()) == 1
    await settle(alpha, beta)
    assert await keys_at(beta, alice) == both - before
    assert await say(beta, alice, old, 2) == 401
    assert not await alpha.ask(lambda: ActorKey.exists(uri=old.id, retired_at__isnull=True))
    assert await alpha.ask(lambda: ActorKey.filter(actor_id=alice.id).exclude(private_pem="").count()) == 2


async def test_the_communitys_own_keys_change_and_its_partners_hear_of_it(alpha: LiveServer, beta: LiveServer) -> None:
    """Stolen keys end at once; fetches go on with the new ones."""
    alice, bea = await alpha.member("alice"), await beta.member("bea")
    await befriend(beta, bea, alice, alpha)
    us = alpha.instance.actor
    async def name_instance() -> None:
        await (await Host.called(beta.host)).change(instance_uri=beta.instance.actor.uri)
    await alpha.run(name_instance())
    before = await keys_at(alpha, us)
    await alpha.run(rotation.rotate(us, retire_now=True))
    await settle(alpha, beta)

    there = await keys_at(beta, us)
    assert len(there) == 2 and not there & before
    assert (await alpha.fetch(bea.uri))[0] == 200


def people(peer: Peer) -> int:
    """How often people of a server were asked for; who speaks for it is looked at when it becomes a partner."""
    return sum(path.startswith("/users/") for path in peer.fetched)


async def test_a_peers_new_key_counts_at_once_and_its_old_one_never_again(
        new_database: NewDatabase, tmp_path: Path) -> None:
    """Under the same id, as most programs do it; and what fits no key costs one request in half a minute."""
    async with LiveServer(await new_database(), tmp_path / "alpha", key_refetch_seconds=30) as alpha, Peer() as peer:
        await peer.become(alpha)
        alice, vera = await alpha.member("alice"), peer.actor("vera")
        assert await peer.send(alpha, vera.does("Follow", alice.uri), vera) == 202
        changed = PeerActor(vera.uri, Key(vera.key.id, rsa_key(77)), vera.document)
        vera.document["publicKey"]["publicKeyPem"] = keys.public_pem(rsa_key(77).public_key())
        peer.show(vera.uri, vera.document)
        row = await alpha.ask(lambda: ActorKey.get(uri=vera.key.id))
        row.fetched_at += timedelta(days=2)  # by a clock that was ahead
        await alpha.run(row.save(update_fields=["fetched_at"]))

        assert await peer.send(alpha, vera.does("Follow", alice.uri), changed) == 202
        asked = people(peer)
        for _ in range(3):
            assert await peer.send(alpha, vera.does("Follow", alice.uri), vera) == 401
        assert people(peer) == asked, "it was read a moment ago"

        bogus = PeerActor(vera.uri, Key(f"{peer.origin}/users/vera#made-up", vera.key.private), vera.document)
        for _ in range(3):
            assert await peer.send(alpha, vera.does("Follow", alice.uri), bogus) == 401
        assert people(peer) == asked + 1, "a key id that leads nowhere is asked for once"

        peer.show(f"{peer.origin}/users/closed", "", status=403)
        closed = PeerActor(f"{peer.origin}/users/closed", Key(f"{peer.origin}/users/closed#key", vera.key.private), {})
        for _ in range(3):
            assert await peer.send(alpha, closed.does("Follow", alice.uri), closed) == 401
        assert people(peer) == asked + 2, "and one that is not shown to us neither"


async def test_expired_keys_are_read_anew(alpha: LiveServer, peer: Peer) -> None:
    alice, vera = await alpha.member("alice"), peer.actor("vera")
    assert await peer.send(alpha, vera.does("Follow", alice.uri), vera) == 202
    address = vera.uri.removeprefix(peer.origin)  # a job may read the key of her server meanwhile
    own = await alpha.ask(lambda: ActorKey.filter(actor__host="").count())
    assert await alpha.run(ActorKey.expire(peer.host)) >= 1
    assert not await alpha.ask(lambda: ActorKey.filter(uri=vera.key.id).exists())
    assert await alpha.ask(lambda: ActorKey.filter(actor__host="").count()) == own
    asked = peer.fetched.count(address)
    assert await peer.send(alpha, vera.does("Follow", alice.uri), vera) == 202
    assert peer.fetched.count(address) == asked + 1
    await settle(alpha)
    assert await alpha.ask(lambda: InboxItem.filter(sender_uri=vera.uri).count()) == 2


async def test_a_replaced_rsa_key_is_read_as_a_multikey(alpha: LiveServer, peer: Peer) -> None:
    """FEP-521a knows RSA too: that is how an old key stays beside the one of `publicKey`."""
    alice, vera = await alpha.member("alice"), peer.actor("vera")
    newer = Key(f"{vera.uri}#newer", rsa_key(78))
    old = {"id": vera.key.id, "type": "Multikey", "controller": vera.uri,
           "publicKeyMultibase": keys.multikey(vera.key.private.public_key())}
    new = {"id": newer.id, "owner": vera.uri, "publicKeyPem": keys.public_pem(newer.private.public_key())}
    peer.show(vera.uri, vera.document | {"publicKey": new, "assertionMethod": [old]})
    for key in (newer, vera.key):
        assert await peer.send(alpha, vera.does("Follow", alice.uri), PeerActor(vera.uri, key, vera.document)) == 202
    assert await alpha.ask(lambda: ActorKey.filter(actor__uri=vera.uri, kind=KeyKind.RSA).count()) == 2
