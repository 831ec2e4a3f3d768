"""Ordinary messages stored together are what they would be one by one; whatever is not ordinary goes the other way."""
from __future__ import annotations

import asyncio
from typing import Any

import pytest
from aiohttp import web

from models import Actor, Attachment, Follow, InboxItem, Post, Tag, arrivals, clock
from models.delivery import ItemState
from models.reach import Reach
from tests.live import LiveServer, settle
from tests.peer import Document, Peer, PeerActor


@pytest.fixture
async def otto(alpha: LiveServer, peer: Peer) -> PeerActor:
    """Somebody elsewhere whom Alice follows."""
    alice, otto = await alpha.member("alice"), peer.actor("otto")
    assert await peer.send(alpha, otto.does("Follow", alice.uri), otto) == 202
    await settle(alpha)

    async def follow() -> None:
        them = await Actor.get(uri=otto.uri)
        await Follow.create(uri=f"{alpha.origin}/follow", follower=alice, target=them, accepted_at=clock.now())
    await alpha.run(follow())
    return otto


def stored_together(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many messages each group held; filled while the test runs."""
    sizes: list[int] = []
    real, later = arrivals.take_in, arrivals.add_rows

    async def taken(items: Any, made: Any) -> Any:
        sizes.extend([len(made)] * bool(made))
        return await real(items, made)

    async def added(made: Any) -> None:
        sizes.extend([len(made)] * bool(made))
        await later(made)
    monkeypatch.setattr(arrivals, "take_in", taken)
    monkeypatch.setattr(arrivals, "add_rows", added)
    return sizes


async def test_many_at_once_are_all_there(
        alpha: LiveServer, peer: Peer, otto: PeerActor, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = stored_together(monkeypatch)
    notes = [otto.note(f"Number {number} <script>x</script>", tag=[{"type": "Hashtag", "name": "#Sleep"}] if number == 3 else [])
             for number in range(12)]
    assert set(await asyncio.gather(*(peer.send(alpha, otto.does("Create", note), otto) for note in notes))) == {202}
    await settle(alpha)
    posts = {post.uri: post for post in await alpha.ask(lambda: Post.filter(author__uri=otto.uri))}
    assert posts.keys() == {note["id"] for note in notes} and sum(sizes) == 12
    looks = {(post.reach, post.conversation == post.uri, "script" in post.html) for post in posts.values()}
    assert looks == {(Reach.WEB, True, False)}
    assert await alpha.ask(lambda: Tag.filter(post_id=posts[notes[3]["id"]].id, name="sleep").count()) == 1
    assert await alpha.ask(lambda: InboxItem.exclude(state=ItemState.DONE).count()) == 0


async def test_an_ordinary_message_is_there_when_it_is_answered(alpha: LiveServer, peer: Peer, otto: PeerActor) -> None:
    image = {"type": "Document", "mediaType": "image/png", "url": f"{peer.origin}/a.png", "name": "A graph"}
    note = otto.note(attachment=[image])
    for _ in range(2):
        assert await peer.send(alpha, otto.does("Create", note), otto) == 202
        assert await alpha.ask(lambda: Attachment.filter(post__uri=note["id"], description="A graph").count()) == 1
    assert await alpha.ask(lambda: InboxItem.exclude(body="").count()) <= 1  # of the second one, whose message is known
    await settle(alpha)
    assert await alpha.ask(lambda: Post.filter(author__uri=otto.uri).count()) == 1


async def test_what_follows_something_that_waits_waits_too(
        alpha: LiveServer, peer: Peer, otto: PeerActor, monkeypatch: pytest.MonkeyPatch) -> None:
    """A message, and before it one that asks a slow server: they are carried out in the order in which they came."""
    held = asyncio.Event()

    async def slowly(_request: web.Request) -> web.Response:
        await held.wait()
        return web.Response(status=404)
    peer.pages["/slow"] = slowly
    answer, later = otto.note("Yes") | {"inReplyTo": f"{peer.origin}/slow"}, [otto.note(f"Number {n}") for n in range(3)]
    for note in (answer, *later):
        assert await peer.send(alpha, otto.does("Create", note), otto) == 202
    assert await alpha.ask(lambda: Post.all().count()) == 0
    held.set()
    await settle(alpha)
    uris = await alpha.ask(lambda: Post.all().order_by("id").values_list("uri", flat=True))
    assert uris == [note["id"] for note in (answer, *later)]


async def test_what_cannot_be_stored_at_once_is_kept_and_stored_later(
        alpha: LiveServer, peer: Peer, otto: PeerActor, monkeypatch: pytest.MonkeyPatch) -> None:
    real, failed = arrivals.take_in, []

    async def once(items: Any, made: Any) -> Any:
        if not failed:
            failed.append(made)
            raise OSError("the disk is full")
        return await real(items, made)
    monkeypatch.setattr(arrivals, "take_in", once)
    note = otto.note()
    assert await peer.send(alpha, otto.does("Create", note), otto) == 202
    await settle(alpha)
    assert failed and await alpha.ask(lambda: Post.filter(uri=note["id"]).count()) == 1


@pytest.mark.parametrize("more", [
    {"inReplyTo": "https://nobody.example/1"}, {"tag": [{"type": "Mention", "href": "https://nobody.example/a"}]}, {"quote": "https://x.example/1"},
    {"to": ["https://nobody.example/a"]}, {"unheard": "of"}, {"type": "Article"}])
async def test_what_is_not_ordinary_goes_the_other_way(
        alpha: LiveServer, peer: Peer, otto: PeerActor, monkeypatch: pytest.MonkeyPatch, more: Document) -> None:
    sizes = stored_together(monkeypatch)
    note = otto.note() | more
    assert await peer.send(alpha, otto.does("Create", note), otto) == 202
    await settle(alpha)
    assert sizes == [] and await alpha.ask(lambda: Post.filter(uri=note["id"]).count()) == 1


async def test_in_the_name_of_somebody_else_nothing_is_stored(alpha: LiveServer, peer: Peer, otto: PeerActor) -> None:
    vera = peer.actor("vera")
    note = otto.note() | {"attributedTo": vera.uri}
    assert await peer.send(alpha, otto.does("Create", note), otto) == 202
    await settle(alpha)
    assert await alpha.ask(lambda: Post.filter(uri=note["id"]).count()) == 0


async def test_what_nobody_here_follows_is_not_kept(alpha: LiveServer, peer: Peer) -> None:
    vera = peer.actor("vera")
    await alpha.member("alice")
    assert await peer.send(alpha, vera.does("Create", vera.note()), vera) == 202
    await settle(alpha)
    assert await alpha.ask(lambda: Post.all().count()) == 0
