"""What people keep on top of their page, here and across servers."""
from __future__ import annotations

import asyncio
import json

import pytest

from federation import pins as wire
from federation import resolve
from models import Pin, Post
from models.errors import NotHere
from models.reach import Reach
from server.actions import pins, tags
from tests.browser import Browser
from tests.live import PATIENCE_SECONDS, LiveServer, settle
from tests.peer import Peer
from tests.stories.scene import befriend, known


async def on_top(server: LiveServer, uri: str) -> list[str]:
    """The ids of what somebody keeps on top, as a server knows it, the newest choice first."""
    rows = await server.ask(lambda: Pin.filter(actor__uri=uri).order_by("-id").values_list("post__uri", flat=True))
    return [str(row) for row in rows]


async def test_what_a_member_keeps_on_top_is_seen_on_other_servers(alpha: LiveServer, beta: LiveServer) -> None:
    """Bea follows Alice and hears of it; Carl comes later and reads the collection. What Alice keeps for home stays at home."""
    alice, bea, carl = await alpha.member("alice"), await beta.member("bea"), await beta.member("carl")
    await befriend(beta, bea, alice, alpha)
    first, second = await alpha.write(alice, "First words"), await alpha.write(alice, "Second words")
    home = await alpha.write(alice, "At home only", Reach.COMMUNITY)
    noted = await alpha.write(alice, "For me", Reach.ME)
    for post in (first, first, home, second):
        await alpha.run(pins.pin(alice, post))
    with pytest.raises(pins.NotPinnable):
        await alpha.run(pins.pin(alice, noted))
    with pytest.raises(NotHere):
        await alpha.run(pins.pin(await alpha.member("dora"), first))
    await settle(alpha, beta)
    assert await on_top(beta, alice.uri) == [second.uri, first.uri]
    status, body = await beta.fetch(alice.featured_uri)
    assert status == 200 and json.loads(body)["orderedItems"] == [second.uri, first.uri]

    await alpha.run(pins.unpin(alice, second))
    await settle(alpha, beta)
    assert await on_top(beta, alice.uri) == [first.uri]
    await beta.ask(lambda: Pin.all().delete())  # as if they had just met
    async with Browser(beta, carl) as browser, asyncio.timeout(PATIENCE_SECONDS):
        await browser.get(f"/@alice@{alpha.host}")
        while not await on_top(beta, alice.uri):
            await asyncio.sleep(0.05)
        assert "Pinned messages" in await browser.get(f"/@alice@{alpha.host}")
    assert await on_top(beta, alice.uri) == [first.uri] and await known(beta, home) is None


async def test_the_menu_of_a_message_pins_it_and_five_are_enough(alpha: LiveServer) -> None:
    alice, dora = await alpha.member("alice"), await alpha.member("dora")
    posts = [await alpha.write(alice, f"Words {number}", Reach.COMMUNITY) for number in range(6)]
    async with Browser(alpha, alice) as browser:
        for post in posts[:5]:
            page = await browser.post(f"/m/{post.key}/pin")
            assert "No longer on top of my page" in page
        await browser.post(f"/m/{posts[5].key}/pin")
        assert browser.status == 422 and "At most 5 messages" in browser.page
        await browser.post(f"/m/{posts[0].key}/pin")
        assert await on_top(alpha, alice.uri) == [post.uri for post in reversed(posts[1:5])]
        page = await browser.get("/@alice")
        top = page[page.index('id="pinned"'):page.index('id="messages"')]
        assert top.index("Words 4") < top.index("Words 1") and "Words 0" not in top
    async with Browser(alpha, dora) as browser:
        assert "on top of my page" not in await browser.get("/@alice")
        await browser.post(f"/m/{posts[0].key}/pin")
        assert browser.status == 404


async def test_only_their_own_messages_are_read_from_a_collection(alpha: LiveServer, peer: Peer) -> None:
    """Mastodon embeds them, GoToSocial names them; those of others, of other servers, and nonsense count for nothing."""
    await alpha.member("alice")
    otto, mallory = peer.actor("otto"), peer.actor("mallory")
    otto.document["featured"] = f"{otto.uri}/featured"
    peer.show(otto.uri, otto.document)
    mine, other, forged = otto.note("Mine"), mallory.note("Not his"), otto.note("As it was embedded")
    for note in (mine, other):
        peer.show(note["id"], note)
    items = [forged, mine["id"], other["id"], "https://elsewhere.example/1", 7, None, {"id": "x"}]
    featured = otto.document["featured"]
    peer.show(featured, {"id": featured, "type": "OrderedCollection", "first": f"{featured}?p=1"})
    peer.show(f"{featured}?p=1", {"type": "OrderedCollectionPage", "orderedItems": items})
    them = await alpha.run(resolve.actor(alpha.instance, otto.uri))
    alpha.instance.profiles.want(them.uri)
    assert await alpha.run(wire.read_due(alpha.instance)) == 1
    assert await on_top(alpha, otto.uri) == [mine["id"]]
    assert not await alpha.ask(lambda: Post.filter(uri=forged["id"]).exists()), "what is embedded is not taken at its word"
    peer.pages.pop("/users/otto/featured")
    alpha.instance.profiles._next.clear()
    alpha.instance.profiles.want(them.uri)
    assert await alpha.run(wire.read_due(alpha.instance)) == 1
    assert await on_top(alpha, otto.uri) == [mine["id"]], "what cannot be read changes nothing"


async def test_topics_that_a_member_shows_are_told_as_far_as_their_messages_go(alpha: LiveServer, peer: Peer) -> None:
    """`featuredTags`: a topic on no message that the server may read is a secret of the member's."""
    alice, otto = await alpha.member("alice"), peer.actor("otto")
    for text, reach in (("#open", Reach.PARTNERS), ("#hidden", Reach.COMMUNITY), ("#other", Reach.PARTNERS)):
        await alpha.write(alice, text, reach)

    async def show() -> None:
        for name in ("open", "hidden", "unused"):
            await tags.feature(alice, name)
    await alpha.run(show())
    document = json.loads((await peer.get(alpha, alice.uri.removeprefix(alpha.origin), otto))[1])
    status, body = await peer.get(alpha, document["featuredTags"].removeprefix(alpha.origin), otto)
    assert status == 200 and json.loads(body)["orderedItems"] == [
        {"type": "Hashtag", "href": f"{alpha.origin}/tags/open", "name": "#open"}]
    assert (await peer.get(alpha, document["featuredTags"].removeprefix(alpha.origin)))[0] == 401
    assert "featuredTags" not in json.loads((await peer.get(alpha, "/actor"))[1])
