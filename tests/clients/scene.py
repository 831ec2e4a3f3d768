"""What client libraries meet: two live servers that are partners, and a browser in which a member lets an app in.

On SQLite alone: what differs between databases is below the API, and tested there.
"""
from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from shutil import copyfile
from urllib.parse import parse_qsl, urlsplit

from models import Actor, Member, Post
from models.database import sqlite_path
from models.reach import Reach
from tests.browser import Browser
from tests.live import LiveServer, settle
from tests.stories.scene import befriend

Templates = Callable[[str], str]
_CODE = re.compile(r"<code[^>]*>([^<]+)</code>")


@dataclass(frozen=True, slots=True)
class Scene:
    """Camille reads and writes here with an app; Bea, a member there, follows her."""

    here: LiveServer
    there: LiveServer
    camille: Actor
    bea: Actor

    async def code(self, url: str) -> str:
        """What the page shows after Camille has said yes to the app that sent her to this address."""
        address = urlsplit(url)
        assert f"{address.scheme}://{address.netloc}" == self.here.origin
        async with Browser(self.here, self.camille) as browser:
            page = await browser.get(f"{address.path}?{address.query}")
            assert browser.status == 200, page
            fields = {name: browser.hidden(name)[0] for name, _ in parse_qsl(address.query) if browser.hidden(name)}
            shown = _CODE.search(await browser.post("/oauth/authorize", fields | {"answer": "yes"}))
        assert shown, browser.page
        return unescape(shown[1])

    async def answer(self, uri: str, text: str) -> None:
        """Bea answers a message, and her answer arrives."""
        await settle(self.here, self.there)
        parent = await self.there.ask(lambda: Post.get(uri=uri).select_related("author"))
        await self.there.write(self.bea, text, parent=parent)


@asynccontextmanager
async def scene(databases: list[str], folder: Path) -> AsyncIterator[Scene]:
    """Both servers. `databases`: the URLs of two empty ones."""
    async with LiveServer(databases[0], folder / "here") as here, LiveServer(databases[1], folder / "there") as there:
        await here.allow(there)
        await there.allow(here)
        camille, bea = await here.member("camille", display_name="Camille"), await there.member("bea")
        await here.ask(lambda: Member.filter(actor_id=camille.id).update(default_reach=Reach.PARTNERS, undo_seconds=0))
        await there.ask(lambda: Member.filter(actor_id=bea.id).update(default_reach=Reach.PARTNERS, undo_seconds=0))
        await befriend(there, bea, camille, here)
        yield Scene(here, there, camille, bea)


def copies(templates: Templates, folder: Path) -> list[str]:
    """Two empty databases."""
    urls = []
    for name in ("here", "there"):
        copyfile(sqlite_path(templates("sqlite")), path := folder / f"{name}.sqlite3")
        urls.append(f"sqlite://{path}")
    return urls
