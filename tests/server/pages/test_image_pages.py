"""Pictures: seen by a scanner before they are stored, covered in parts, and looked at by the team before others see them."""
from __future__ import annotations

import asyncio
import io
import re
import stat
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from aiohttp import FormData, web
from PIL import Image

from models import Attachment, AuditEntry, Post, Review
from models.member import Role
from models.review import ReviewCause
from server.keys import MEDIA
from tests.browser import Browser
from tests.conftest import NewDatabase
from tests.live import LiveServer, settle
from tests.peer import Peer
from tests.server.api.client import Api
from tests.stories.scene import follow

#: A scanner as deploy/scanners.md describes one: it knows two pictures by a word in them, and is lost about a third.
SCRIPT = """#!/bin/sh
case "$(cat | tr -d '\\0')" in *SLOW*) sleep 30 ;; *REFUSE*) exit 1 ;; *DOUBT*) exit 7 ;; esac
exit 0
"""
BODY = {"text": "My hand today", "reach": "community", "body": "1", "send": "1"}


def photo(word: str = "") -> bytes:
    """Left half red, right half blue, with a comment that a scanner may look for."""
    image, body = Image.new("RGB", (400, 200), (220, 30, 30)), io.BytesIO()
    image.paste((30, 30, 220), (200, 0, 400, 200))
    image.save(body, "JPEG", comment=word.encode(), quality=95)
    return body.getvalue()


@pytest.fixture
def database_kind() -> str:
    """What is decided here does not depend on the database."""
    return "sqlite"


@pytest.fixture
async def scanned(new_database: NewDatabase, tmp_path: Path) -> AsyncIterator[LiveServer]:
    """A live server with a real program that looks at pictures."""
    script = tmp_path / "look.sh"
    script.write_text(SCRIPT)
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    async with LiveServer(await new_database(), tmp_path / "scanned", image_scanner=str(script),
                          image_scanner_timeout_seconds=3) as server:
        yield server


async def test_covered_looked_at_and_let_go(alpha: LiveServer) -> None:
    """The writer covers a part, says what it shows; the team looks, covers more, lets it go; who looked is written down."""
    anna, mod = await alpha.member("anna"), await alpha.member("mod", role=Role.MODERATOR)
    ben, host = await alpha.member("ben"), await alpha.member("host", role=Role.HOST)
    async with Browser(alpha, anna) as writer, Browser(alpha, mod) as team, Browser(alpha, ben) as reader:
        await writer.post("/compose", {"text": "My hand today", "attach": "1"}, {"hand.jpg": photo()})
        [first] = writer.hidden("image")
        await writer.post("/compose", BODY | {"image": first, f"alt-{first}": "My hand", f"blur-{first}": "1"})
        assert writer.path.startswith(f"/images/{first}/blur?draft=") and "name bands" in writer.page
        draft = writer.hidden("draft")[0]
        await writer.post(f"/images/{first}/blur", {"draft": draft, "left": "90", "top": "0", "width": "20", "height": "10"})
        assert writer.status == 422 and "stay within" in writer.page and 'value="90"' in writer.page
        await writer.post(f"/images/{first}/blur", {"draft": draft, "cell": "0-5", "left": "0", "top": "50", "width": "20",
                                                    "height": "50"})
        assert writer.path == f"/compose?draft={draft}" and "My hand today" in writer.page and 'value="My hand"' in writer.page
        [second] = writer.hidden("image")
        store = alpha.app[MEDIA]
        assert second != first and not store.path(first).exists() and store.path(second).exists()
        await writer.get(f"/media/{first}")
        assert writer.status == 404
        await reader.get(f"/images/{second}/blur")
        assert reader.status == 404

        await writer.get(f"/compose?draft={draft}")
        await writer.post("/compose", BODY | {"image": second, f"alt-{second}": "My hand", "draft-key": draft})
        key = writer.key()
        assert "before the team has read it" in writer.page
        for browser, wanted in ((reader, 404), (team, 200)):
            await browser.get(f"/media/{second}")
            assert browser.status == wanted
        assert f"/admin/images/{key}" in await team.get("/admin/reviews")
        assert "My hand" in await team.get(f"/admin/images/{key}") and f"/images/{second}/blur" in team.page
        await team.post(f"/images/{second}/blur", {"cell": "1-3"})
        assert team.path == f"/admin/images/{key}"
        [third] = re.findall(r"/images/(\w{22})/blur", team.page)
        assert await alpha.ask(lambda: AuditEntry.filter(action="image.open", actor_id=mod.id).count()) == 1
        assert "A picture of yours that waits was looked at." in await writer.get("/data/access")
        [number] = re.findall(r"/admin/reviews/(\d+)/let-go", team.page)
        await team.post(f"/admin/reviews/{number}/let-go")
        await reader.get(f"/media/{third}")
        assert reader.status == 200 and third in await reader.get(f"/m/{key}")
        for browser in (team, writer):
            await browser.get(f"/images/{third}/blur")
            assert browser.status == 404
    async with Browser(alpha, host) as runs:
        await runs.post("/admin/images", {"images": "all"})
        assert "Saved." in runs.page and "No program looks" in runs.page
    async with Browser(alpha, anna) as writer:
        await writer.post("/compose", {"text": "Sunset", "reach": "community", "send": "1"}, {"sun.jpg": photo()})
        assert "before the team has read it" in writer.page
    _is_covered(Image.open(store.path(third)).convert("RGB"))


def _is_covered(image: Image.Image) -> None:
    """The parts are of one colour, and the rest is as it was."""
    assert image.size == (400, 200)
    for x, y in ((10, 150), (70, 190), (395, 5)):
        assert max(abs(a - b) for a, b in zip(image.getpixel((x, y)), image.getpixel((x + 2, y - 2)), strict=True)) <= 3
    assert image.getpixel((100, 20))[0] > 180 and image.getpixel((300, 100))[2] > 180


async def test_a_scanner_sees_everything_before_it_is_stored(scanned: LiveServer) -> None:
    """Good, bad, not sure, no answer: on pages, from apps, and from other servers."""
    anna, mod = await scanned.member("anna"), await scanned.member("mod", role=Role.MODERATOR)
    folder = scanned.settings.var_dir
    async with Browser(scanned, anna) as writer, Browser(scanned, mod) as team, Api(scanned, anna) as app:
        await writer.post("/compose", {"text": "a", "reach": "community", "send": "1"}, {"a.jpg": photo("REFUSE")})
        assert writer.status == 422 and "cannot be used here" in writer.page
        assert not list((folder / "media").rglob("*.webp"))
        for version in ("v1", "v2"):
            assert (await app.post(f"/api/{version}/media", data=_form("REFUSE"))).status == 422
        assert not list((folder / "uploads").glob("*")) and not await scanned.ask(lambda: Attachment.all().count())

        for word in ("DOUBT", "SLOW"):
            made = await app.post("/api/v1/media", data=_form(word))
            assert made.status == 200, word
            said = await app.post("/api/v1/statuses", {"status": word, "media_ids": [made.json["id"]], "visibility": "private"})
            held = await scanned.ask(lambda said=said: Review.get(post_id=int(said.json["id"])))  # type: ignore[misc]
            assert held.cause is ReviewCause.SCANNER
            assert "The scanner was not sure" in await team.get(
                f"/admin/images/{(await scanned.ask(lambda held=held: Post.get(id=held.post_id))).key}")  # type: ignore[misc]
        private = await app.post("/api/v1/media", data=_form("DOUBT"))
        said = await app.post("/api/v1/statuses", {"status": "@mod see", "media_ids": [private.json["id"]],
                                                   "visibility": "direct"})
        assert said.status == 403
        await writer.post("/compose", {"text": "fine", "reach": "community", "send": "1"}, {"a.jpg": photo("fine")})
        assert "before the team has read it" not in writer.page

    async with Peer() as peer:
        await peer.become(scanned)
        bob = peer.actor("bob")
        await follow(scanned, anna, bob)
        for word in ("fine", "REFUSE", "DOUBT"):
            peer.pages[f"/{word}.jpg"] = _served(photo(word))
            image = {"type": "Document", "mediaType": "image/jpeg", "url": f"{peer.origin}/{word}.jpg"}
            note = bob.note(word, attachment=[image])
            assert await peer.send(scanned, bob.does("Create", note), bob) == 202
        await settle(scanned)
        async with asyncio.timeout(15):
            while not await scanned.run(_are_looked_for()):
                await asyncio.sleep(0.05)
        images = await scanned.ask(lambda: Attachment.exclude(remote_uri=""))
        assert {one.remote_uri.rpartition("/")[2]: one.stored_at is not None for one in images} == {
            "fine.jpg": True, "REFUSE.jpg": False, "DOUBT.jpg": False}


async def _are_looked_for() -> bool:
    theirs = await Attachment.exclude(remote_uri="")
    return all(one.fetch_attempts for one in theirs) and any(one.stored_at for one in theirs)


def _served(body: bytes) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def page(_request: web.Request) -> web.Response:
        return web.Response(body=body, content_type="image/jpeg")
    return page


def _form(word: str) -> FormData:
    data = FormData()
    data.add_field("file", photo(word), filename="a.jpg", content_type="image/jpeg")
    return data
