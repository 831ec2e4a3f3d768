"""What other servers get at our addresses, and how often those are heard whom we do not know."""
from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from models import Actor, Community, Disclosure, Member, Pin, Post, Stamp, clock
from models.host import Standing
from models.ids import new_key
from models.member import MemberState
from models.reach import Reach
from models.stamp import StampKind
from server.entrance.limits import RATES, Rate
from tests.conftest import NewDatabase
from tests.live import LiveServer
from tests.peer import Peer
from tests.stories import scene

LIMIT_BYTES = 3000


@pytest.fixture
def database_kind() -> str:
    """One database: who sees what is asked in one form of SQL that others try on both."""
    return "sqlite"


@pytest.fixture
async def alpha(new_database: NewDatabase, tmp_path: Path) -> AsyncIterator[LiveServer]:
    """A server that takes small activities."""
    async with LiveServer(await new_database(), tmp_path / "alpha", inbox_limit_bytes=LIMIT_BYTES) as server:
        yield server


async def test_an_address_leads_to_what_is_ours_and_there(alpha: LiveServer, peer: Peer) -> None:
    """Not to what others have under such a key, not to somebody else who is gone, and to nobody after they said no."""
    otto, instance = peer.actor("otto"), alpha.instance.actor
    alice, gail, sue = [await alpha.member(name) for name in ("alice", "gail", "sue")]

    async def lay_out() -> tuple[Actor, Post, Post, Stamp, list[Post]]:
        await (await Community.current()).change(ceiling=Reach.WEB)
        them = await Actor.create(uri=f"{peer.origin}/users/copy", name="copy", host=peer.host, inbox_uri=f"{peer.origin}/inbox")
        copy = await Post.create(uri=f"{them.uri}/1", author=them, reach=Reach.WEB, conversation=f"{them.uri}/1", html="x")
        mine = await Post.get(id=(await alpha.write(alice, "mine", Reach.WEB)).id).select_related("author")
        erased, unsent = [await alpha.write(alice, "gone", Reach.WEB) for _ in range(2)]
        pages = [await alpha.write(alice, f"{n}", Reach.WEB) for n in range(2)]
        stamp = await Stamp.create(kind=StampKind.LIKE, post=mine, asker=them, interaction_uri=f"{them.uri}/2")
        for one in (gail, sue):
            await Disclosure.create(object_uri=one.uri, host=peer.host, actor=one, kind="fetch")
        await gail.change(deleted_at=clock.now())
        await Member.filter(actor_id=sue.id).update(state=MemberState.SUSPENDED)
        await sue.change(suspended_at=clock.now())
        await Pin.create(actor=alice, post=mine)
        for answer in pages:
            await Post.filter(id=answer.id).update(parent_id=mine.id, conversation=mine.uri)
        for gone in (erased, unsent):
            await Post.filter(id=gone.id).update(deleted_at=clock.now())
        await Disclosure.create(object_uri=erased.uri, host=peer.host, actor=alice, kind="Create")
        return them, copy, mine, stamp, [*pages, erased, unsent]
    them, copy, mine, stamp, (*pages, erased, unsent) = await alpha.run(lay_out())

    async def read(path: str) -> tuple[int, dict[str, Any]]:
        status, body = await peer.get(alpha, path, otto)
        return status, json.loads(body) if status in (200, 410) else {}
    nothing = [f"/actors/{one}{more}" for one in (new_key(), them.key, instance.key) for more in ("", "/outbox", "/followers")]
    nothing += [f"/posts/{one}{more}" for one in (new_key(), copy.key) for more in ("", "/replies", "/context")]
    nothing += [f"/actors/{gone.key}{more}" for gone in (gail, sue) for more in ("/outbox", "/featured")]
    for path in (*nothing, f"/stamps/{new_key()}", f"{pages[0].uri}/context", unsent.uri):
        assert (await read(path))[0] == 404, path
    for uri, status in ((alice.uri, 200), (gail.uri, 410), (sue.uri, 200), (alice.uri, 200), (mine.uri, 200),
                        (erased.uri, 410)):
        found = await read(uri)
        assert (found[0], found[1]["id"], "suspended" in found[1]) == (status, uri, uri == sue.uri), uri
    assert (await read(f"/stamps/{stamp.key}"))[1]["interactingObject"] == stamp.interaction_uri
    for page, kind in (("", "Collection"), ("?page=0", "CollectionPage"), (f"?page={10 ** 19 - 1}", "CollectionPage")):
        assert (await read(f"{mine.uri}/replies{page}"))[1]["type"] == kind, page
    for bad in ("x", "-1", "%C2%B2", "1" * 20):
        assert (await read(f"{mine.uri}/replies?page={bad}"))[0] == 400
    for page, expected in (("first", [*reversed(pages), mine]), (str(pages[0].id), [mine])):
        items = (await read(f"{alice.uri}/outbox?page={page}"))[1]["orderedItems"]
        assert [item["object"]["id"] for item in items] == [post.uri for post in expected]
    await alpha.run(scene.withdraw(alice))
    for path in (f"{alice.uri}/featured", mine.uri, f"{mine.uri}/replies", f"{mine.uri}/context", f"/stamps/{stamp.key}"):
        assert (await read(path))[0] == 404, path
    assert (await peer.get(alpha, f"/media/{new_key()}"))[0] == 404


async def test_what_is_not_known_or_too_large_is_heard_no_further(
        alpha: LiveServer, peer: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    """A partner as often as it likes; of strangers, and of what nobody signed, two."""
    monkeypatch.setitem(RATES, "inbox_unknown", Rate(2, 1000))
    otto = peer.actor("otto")

    async def send(**more: Any) -> int:
        return await peer.send(alpha, otto.does("Like", f"{alpha.origin}/posts/none"), otto, **more)
    assert [await send() for _ in range(3)] == [202] * 3
    large = otto.does("Like", f"{alpha.origin}/posts/none", content="x" * LIMIT_BYTES)
    assert await peer.send(alpha, large, otto) == 413
    assert await send(change=lambda headers: headers.update({"Content-Encoding": "gzip"})) == 400
    await peer.become(alpha, Standing.UNKNOWN)
    assert [await send() for _ in range(3)] == [403, 403, 429]
    assert await send(change=lambda headers: headers.pop("Signature") and None) == 401, "unsigned: no reason to come back"
