"""Pictures of one server never keep those of another away."""
from __future__ import annotations

import asyncio

import pytest
from aiohttp import web

from models import Attachment
from server.pictures import fetching
from tests.browser import picture
from tests.live import LiveServer
from tests.peer import Document, Peer, PeerActor
from tests.stories.scene import follow


def with_images(author: PeerActor, *paths: str) -> Document:
    """A message with these images of its author's server."""
    shown = [{"type": "Image", "mediaType": "image/jpeg", "url": f"{author.uri}/{path}"} for path in paths]
    return author.does("Create", author.note(attachment=shown))


async def test_pictures_that_never_come_keep_nobody_elses_away(alpha: LiveServer, peer: Peer) -> None:
    """Four at a time for all: the eight of each message of a server that hangs took all places, for as long as it wrote."""
    alice, end, otto = await alpha.member("alice"), asyncio.Event(), peer.actor("otto")

    async def never(_: web.Request) -> web.Response:
        await end.wait()
        return web.Response(status=404)

    async def photo(_: web.Request) -> web.Response:
        return web.Response(body=picture(), content_type="image/jpeg")
    peer.pages["/users/otto/photo"] = photo
    async with Peer() as slow:
        await slow.become(alpha)
        vera = slow.actor("vera")
        await follow(alpha, alice, vera)
        await follow(alpha, alice, otto)
        slow.pages |= {f"/users/vera/{number}": never for number in range(8)}
        assert await slow.send(alpha, with_images(vera, *map(str, range(8))), vera) == 202
        assert await peer.send(alpha, with_images(otto, "photo"), otto) == 202
        while not await alpha.ask(lambda: Attachment.filter(stored_at__isnull=False).exists()):
            await asyncio.sleep(0.05)
        assert len([path for path in slow.fetched if path[-1].isdigit()]) == fetching.LANES_PER_SITE
        end.set()


class Full(OSError):
    """A disk."""


async def test_a_full_disk_ends_it_when_all_that_have_begun_are_done() -> None:
    left, done = [Attachment(id=number) for number in range(1, 9)], list[int]()

    async def choose(_: object, ids: object) -> list[tuple[str, Attachment]]:
        taken, left[:] = left[:4], left[4:]
        return [(f"{row.id}.example", row) for row in taken]

    async def fetch(row: Attachment) -> None:
        if row.id == 1:
            raise Full
        await asyncio.sleep(0.02)
        done.append(row.id)
    with pytest.raises(Full):
        await fetching.fairly(choose, fetch)
    assert {2, 3, 4} <= set(done)
