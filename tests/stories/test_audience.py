"""What the composer says about readers is what then happens; and images follow their message."""
from __future__ import annotations

import asyncio
import tempfile

from PIL import Image

from federation import audience
from models import Attachment
from models.reach import Reach
from server.actions.posts import Composition, publish
from server.keys import MEDIA
from server.pictures import media
from tests.live import PATIENCE_SECONDS, LiveServer, settle
from tests.stories.scene import befriend, known, see


async def test_the_servers_that_are_named_before_are_those_that_get_it(
        alpha: LiveServer, beta: LiveServer, gamma: LiveServer) -> None:
    """For each reach: those `hosts_reached` names have a copy afterwards, and nobody else."""
    alice, bea, gil = await alpha.member("alice"), await beta.member("bea"), await gamma.member("gil")
    await befriend(beta, bea, alice, alpha)
    gil_here = await see(alpha, gil)
    for reach, named in ((Reach.ME, ()), (Reach.COMMUNITY, ()), (Reach.CIRCLE, (gil_here,)), (Reach.PARTNERS, ())):
        told = {host.name for host in await alpha.run(audience.hosts_reached(alice, reach, named, None))}
        post = await alpha.write(alice, "Hello", reach, recipients=named)
        await settle(alpha, beta, gamma)
        assert {server.host for server in (beta, gamma) if await known(server, post)} == told, reach


async def test_an_image_arrives_written_anew_and_only_readers_may_have_it(
        alpha: LiveServer, beta: LiveServer, gamma: LiveServer) -> None:
    """For a circle on beta: its bytes are beta's own, and for gamma there is no such image."""
    alice, bea = await alpha.member("alice"), await beta.member("bea")
    bea_here = await see(alpha, bea)

    async def write() -> tuple[str, str]:
        with tempfile.TemporaryFile() as file:
            Image.new("RGB", (40, 30), "green").save(file, "PNG")
            file.seek(0)
            image = await media.receive(alpha.app[MEDIA], alice, file)
        image.description = "A green field"
        written = Composition(text="Look", reach=Reach.CIRCLE, recipients=(bea_here,), attachments=(image,))
        return (await publish(alice, written, alpha.origin)).uri, image.key
    uri, key = await alpha.run(write())
    await settle(alpha, beta)

    there = await beta.run(wait_for_image(uri))
    assert (there.width, there.height, there.description, there.media_type) == (40, 30, "A green field", "image/webp")
    assert beta.app[MEDIA].path(there.key).read_bytes()[:4] == b"RIFF"
    for name in (key, "1" * 22):
        assert (await gamma.fetch(f"{alpha.origin}/media/{name}", "image/webp"))[0] == 404
    assert (await beta.fetch(f"{alpha.origin}/media/{key}", "image/webp"))[0] == 200


async def wait_for_image(uri: str) -> Attachment:
    """The image of a message, once it has been fetched."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while (image := await Attachment.get_or_none(post__uri=uri, stored_at__not_isnull=True)) is None:
            await asyncio.sleep(0.05)
    return image
