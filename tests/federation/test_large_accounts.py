"""Whoever has written a hundred thousand messages goes in steps: nobody else waits for it to write."""
from __future__ import annotations

import pytest

from federation import erasure, instances
from models import Actor, Like, Post, Tombstone, pruning
from models.ids import new_key
from models.reach import Reach
from tests.live import LiveServer, settle
from tests.peer import Document, Peer, PeerActor
from tests.stories.test_withdrawal_notices import announcing

MESSAGES = 30


async def wrote(alpha: LiveServer, peer: Peer, alice: Actor, name: str) -> PeerActor:
    """Somebody whose messages are here, and who likes one of ours."""
    them, post = peer.actor(name), await alpha.write(alice, "Hello")
    await peer.send(alpha, them.does("Follow", alice.uri), them)
    await settle(alpha)

    async def fill() -> None:
        author = await Actor.get(uri=them.uri)
        await Like.create(uri=f"{them.uri}/like", actor=author, post=post)
        await Post.bulk_create([Post(uri=f"{them.uri}/{number}", conversation=f"{them.uri}/{number}", author=author,
                                     reach=Reach.WEB, html="x") for number in range(MESSAGES)])
    await alpha.run(fill())
    return them


async def seen_meanwhile(alpha: LiveServer, peer: Peer, by: PeerActor, activity: Document) -> set[int]:
    """How many messages of it are there, as others who write see while an activity is carried out."""
    async def count() -> int:
        await Tombstone.create(uri=new_key(), actor_uri="u")
        return await Post.filter(deleted_at__isnull=True).exclude(author__host="").count()
    assert await peer.send(alpha, activity, by) == 202
    found = {await alpha.run(count())}
    while await alpha.waiting():
        found.add(await alpha.run(count()))
    return found


async def test_who_wrote_much_goes_in_steps(alpha: LiveServer, peer: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    """One Delete of an account, or one notice that named a person, held the writer for seconds and for minutes."""
    monkeypatch.setattr(erasure, "AT_ONCE", 2)
    monkeypatch.setattr(pruning, "STEP", 2)
    alice = await alpha.member("alice")
    announcing(peer)
    vera, otto = await wrote(alpha, peer, alice, "vera"), await wrote(alpha, peer, alice, "otto")
    seen = await seen_meanwhile(alpha, peer, vera, vera.does("Delete", vera.uri))
    assert any(MESSAGES < count < 2 * MESSAGES for count in seen)
    gone = await alpha.ask(lambda: Actor.get(uri=vera.uri))
    assert gone.deleted_at and not await alpha.ask(lambda: Post.filter(author_id=gone.id).exists())
    assert await alpha.ask(lambda: Like.all().count()) == 1

    await alpha.run(instances.instance_actor(alpha.instance, peer.host))
    seen = await seen_meanwhile(alpha, peer, peer.instance, peer.instance.does("Withdraw", [otto.uri]))
    assert any(0 < count < MESSAGES for count in seen)
    gone = await alpha.ask(lambda: Actor.get(uri=otto.uri))
    assert gone.name.startswith("withdrawn") and not await alpha.ask(lambda: Like.all().exists())
    assert await alpha.ask(lambda: Post.filter(author_id=gone.id, html="", deleted_at__isnull=False).count()) == MESSAGES
    assert await alpha.ask(lambda: Tombstone.filter(actor_uri=otto.uri).count()) == MESSAGES
