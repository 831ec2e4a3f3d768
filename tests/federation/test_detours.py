"""Ways around the front door: what a peer says about us, about a third server, or through somebody else (security.md §0)."""
from __future__ import annotations

from collections.abc import Coroutine
from typing import Any

import pytest
from aiohttp import web

from federation import actors, resolve
from federation.errors import FederationError
from federation.signatures import Key
from federation.wire import ActorDocument
from models import Actor, ActorKey, Community
from tests.live import LiveServer
from tests.peer import Peer, PeerActor


@pytest.fixture
def database_kind() -> str:
    """One database: lies end before it matters which."""
    return "sqlite"


@pytest.fixture
async def alice(alpha: LiveServer) -> Actor:
    """Our member, who lets everyone follow."""
    return await alpha.member("alice")


@pytest.fixture
async def vera(peer: Peer) -> PeerActor:
    """Somebody honest elsewhere."""
    return peer.actor("vera")


@pytest.fixture
async def mallory(peer: Peer) -> PeerActor:
    """Her neighbour on the same server, who is not."""
    return peer.actor("mallory")


async def opened(alpha: LiveServer) -> None:
    """From now on any server may talk with us."""
    async def change() -> None:
        await (await Community.current()).change(is_open_federation=True)
    await alpha.run(change())


async def refused(alpha: LiveServer, what: Coroutine[Any, Any, object]) -> bool:
    """Whether something is not taken in when it is tried."""
    try:
        await alpha.run(what)
    except FederationError:
        return True
    return False


async def ours(alpha: LiveServer) -> list[Any]:
    """The people of a server and their keys, as its database has them."""
    async def rows() -> list[Any]:
        people = Actor.filter(uri__startswith=alpha.origin).order_by("id")
        keys = ActorKey.filter(uri__startswith=alpha.origin).order_by("id")
        return [await people.values("uri", "host", "name", "kind", "fetched_at"), await keys.values()]
    return await alpha.ask(rows)


@pytest.mark.parametrize("is_open", [False, True])
async def test_nobody_makes_us_believe_ourselves(
        alpha: LiveServer, peer: Peer, alice: Actor, vera: PeerActor, is_open: bool) -> None:
    """A key id at our own address, and addresses elsewhere that lead back to us: who is ours stays ours. Read as somebody
    elsewhere, the instance actor would be lost to us, and with one unproven request to anybody's inbox everything.
    """
    if is_open:
        await opened(alpha)
    us, before = f"{alpha.origin}/actor", await ours(alpha)
    for key_id in (f"{us}#nope", f"{us}?x#main-key", f"{alice.uri}#nope", f"{us.replace('127.0.0.1', '127.0.0.1.')}#x"):
        liar = PeerActor(us, Key(key_id, vera.key.private), {})
        assert await peer.send(alpha, liar.does("Offer", alice.uri), liar) in (401, 403)
        assert await peer.send(alpha, liar.does("Follow", alice.uri), liar) in (401, 403)
        assert (await peer.get(alpha, alice.uri, liar))[0] in (401, 403)
    for target in (us, alice.uri):
        async def back(_: web.Request, to: str = target) -> web.Response:
            return web.Response(status=302, headers={"Location": to})
        peer.pages["/back"] = back
        for uri in (f"{peer.origin}/back", f"{target}?x", target.replace("http:", "HTTP:")):
            assert await refused(alpha, resolve.actor(alpha.instance, uri))
            assert await refused(alpha, resolve.fetch_actor(alpha.instance, uri))
    assert await ours(alpha) == before


async def test_a_document_of_one_of_ours_is_no_word_from_elsewhere(alpha: LiveServer, alice: Actor) -> None:
    """The second lock: however it was come by, it changes nobody of ours."""
    document = {"id": alice.uri, "type": "Person", "preferredUsername": "mallory", "inbox": f"{alice.uri}/inbox"}
    before = await ours(alpha)
    assert await refused(alpha, actors.save(ActorDocument.parse(document)))
    assert await ours(alpha) == before
